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

export type { Host } from "./host.ts";
export { systemHost } from "./host.ts";
export { Pid } from "./pid.ts";
export {
  type Context,
  type MonitoredHandle,
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
  type Observer,
  type Peer,
  type ProcessHandle,
  Runtime,
  type RuntimeOptions,
} from "./runtime.ts";
export { Sim, type SimHost, type SimOptions } from "./sim.ts";
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
  UnlinkSignal,
} from "./signal.ts";
