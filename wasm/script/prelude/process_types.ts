/**
 * `Process`, as a component sees it.
 *
 * @module
 */

import type { ConnectionHead, ProcessHead } from "../ops.ts";
import type { PidLike } from "./pid.ts";
import type { Stream } from "./stream.ts";

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
export interface ThisProcess {
  /** The pid of this process. */
  self(): bigint;

  /** The arguments that it was started with, its name first; empty when there are none. */
  args(): string[];

  /**
   * Sends a copy of `message`, text as UTF-8.
   *
   * @returns Whether there is such a process.
   * @throws {TypeError} `message` is neither text nor bytes.
   * @throws {RangeError} `pid` is no whole number from 0.
   */
  send(pid: PidLike, message: unknown): boolean;

  /**
   * Takes the next message; what calls wait for that are under way is none.
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
  receive(ms?: number): Uint8Array<ArrayBuffer> | null;

  /** Takes the next message, which is UTF-8. As `receive` otherwise. */
  receiveText(ms?: number): string | null;

  /**
   * Starts a process of a component of the app; with a source, of code from
   * elsewhere, as `spawnFrom` does.
   *
   * @returns Its pid.
   * @throws {Error} Why there is none.
   */
  spawn(component: string, source?: string): bigint;

  /**
   * Starts a process of the code at `source`, under the profile of a template.
   *
   * @param source `inline:<code>`, `kv:<bucket>/<key>`, or an http or https URL.
   * @throws {Error} Why there is none.
   */
  spawnFrom(component: string, source: string): bigint;

  /**
   * Asks to be told when a process ends; at once when it is not there.
   *
   * @returns What `demonitor` takes; null when the capability denies it.
   * @throws {RangeError} Too many are monitored.
   */
  monitor(pid: PidLike): number | null;

  /**
   * Ends a monitor.
   *
   * @param flush Whether to drop what it has told already; false when absent.
   * @returns Whether it was there.
   */
  demonitor(monitor: number | null, flush?: boolean): boolean;

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
  link(pid: PidLike): boolean;

  /** Ends a link that `link` made. Returns whether it was there. */
  unlink(pid: PidLike): boolean;

  /** Whether exit signals are received as messages from now on. Returns what it was before. */
  trapExit(traps: boolean): boolean;

  /** The pids of all processes of the node; only its own when the capability denies it. */
  list(): bigint[];

  /** What is known of a process; null when it has ended, or the capability denies it. Never denied for one that it has spawned. */
  info(pid: PidLike): ProcessInfo | null;

  /** Whether a process lives; false when the capability denies it, never for one that it has spawned. */
  isAlive(pid: PidLike): boolean;

  /** Ends a process. False when it has ended, or the capability denies it, never for one that it has spawned. */
  kill(pid: PidLike): boolean;

  /**
   * Ends this process at once.
   *
   * @param reason `normal`, `shutdown`, or a word of its own; `normal` when
   * absent. Anything but `normal` ends the processes linked with it.
   */
  exit(reason?: string): never;

  /** Gives this process a name. False when another has it, or it has too many. */
  register(name: string): boolean;

  /**
   * Takes a name back: one of its own, or with process-control of any process.
   *
   * @returns Whether it was taken back.
   */
  unregister(name: string): boolean;

  /** The process of that name, or null. */
  whereis(name: string): bigint | null;

  /** Says what this process is, in lists and logs. */
  setLabel(label: string): void;

  /**
   * Sends a copy of `message` later.
   *
   * @param ms In milliseconds, at most 24.8 days.
   * @returns What `cancelTimer` takes.
   * @throws {RangeError} Too many wait, or too much; `ms` is negative or not a number.
   */
  sendAfter(pid: PidLike, ms: number, message: unknown): number;

  /** Takes a message back. False when it was sent, or there is none. */
  cancelTimer(timer: number): boolean;

  /** Joins a group. Returns whether this process is in it. */
  registerTag(tag: string): boolean;

  /** Leaves a group. Returns whether this process was in it. */
  unregisterTag(tag: string): boolean;

  /** The members of a group, on the whole node. */
  whereisTag(tag: string): bigint[];

  /** Ends the members of a group. Returns how many; 0 when the capability denies it. */
  killTag(tag: string): number;

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
    restartsMax?: number,
    withinMs?: number,
  ): bigint;

  /** Opens a stream to a process. Null when there is none, or it has too many. */
  openStream(pid: PidLike): Stream | null;

  /** Takes the oldest stream that was opened to this process, or waits for one. */
  acceptStream(): Stream;

  /** What the client of this process's connection asked for; null when it was spawned for none. */
  connection(): ConnectionHead | null;

  /** Sends a text frame. False when the client is gone, or takes none. Blocks while it is behind. */
  sendText(text: string): boolean;

  /** Sends a binary frame. As `sendText` otherwise. */
  sendBytes(bytes: unknown): boolean;

  /** Sends a close frame, and closes. A connection that takes none is left as it is. */
  wsClose(code?: number, reason?: string): void;

  /**
   * Sends an event of an event stream. False when the client is gone, or takes
   * none. Blocks while it is behind.
   *
   * @param retry How long the client waits before it connects again, in milliseconds.
   */
  sseSend(
    data: string,
    event?: string | null,
    id?: string | null,
    retry?: number | null,
  ): boolean;
}
