/**
 * Wasm processes: every process a fresh, sandboxed instance with the
 * capabilities of its profile, and the same pid, monitors and exit reasons as
 * any other process.
 *
 * @module
 */

export {
  BUILT_IN_PROFILES,
  type Capability,
  defineProfile,
  knownProfiles,
  permissionsOf,
  type Preopen,
  type ProfileTable,
} from "./capability.ts";
export { isComponent } from "./component/decode.ts";
export { describeComponent } from "./component/describe.ts";
export { componentEntries, hasEntry } from "./component/entries.ts";
export { InvalidComponent, NeedsPreview3 } from "./component/errors.ts";
export { fetchCode, type FetchCodeOptions } from "./dynamic/fetch_code.ts";
export { type CodeSource, parseSource } from "./dynamic/source.ts";
export type { Template, TemplateKind } from "./dynamic/template.ts";
export { Engine } from "./engine.ts";
export type {
  Component,
  EngineInfo,
  EngineObserver,
  EngineOptions,
  Isolation,
  LoadOptions,
  Monitored,
  RegisterOptions,
  SchedulerInfo,
} from "./engine_options.ts";
export {
  type Attributes,
  beginSpan,
  currentTrace,
  describeCurrent,
  isTracing,
  type Span,
  type SpanOptions,
  type TraceParent,
} from "./trace/telemetry.ts";
export type { GuestLoad } from "./wire.ts";
export { checkBundle } from "./script/bake_or_fail.ts";
export { GUEST_MODULE } from "./script/guest_module.ts";
export {
  HandlerFailed,
  type HandlerFailure,
  LoadFailed,
  NotGrantable,
  SchedulerFailed,
  SystemLimit,
} from "./errors.ts";
export type { Start } from "./guests.ts";
export type { GuestMessage, GuestReply, GuestRequest } from "./message.ts";
export type {
  Connection,
  ConnectionInfo,
  ConnectionSink,
  ServerEvent,
} from "./node/connection.ts";
export type { ClientFrame, FrameTaken } from "./node/client_frames.ts";
export type { Listing, Store, StoreWrite } from "./node/store.ts";
export type { Tags } from "./node/tag_board.ts";
export type {
  ComponentAbilities,
  HeaderList,
  ReplyHead,
  RequestHead,
} from "./script/ops.ts";
export type {
  CallerFrame,
  LineFrame,
  Part,
  ScriptFrame,
} from "./http/frames.ts";
export { type BodyListener, ResponseBody } from "./http/response_body.ts";
export type {
  HandledRequest,
  HandleOptions,
  LeaveSignal,
} from "./http/calling.ts";
export type { Entry } from "./script/script_process.ts";
