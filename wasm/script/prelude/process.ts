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
import { dataBytes, decodeText } from "./encoding.ts";
import { callHost } from "./host.ts";
import { type PidLike, pidOrNull, pidsIn, pidText } from "./pid.ts";
import { acceptStream, openStream, type Stream } from "./stream.ts";

export type { PidLike } from "./pid.ts";

/** What is known of a process. */
export interface ProcessInfo extends Omit<ProcessHead, "pid"> {
  /** Names it. */
  pid: bigint;
}

/** Which children are restarted with one that ended. */
export type Strategy = "one-for-one" | "one-for-all" | "rest-for-one";

/**
 * What a process can do. What waits blocks the whole process.
 *
 * A function that the capability denies throws an Error that says so, unless
 * it is said to be false or empty then.
 */
export const Process = {
  /** The pid of this process. */
  self(): bigint {
    return BigInt(callHost(OPS.self) as string);
  },

  /** The arguments that it was started with, its name first; empty when there are none. */
  args(): string[] {
    return JSON.parse(callHost(OPS.args) as string);
  },

  /**
   * Sends a copy of `message`, text as UTF-8.
   *
   * @returns Whether there is such a process.
   * @throws {TypeError} `message` is neither text nor bytes.
   * @throws {RangeError} `pid` is no whole number from 0.
   */
  send(pid: PidLike, message: unknown): boolean {
    return callHost(OPS.send, pidText(pid), dataBytes(message)) === 1;
  },

  /**
   * Takes the next message.
   *
   * The end of a process that is monitored comes as
   * `{"__down":"<pid>","reason":"normal"|"killed"|"crashed"|"noproc"}`, and when
   * exits are trapped, that of a linked one as
   * `{"__exit":"<pid>","reason":…}`; `__exit` is null when no process asked.
   *
   * @param ms How long to wait, in milliseconds; for ever if there is none.
   * @returns Null if no message came in time.
   * @throws {RangeError} `ms` is negative or not a number.
   */
  receive(ms?: number): Uint8Array<ArrayBuffer> | null {
    return callHost(OPS.receive, checkWait(ms)) as
      | Uint8Array<ArrayBuffer>
      | null;
  },

  /** Takes the next message, which is UTF-8. As `receive` otherwise. */
  receiveText(ms?: number): string | null {
    const message = Process.receive(ms);
    return message === null ? null : decodeText(message);
  },

  /**
   * Starts a process of a component of the app; with a source, of code from
   * elsewhere, as `spawnFrom` does.
   *
   * @returns Its pid.
   * @throws {Error} Why there is none.
   */
  spawn(component: string, source?: string): bigint {
    if (source !== undefined) return Process.spawnFrom(component, source);
    return BigInt(callHost(OPS.spawn, `${component}`) as string);
  },

  /**
   * Starts a process of code from elsewhere, as a dynamic component.
   *
   * @throws {Error} Why there is none.
   */
  spawnFrom(component: string, source: string): bigint {
    return BigInt(
      callHost(OPS.spawnFrom, `${component}`, `${source}`) as string,
    );
  },

  /**
   * Asks to be told when a process ends; at once when it is not there.
   *
   * @returns What `demonitor` takes; null when the capability denies it.
   * @throws {RangeError} Too many are monitored.
   */
  monitor(pid: PidLike): number | null {
    return callHost(OPS.monitor, pidText(pid)) as number | null;
  },

  /**
   * Ends a monitor.
   *
   * @param flush Whether to drop what it has told already; false when absent.
   * @returns Whether it was there.
   */
  demonitor(monitor: number | null, flush = false): boolean {
    return callHost(OPS.demonitor, Number(monitor ?? -1), Number(flush)) === 1;
  },

  /**
   * Links this process with another: when one ends otherwise than normally, so
   * does the other, or it is told when it traps exits.
   *
   * It may be linked with processes that it has spawned itself, and with any
   * under process-control.
   *
   * @returns False when the capability denies it.
   * @throws {RangeError} Too many are linked.
   */
  link(pid: PidLike): boolean {
    return callHost(OPS.link, pidText(pid)) === 1;
  },

  /** Ends a link that `link` made. Returns whether it was there. */
  unlink(pid: PidLike): boolean {
    return callHost(OPS.unlink, pidText(pid)) === 1;
  },

  /** Whether exit signals are received as messages from now on. Returns what it was before. */
  trapExit(traps: boolean): boolean {
    return callHost(OPS.trapExit, Number(Boolean(traps))) === 1;
  },

  /** The pids of all processes of the node; only its own when the capability denies it. */
  list(): bigint[] {
    return pidsIn(callHost(OPS.list));
  },

  /** What is known of a process; null when it has ended, or the capability denies it. */
  info(pid: PidLike): ProcessInfo | null {
    const head = callHost(OPS.info, pidText(pid));
    if (head === null) return null;
    const info: ProcessHead = JSON.parse(head as string);
    return { ...info, pid: BigInt(info.pid) };
  },

  /** Whether a process lives; false when the capability denies it. */
  isAlive(pid: PidLike): boolean {
    return callHost(OPS.isAlive, pidText(pid)) === 1;
  },

  /** Ends a process. False when it has ended, or the capability denies it. */
  kill(pid: PidLike): boolean {
    return callHost(OPS.kill, pidText(pid)) === 1;
  },

  /**
   * Ends this process at once.
   *
   * @param reason `normal`, `shutdown`, or a word of its own; `normal` when
   * absent. Anything but `normal` ends the processes linked with it.
   */
  exit(reason?: string): never {
    callHost(OPS.exit, reason === undefined ? null : `${reason}`);
    throw new Error("Cannot come here: the process has ended");
  },

  /** Gives this process a name. False when another has it, or it has too many. */
  register(name: string): boolean {
    return callHost(OPS.register, `${name}`) === 1;
  },

  /**
   * Takes a name back: one of its own, or with process-control of any process.
   *
   * @returns Whether it was taken back.
   */
  unregister(name: string): boolean {
    return callHost(OPS.unregister, `${name}`) === 1;
  },

  /** The process of that name, or null. */
  whereis(name: string): bigint | null {
    return pidOrNull(callHost(OPS.whereis, `${name}`));
  },

  /** Says what this process is, in lists and logs. */
  setLabel(label: string): void {
    callHost(OPS.setLabel, `${label}`);
  },

  /**
   * Sends a copy of `message` later.
   *
   * @param ms In milliseconds, at most 24.8 days.
   * @returns What `cancelTimer` takes.
   * @throws {RangeError} Too many wait, or too much; `ms` is negative or not a number.
   */
  sendAfter(pid: PidLike, ms: number, message: unknown): number {
    const to = pidText(pid);
    return callHost(
      OPS.sendAfter,
      to,
      checkDelay(ms),
      dataBytes(message),
    ) as number;
  },

  /** Takes a message back. False when it was sent, or there is none. */
  cancelTimer(timer: number): boolean {
    return callHost(OPS.cancelTimer, Number(timer)) === 1;
  },

  /** Joins a group. Returns whether this process is in it. */
  registerTag(tag: string): boolean {
    return callHost(OPS.tagJoin, `${tag}`) === 1;
  },

  /** Leaves a group. Returns whether this process was in it. */
  unregisterTag(tag: string): boolean {
    return callHost(OPS.tagLeave, `${tag}`) === 1;
  },

  /** The members of a group, on the whole node. */
  whereisTag(tag: string): bigint[] {
    return pidsIn(callHost(OPS.tagMembers, `${tag}`));
  },

  /** Ends the members of a group. Returns how many; 0 when the capability denies it. */
  killTag(tag: string): number {
    return callHost(OPS.tagKill, `${tag}`) as number;
  },

  /**
   * Starts a supervisor of components, which is linked with this process.
   *
   * @param restartsMax Restarts within the period that are borne; 0 bears all.
   * @param withinMs The period in milliseconds; 0 is for ever.
   * @returns The pid of the supervisor.
   * @throws {Error} Why there is none.
   */
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

  /** Opens a stream to a process. Null when there is none, or it has too many. */
  openStream(pid: PidLike): Stream | null {
    return openStream(pid);
  },

  /** Takes the oldest stream that was opened to this process, or waits for one. */
  acceptStream(): Stream {
    return acceptStream();
  },

  connection,
  sendText,
  sendBytes,
  wsClose,
  sseSend,
};

function checkWait(ms: number | undefined): number {
  return ms === undefined || ms === Infinity ? -1 : checkDelay(ms);
}

function checkDelay(ms: number): number {
  if (ms >= 0) return Number(ms);
  throw new RangeError(`Cannot wait for a negative time: ${ms}`);
}
