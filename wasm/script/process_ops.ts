/**
 * What a script asks of its process and its node: one function for each
 * operation, by those that components are linked to.
 *
 * @module
 */

import type { ExitMessage, MonitorRef, Pid } from "@rusm/otp";
import { askFor, pidOf } from "../actor/asking.ts";
import { carriedBy } from "../trace/carried.ts";
import { adopt, demonitor, link, unlink, watch } from "../actor/bonds.ts";
import { DELAY_MS_MAX } from "../actor/limits.ts";
import { stash } from "../actor/mailbox.ts";
import { register, setLabel, unregister, whereis } from "../actor/naming.ts";
import { PG } from "../actor/pg.ts";
import {
  info,
  isAlive,
  kill,
  listProcesses,
  spawn,
  spawnFrom,
  supervise,
} from "../actor/processes.ts";
import { sendFrame, SERVE } from "../actor/serve.ts";
import { cancelTimer, sendAfter } from "../actor/timers.ts";
import type { HostFunction, HostInterface } from "../component/host.ts";
import { NO_STREAM } from "../core/streams.ts";
import { environmentGet, environmentNames } from "../host/environment.ts";
import { encodeText } from "../host/encoding.ts";
import { bytes, optionalText, text } from "../host/pure.ts";
import type { Info, StoreAsk } from "../node/ask.ts";
import type { ConnectionInfo } from "../node/connection.ts";
import { type HostValue, OPS, type ProcessHead } from "./ops.ts";
import type { ScriptGuest } from "./script_guest.ts";
import { STORE_ASKS } from "./store_asks.ts";

/** Does one operation. A promise is for the guest to be suspended until it is settled. */
export type ProcessOp = (
  guest: ScriptGuest,
  args: readonly HostValue[],
) => HostValue | Promise<HostValue>;

/** The operations, by their numbers. */
export const PROCESS_OPS: ReadonlyMap<number, ProcessOp> = new Map<
  number,
  ProcessOp
>([
  [OPS.self, (guest) => guest.self.pid.toJSON()],
  [OPS.args, (guest) => JSON.stringify(guest.command.args)],
  [OPS.send, send],
  [
    OPS.randomBytes,
    (_guest, [count]) => crypto.getRandomValues(new Uint8Array(Number(count))),
  ],
  [OPS.envGet, (guest, [name]) => variables(guest).get(text(name))],
  [OPS.envNames, (guest) => JSON.stringify([...variables(guest).keys()])],
  [OPS.stash, (guest, [message]) => {
    stash(guest, messageIn(message));
    guest.mail.putBack();
    return undefined;
  }],
  [OPS.unstash, (guest) => guest.mail.unstash() as undefined],

  [OPS.spawn, spawned(spawn, text)],
  [OPS.spawnFrom, spawned(spawnFrom, text, text)],
  [OPS.supervise, spawned(supervise, text, textList, count, count)],
  [OPS.monitor, (guest, [pid]) => watch(guest, pidIn(pid)) ?? null],
  [
    OPS.demonitor,
    (guest, [ref, flush]) =>
      Number(demonitor(guest, Number(ref) as MonitorRef, flush === 1)),
  ],
  [OPS.link, (guest, [pid]) => Number(link(guest, pidIn(pid)))],
  [OPS.unlink, (guest, [pid]) => Number(unlink(guest, pidIn(pid)))],
  [OPS.trapExit, trapExit],
  [OPS.list, (guest) => then(listProcesses(guest), pidsText)],
  [OPS.info, (guest, [pid]) => then(info(guest, pidIn(pid)), infoText)],
  [OPS.isAlive, (guest, [pid]) => then(isAlive(guest, pidIn(pid)), Number)],
  [OPS.kill, (guest, [pid]) => then(kill(guest, pidIn(pid)), Number)],

  [OPS.register, (guest, [name]) => then(register(guest, text(name)), Number)],
  [
    OPS.unregister,
    (guest, [name]) => then(unregister(guest, text(name)), Number),
  ],
  [OPS.whereis, (guest, [name]) => pidText(whereis(guest, text(name)))],
  [OPS.setLabel, (guest, [label]) => void setLabel(guest, text(label))],
  [OPS.tagJoin, of(PG, "register-tag", Number, text)],
  [OPS.tagLeave, of(PG, "unregister-tag", Number, text)],
  [OPS.tagMembers, of(PG, "whereis-tag", pidsText, text)],
  [OPS.tagKill, of(PG, "kill-tag", Number, text)],

  [
    OPS.sendAfter,
    (guest, [pid, ms, message]) =>
      Number(sendAfter(guest, pidIn(pid), delayIn(ms), bytes(message))),
  ],
  [
    OPS.cancelTimer,
    (guest, [timer]) => Number(cancelTimer(guest, BigInt(count(timer)))),
  ],

  [OPS.streamOpen, openStream],
  [OPS.streamAccept, (guest) => guest.streams.accept()],
  [
    OPS.streamRead,
    (guest, [stream]) => orNull(guest.shared.read(Number(stream))),
  ],
  [
    OPS.streamWrite,
    (guest, [stream, chunk]) =>
      then(guest.shared.write(Number(stream), bytes(chunk)), isWritten),
  ],
  [
    OPS.streamClose,
    (guest, [stream]) => guest.streams.close(Number(stream)) as undefined,
  ],
  [
    OPS.streamIsBroken,
    (guest, [stream]) => Number(guest.streams.isBroken(Number(stream))),
  ],

  [OPS.kvGet, kv(STORE_ASKS.get, (value) => value as Uint8Array ?? null)],
  [OPS.kvSet, kv(STORE_ASKS.set, () => undefined)],
  [OPS.kvDelete, kv(STORE_ASKS.delete, Number)],
  [OPS.kvExists, kv(STORE_ASKS.exists, Number)],
  [OPS.kvList, kv(STORE_ASKS.list, JSON.stringify)],
  [OPS.kvCompareAndSet, kv(STORE_ASKS.compareAndSet, Number)],
  [OPS.kvBatch, kv(STORE_ASKS.batch, () => undefined)],

  [OPS.connection, (guest) => connectionText(guest.command.connection)],
  [OPS.wsReceivedText, (guest) => Number(guest.mail.isTextLast)],
  [OPS.wsSendText, of(SERVE, "ws-send-text", Number, bytes)],
  [
    OPS.wsSendBytes,
    (guest, [frame]) =>
      then(sendFrame(guest, { type: "frame", bytes: bytes(frame) }), Number),
  ],
  [OPS.wsClose, of(SERVE, "ws-close", () => undefined, count, text)],
  [
    OPS.sseSend,
    of(
      SERVE,
      "sse-send",
      Number,
      text,
      optionalText,
      optionalText,
      optionalCount,
    ),
  ],
]);

