/**
 * Serves an app: from its manifest, `rusm.toml`, to listeners on which every
 * request is a fresh, sandboxed Wasm process.
 *
 * @module
 */

export {
  type App,
  type AppInfo,
  type Hosted,
  startApp,
  type StartOptions,
} from "./app.ts";
export type { AuthenticationRules } from "./auth/authentication.ts";
export { type Claims, claimsOf } from "./auth/claims.ts";
export { artifactName } from "./auth/hook_name.ts";
export type { NativeHook } from "./auth/native_hook.ts";
export type { AuthenticationRequest } from "./auth/request.ts";
export type { Role } from "./components.ts";
export { loadEnvFile, parseEnvFile, type Variable } from "./env_file.ts";
export {
  AppError,
  type AppErrorCode,
  EnvFileError,
  ManifestError,
  type Position,
  type Problem,
  StoreError,
  type StoreErrorCode,
} from "./errors.ts";
export type { ArtifactKind } from "./hosting/artifact.ts";
export type { Cause } from "./hosting/difference.ts";
export type { Endpoint } from "./hosting/listeners.ts";
export type { Reload } from "./hosting/reload.ts";
export { locateFrames, type Origin, Origins } from "./hosting/origins.ts";
export {
  type Access,
  type Census,
  createLog,
  type GaveUp,
  type LifecycleEvent,
  type LineLevel,
  type Listen,
  type Log,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  type LogOptions,
  type LogSink,
  parseLogLevel,
  type PidText,
  type ProcessExit,
  type RestartEvent,
  type Spawn,
  type StoreOpened,
} from "./log.ts";
export {
  type Address,
  type Admission,
  type AnyListener,
  type ArtifactSource,
  type ClientLimits,
  type ComponentEntry,
  type Components,
  type ConnectionLimits,
  type EventStreamRules,
  type HttpListener,
  type Listener,
  loadManifest,
  type LogSettings,
  type Manifest,
  parseManifest,
  type SseListener,
  type TlsPair,
  type TlsSite,
  type WebSocketRules,
  type WsListener,
} from "./manifest.ts";
export type { Coding } from "./content/coding.ts";
export type { Content } from "./content/content.ts";
export type { CorsRules } from "./content/cors.ts";
export {
  matchRoute,
  parseRoutes,
  type Pattern,
  type Route,
  type RouteMatch,
  type RouteNode,
  type RouteProblem,
  type RouteTable,
  type RouteTarget,
  type Segment,
} from "./routes.ts";
export {
  type Listing,
  openStore,
  type Seen,
  type Store,
  type StoreOptions,
  type StoreWrite,
} from "./store.ts";
