/**
 * Signals: everything that can arrive at a process, within a thread and
 * between schedulers.
 *
 * @module
 */

import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";

/** Names one monitor for the life of its node. */
export type MonitorRef = number & { readonly __monitor: true };

/**
 * Tells a watcher that the process it monitors has ended. Arrives in the
 * mailbox, behind every message that the process sent before it ended.
 *
 * @see Erlang `{'DOWN', Ref, process, Pid, Reason}`.
 */
export interface Down {
  /** The tag. */
  readonly type: "down";
  /** What {@linkcode Context.monitor} returned. */
  readonly ref: MonitorRef;
  /** The process that ended. */
  readonly pid: Pid;
  /** Why it ended. */
  readonly reason: ExitReason;
}

/** Everything one process can send another, and one scheduler another. */
export type Signal =
  | MessageSignal
  | ExitSignal
  | MonitorSignal
  | DemonitorSignal
  | DownSignal;

/** A message of the program. */
export interface MessageSignal {
  /** The tag. */
  readonly type: "message";
  /** Who receives it. */
  readonly to: Pid;
  /** What the program sent. Between schedulers it is copied. */
  readonly message: unknown;
}

/** Asks a process to exit. */
export interface ExitSignal {
  /** The tag. */
  readonly type: "exit";
  /** Who is asked. */
  readonly to: Pid;
  /** Why. */
  readonly reason: ExitReason;
}

/** Starts a monitor. */
export interface MonitorSignal {
  /** The tag. */
  readonly type: "monitor";
  /** Who is watched. */
  readonly to: Pid;
  /** Who hears of the end. */
  readonly watcher: Pid;
  /** Names the monitor. */
  readonly ref: MonitorRef;
}

/** Ends a monitor. */
export interface DemonitorSignal {
  /** The tag. */
  readonly type: "demonitor";
  /** Who was watched. */
  readonly to: Pid;
  /** Names the monitor. */
  readonly ref: MonitorRef;
}

/** Tells a watcher of an end. */
export interface DownSignal {
  /** The tag. */
  readonly type: "down";
  /** Who hears of it. */
  readonly to: Pid;
  /** What arrives in the mailbox. */
  readonly down: Down;
}

/** What an exit signal does to the process it reaches. */
export type ExitEffect =
  | { readonly type: "terminate"; readonly reason: ExitReason }
  | { readonly type: "ignore" };

/**
 * Decides what an exit signal does. Pure: the process applies the effect.
 *
 * @see Erlang `exit/2`: `kill` ends every process and is seen by others as
 * `killed`; `normal` ends only the process that sends it to itself.
 */
export function receiveExit(reason: ExitReason, fromSelf: boolean): ExitEffect {
  if (reason === "kill") return { type: "terminate", reason: "killed" };
  if (reason === "normal" && !fromSelf) return { type: "ignore" };
  return { type: "terminate", reason };
}
