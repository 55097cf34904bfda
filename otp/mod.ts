/**
 * Erlang's processes in TypeScript: mailboxes, monitors, exit reasons and a run
 * queue that is fair to the event loop. Needs nothing but a JavaScript engine.
 *
 * @example A process that counts
 * ```ts
 * import { type Pid, Runtime } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * type Message = "add" | { readonly replyTo: Pid<number> };
 *
 * const runtime = new Runtime();
 * const counter = runtime.spawn<Message>(async (self) => {
 *   for (let count = 0;;) {
 *     const message = await self.receive();
 *     if (message === "add") count++;
 *     else self.runtime.send(message.replyTo, count);
 *   }
 * });
 *
 * const asker = runtime.spawn<number>(async (self) => {
 *   runtime.send(counter.pid, "add");
 *   runtime.send(counter.pid, "add");
 *   runtime.send(counter.pid, { replyTo: self.pid });
 *   strictEqual(await self.receive(), 2);
 * });
 *
 * strictEqual(await asker.join(), "normal");
 * counter.kill();
 * strictEqual(await counter.join(), "killed");
 * ```
 *
 * @module
 */

export {
  call,
  type Caller,
  type CallMessage,
  type CallOptions,
  type Protocol,
  type Reply,
  type Request,
  type RequestData,
} from "./call.ts";
export { crashReporter } from "./crash_reporter.ts";
export {
  CallCycle,
  CallRefused,
  CallTimeout,
  ServerDown,
  StartFailed,
  StartTimeout,
  StreamBroken,
  SupervisorDown,
  TaskFailed,
  TaskTimeout,
} from "./errors.ts";
export {
  type Connection,
  type ConnectionHandler,
  listen,
  type Listener,
  type ListenOptions,
} from "./listen.ts";
export {
  shutdown,
  type ShutdownOptions,
  type ShutdownResult,
} from "./shutdown.ts";
export {
  type ByteStream,
  openStream,
  type StreamOptions,
  type StreamReader,
  type StreamWriter,
} from "./stream.ts";
export type { Metadata, SendOptions } from "./envelope.ts";
export { Groups, type GroupWatcher } from "./group.ts";
export type {
  GroupChange,
  GroupMonitor,
  GroupMonitorRef,
} from "./group_monitor.ts";
export type { Host } from "./host.ts";
export { systemHost } from "./host.ts";
export type { Observer, RestartInfo } from "./observer.ts";
export type { NameWatcher } from "./names.ts";
export type { Overflow, Quota } from "./overflow.ts";
export { Pid } from "./pid.ts";
export type { ProcessInfo } from "./process_info.ts";
export { type PublishOptions, PubSub } from "./pubsub.ts";
export {
  type AliasOptions,
  type Context,
  type DemonitorOptions,
  DONE,
  type EachHandler,
  LATER,
  type MonitoredHandle,
  type MonitorOptions,
  type ProcessBody,
  type ReceiveOptions,
  type SpawnOptions,
  TIMEOUT,
} from "./context.ts";
export {
  type Crash,
  crashOf,
  type Exit,
  type ExitReason,
  formatReason,
  isAbnormal,
  type LimitExceeded,
} from "./reason.ts";
export {
  type Body,
  type Counters,
  type Peer,
  type ProcessHandle,
  Runtime,
  type RuntimeOptions,
} from "./runtime.ts";
export {
  type Awaitable,
  type CallHandlers,
  type CallResult,
  type CallScene,
  cast,
  type CastMessage,
  type InitResult,
  type Next,
  type NoReply,
  type Onward,
  type Ready,
  reply,
  type ReplyNow,
  server,
  type ServerMessage,
  type ServerSpec,
  type Stop,
  type StopAndReply,
} from "./server.ts";
export {
  type Starter,
  startServer,
  type StartServerOptions,
} from "./start_server.ts";
export {
  awaitMany,
  type Task,
  task,
  type TaskOptions,
  type TaskOwner,
} from "./task.ts";
export type { Answer, Ask } from "./supervisor/ask.ts";
export type {
  ChildBody,
  ChildFailed,
  ChildProcess,
  ChildSettings,
  ChildSpec,
  ChildStart,
  ChildStarter,
  Shutdown,
} from "./supervisor/child.ts";
export type { Backoff, Restart, Strategy } from "./supervisor/restart.ts";
export type { AutoShutdown, GivesUpWith } from "./supervisor/supervision.ts";
export {
  countChildren,
  deleteChild,
  restartChild,
  startChild,
  startSupervisor,
  supervisor,
  type SupervisorBody,
  type SupervisorOptions,
  terminateChild,
  whichChildren,
} from "./supervisor.ts";
export type {
  ChildCounts,
  ChildInfo,
  DeleteChildResult,
  NamedRequest,
  NotStopped,
  RestartChildResult,
  Retry,
  StartChildResult,
  SupervisorMessage,
  SupervisorRequest,
  TerminateChildResult,
} from "./supervisor/message.ts";
export type {
  DynamicRetry,
  DynamicSupervisorMessage,
  DynamicSupervisorRequest,
  StartDynamicChildResult,
} from "./supervisor/dynamic_supervision.ts";
export {
  countDynamicChildren,
  dynamicSupervisor,
  type DynamicSupervisorBody,
  type DynamicSupervisorOptions,
  startDynamicChild,
  terminateDynamicChild,
  whichDynamicChildren,
} from "./dynamic_supervisor.ts";
export { Sim, type SimHost, type SimOptions } from "./sim.ts";
export type {
  SimCluster,
  SimClusterOptions,
  SimScheduler,
} from "./sim/cluster.ts";
export type {
  ChaosOptions,
  CrashFault,
  DelayFault,
  Fault,
  FaultTime,
  PartitionFault,
  PauseFault,
} from "./sim/fault.ts";
export type { Span } from "./sim/random.ts";
export { simulate, type SimulateOptions } from "./sim/simulate.ts";
export {
  Registry,
  type RegistryEntry,
  type RegistryOptions,
} from "./registry.ts";
export type { SchedulerLoad } from "./scheduler.ts";
export type { SendTimer } from "./send_timer.ts";
export type {
  DemonitorSignal,
  Down,
  DownSignal,
  ExitMessage,
  ExitSignal,
  LinkSignal,
  MessageSignal,
  MonitorRef,
  MonitorSignal,
  Signal,
  UnlinkedSignal,
  UnlinkSignal,
} from "./signal.ts";
