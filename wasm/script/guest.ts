/**
 * What a component of TypeScript imports. The functions do something only in a
 * process of a component: a bundle leaves the import to the runner, which has
 * them in every image.
 *
 * ```ts ignore
 * // components/store/index.ts: a service
 * const items = new Map<string, string>();
 * export function put(key: string, value: string): void {
 *   items.set(key, value);
 * }
 * export function* keys(): Generator<string> {
 *   yield* items.keys();
 * }
 * ```
 *
 * ```ts ignore
 * // components/api/index.ts: who calls it
 * import { connect } from "@rusm/wasm/guest";
 *
 * export default async function (request: Request): Promise<Response> {
 *   const store = connect<typeof import("../store/index.ts")>("store");
 *   await store.put("last", request.url);
 *   const keys: string[] = [];
 *   for await (const key of store.keys()) keys.push(key);
 *   return Response.json(keys);
 * }
 * ```
 *
 * @module
 */

export type {
  AnyFunction,
  Call,
  Casts,
  Functions,
  Operations,
  Owned,
  ProxyMembers,
  Remote,
  RemoteArgs,
  RemoteResult,
  Service,
  StreamingCall,
} from "./prelude/service_types.ts";
export type { ConnectionHead, HeaderList, ProcessHead } from "./ops.ts";
export type { ConnectionInfo } from "./prelude/connection_info.ts";
export type {
  ConnectionHandler,
  Conversation,
  Driver,
} from "./prelude/connected.ts";
export type {
  Allowance,
  Authenticate,
  AuthenticationHook,
  AuthenticationRequest,
} from "./prelude/authentication.ts";
export type { Context } from "./prelude/component.ts";
export type {
  Bucket,
  Kv,
  ListOptions,
  SetOptions,
  Write,
} from "./prelude/kv.ts";
export type { PidLike } from "./prelude/pid.ts";
export type {
  ProcessInfo,
  Strategy,
  ThisProcess,
} from "./prelude/process_types.ts";
export type { Stream } from "./prelude/stream.ts";
export type { Supervision } from "./prelude/supervise.ts";
export type { Topics } from "./prelude/topics.ts";
export type { Socket, SocketHandler } from "./prelude/websocket.ts";
export type {
  EventStream,
  EventStreamHandler,
  ServerEvent,
} from "./prelude/sse.ts";

export { authentication } from "./prelude/authentication.ts";
export { kv } from "./prelude/kv.ts";
export { Process } from "./prelude/process.ts";
export { callTimeout, connect, spawn } from "./prelude/remote.ts";
export { sse } from "./prelude/sse.ts";
export { supervise } from "./prelude/supervise.ts";
export { pubsub } from "./prelude/topics.ts";
export { websocket } from "./prelude/websocket.ts";