function send(guest: ScriptGuest, [to, message]: readonly HostValue[]): number {
  const { runtime } = guest.self;
  const metadata = carriedBy(guest.self);
  const options = metadata === undefined ? undefined : { metadata };
  const pid = pidOf<Uint8Array>(pidIn(to));
  return Number(runtime.send(pid, messageIn(message), options));
}

function messageIn(value: HostValue): Uint8Array {
  return typeof value === "string" ? encodeText(value) : bytes(value);
}

function spawned(
  start: HostFunction,
  ...lifts: readonly Lift[]
): ProcessOp {
  return (guest, args) => {
    const pid = start(guest, ...lifts.map((lift, at) => lift(args[at])));
    return then(pid as bigint | Promise<bigint>, (pid) => {
      adopt(guest, pid);
      return `${pid}`;
    });
  };
}

function trapExit(
  { self }: ScriptGuest,
  [traps]: readonly HostValue[],
): number {
  // A guest takes an exit signal as text.
  const trapping = self as unknown as { readonly pid: Pid<ExitMessage> };
  return Number(self.trapExits.call(trapping, traps === 1));
}

async function openStream(
  guest: ScriptGuest,
  [to]: readonly HostValue[],
): Promise<HostValue> {
  const stream = await guest.streams.open(pidOf(pidIn(to)));
  return stream === NO_STREAM ? null : stream;
}

// What the node's own variables do not say, it was started with.
function variables(guest: ScriptGuest): Map<string, string> {
  const { capability, command: { env } } = guest;
  const granted = environmentNames(capability).map((name) =>
    [name, environmentGet(capability, name)!] as const
  );
  return new Map([...granted, ...env]);
}

function isWritten(outcome: number): number {
  return Number(outcome !== NO_STREAM);
}

function kv(
  ask: (args: readonly HostValue[]) => StoreAsk,
  lower: Lower,
): ProcessOp {
  return (guest, args) => then(askFor(guest, ask(args)), lower);
}

/** Makes what a function of the host takes of an argument. Throws when it cannot. */
type Lift = (value: HostValue) => unknown;
/** Makes a result of what a function of the host returns. */
// deno-lint-ignore no-explicit-any -- the WIT of the function says what it is
type Lower = (value: any) => HostValue;

function of(
  { functions, suspending }: HostInterface,
  name: string,
  lower: Lower,
  ...lifts: readonly Lift[]
): ProcessOp {
  const call: HostFunction = functions?.[name] ?? suspending![name]!;
  return (guest, args) =>
    then(call(guest, ...lifts.map((lift, at) => lift(args[at]))), lower);
}

function then<Value>(
  value: Value | Promise<Value>,
  lower: (value: Value) => HostValue,
): HostValue | Promise<HostValue> {
  return value instanceof Promise ? value.then(lower) : lower(value);
}

function orNull(
  value: Uint8Array | undefined | Promise<Uint8Array | undefined>,
): HostValue | Promise<HostValue> {
  return then(value, (value) => value ?? null);
}

function pidIn(value: HostValue): bigint {
  return BigInt(text(value));
}

function pidText(pid: bigint | undefined): string | null {
  return pid === undefined ? null : `${pid}`;
}

function pidsText(pids: readonly bigint[]): string {
  return JSON.stringify(pids.map((pid) => `${pid}`));
}

function delayIn(ms: HostValue): bigint {
  return BigInt(Math.floor(Math.min(Number(ms), DELAY_MS_MAX)));
}

/** A whole number of 32 bits, not below 0. */
function count(value: HostValue): number {
  return Number(value) >>> 0;
}

function optionalCount(value: HostValue): number | undefined {
  return value === null || value === undefined ? undefined : count(value);
}

// The guest made it: it can be anything.
function textList(value: HostValue): string[] {
  const list: unknown = JSON.parse(text(value));
  if (!Array.isArray(list)) throw new TypeError("Cannot take this for a list");
  return list.map(text);
}

function infoText(info: Info | undefined): string | null {
  if (info === undefined) return null;
  const { pid, label = null, ...rest } = info;
  const head: ProcessHead = {
    ...rest,
    pid: `${pid}`,
    label,
    names: [...rest.names],
  };
  return JSON.stringify(head);
}

function connectionText(info: ConnectionInfo | undefined): string | null {
  return info === undefined
    ? null
    : JSON.stringify({ ...info, subprotocol: info.subprotocol ?? null });
}
