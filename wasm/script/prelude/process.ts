/**
 * `Process`: this process, its mailbox, and what it does with others.
 *
 * @module
 */

import { OPS, type ProcessHead } from "../ops.ts";
import {
  connection,
  sendBytes,
  sendText,
  sseSend,
  wsClose,
} from "./connection.ts";
import { dataBytes } from "./encoding.ts";
import { callHost } from "./host.ts";
import { type PidLike, pidOrNull, pidsIn, pidText } from "./pid.ts";
import { exchange } from "./own_exchange.ts";
import type { Message } from "./port.ts";
import type { ProcessInfo, Strategy, ThisProcess } from "./process_types.ts";
import { acceptStream, openStream, type Stream } from "./stream.ts";

/** This process. */
export const Process: ThisProcess = {
  self(): bigint {
    return BigInt(callHost(OPS.self) as string);
  },

  args(): string[] {
    return JSON.parse(callHost(OPS.args) as string);
  },

  send(pid: PidLike, message: unknown): boolean {
    const data = typeof message === "string" ? message : dataBytes(message);
    return callHost(OPS.send, pidText(pid), data) === 1;
  },

  receive(ms?: number): Uint8Array<ArrayBuffer> | null {
    return receive(checkWait(ms), 0) as Uint8Array<ArrayBuffer> | null;
  },

  receiveText(ms?: number): string | null {
    return receive(checkWait(ms), 1) as string | null;
  },

  spawn(component: string, source?: string): bigint {
    if (source !== undefined) return Process.spawnFrom(component, source);
    return BigInt(callHost(OPS.spawn, `${component}`) as string);
  },

  spawnFrom(component: string, source: string): bigint {
    return BigInt(
      callHost(OPS.spawnFrom, `${component}`, `${source}`) as string,
    );
  },

  monitor(pid: PidLike): number | null {
    return callHost(OPS.monitor, pidText(pid)) as number | null;
  },

  demonitor(monitor: number | null, flush = false): boolean {
    return callHost(OPS.demonitor, Number(monitor ?? -1), Number(flush)) === 1;
  },

  link(pid: PidLike): boolean {
    return callHost(OPS.link, pidText(pid)) === 1;
  },

  unlink(pid: PidLike): boolean {
    return callHost(OPS.unlink, pidText(pid)) === 1;
  },

  trapExit(traps: boolean): boolean {
    return callHost(OPS.trapExit, Number(Boolean(traps))) === 1;
  },

  list(): bigint[] {
    return pidsIn(callHost(OPS.list));
  },

  info(pid: PidLike): ProcessInfo | null {
    const head = callHost(OPS.info, pidText(pid));
    if (head === null) return null;
    const info: ProcessHead = JSON.parse(head as string);
    return { ...info, pid: BigInt(info.pid) };
  },

  isAlive(pid: PidLike): boolean {
    return callHost(OPS.isAlive, pidText(pid)) === 1;
  },

  kill(pid: PidLike): boolean {
    return callHost(OPS.kill, pidText(pid)) === 1;
  },

  exit(reason?: string): never {
    callHost(OPS.exit, reason === undefined ? null : `${reason}`);
    throw new Error("Cannot come here: the process has ended");
  },

  register(name: string): boolean {
    return callHost(OPS.register, `${name}`) === 1;
  },

  unregister(name: string): boolean {
    return callHost(OPS.unregister, `${name}`) === 1;
  },

  whereis(name: string): bigint | null {
    return pidOrNull(callHost(OPS.whereis, `${name}`));
  },

  setLabel(label: string): void {
    callHost(OPS.setLabel, `${label}`);
  },

  sendAfter(pid: PidLike, ms: number, message: unknown): number {
    const to = pidText(pid);
    return callHost(
      OPS.sendAfter,
      to,
      checkDelay(ms),
      dataBytes(message),
    ) as number;
  },

  cancelTimer(timer: number): boolean {
    return callHost(OPS.cancelTimer, Number(timer)) === 1;
  },

  registerTag(tag: string): boolean {
    return callHost(OPS.tagJoin, `${tag}`) === 1;
  },

  unregisterTag(tag: string): boolean {
    return callHost(OPS.tagLeave, `${tag}`) === 1;
  },

  whereisTag(tag: string): bigint[] {
    return pidsIn(callHost(OPS.tagMembers, `${tag}`));
  },

  killTag(tag: string): number {
    return callHost(OPS.tagKill, `${tag}`) as number;
  },

  supervise(
    strategy: Strategy,
    children: string[],
    restartsMax = 0,
    withinMs = 0,
  ): bigint {
    const names = JSON.stringify(children.map((name) => `${name}`));
    return BigInt(
      callHost(
        OPS.supervise,
        `${strategy}`,
        names,
        Number(restartsMax),
        Number(withinMs),
      ) as string,
    );
  },

  openStream(pid: PidLike): Stream | null {
    return openStream(pid);
  },

  acceptStream(): Stream {
    return acceptStream();
  },

  connection,
  sendText,
  sendBytes,
  wsClose,
  sseSend,
};

const { now } = Date;

// What is of a call that is under way is no mail of the process.
function receive(waitMs: number, asText: 0 | 1): Message | null {
  exchange.restore();
  const endMs = now() + waitMs;
  for (let leftMs = waitMs;; leftMs = Math.max(0, endMs - now())) {
    const ms = waitMs < 0 ? waitMs : leftMs;
    const message = callHost(OPS.receive, ms, asText) as Message | null;
    if (message === null || !exchange.claim(message)) return message;
  }
}

function checkWait(ms: number | undefined): number {
  return ms === undefined || ms === Infinity ? -1 : checkDelay(ms);
}

function checkDelay(ms: number): number {
  if (ms >= 0) return Number(ms);
  throw new RangeError(`Cannot wait for a negative time: ${ms}`);
}
