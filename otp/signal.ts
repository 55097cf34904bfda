/**
 * Signals: everything that can arrive at a process, within a thread and
 * between schedulers.
 *
 * @module
 */

import type { SendOptions } from "./envelope.ts";
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

/**
 * Tells a process that traps exits that it was asked to exit, or that a
 * process it was linked to has ended. Arrives in the mailbox.
 *
 * @see Erlang `{'EXIT', From, Reason}`.
 */
export interface ExitMessage {
  /** The tag. */
  readonly type: "exit";
  /** Who ended, or who asked; undefined when no process asked. */
  readonly from: Pid | undefined;
  /** Why. */
  readonly reason: ExitReason;
}

/** Everything one process can send another, and one scheduler another. */
export type Signal =
  | MessageSignal
  | ExitSignal
  | LinkSignal
  | UnlinkSignal
  | UnlinkedSignal
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
  /** What goes with it; copied too. */
  readonly options?: SendOptions | undefined;
}

/** Asks a process to exit, or tells it that a process it is linked to has. */
export interface ExitSignal {
  /** The tag. */
  readonly type: "exit";
  /** Who hears of it. */
  readonly to: Pid;
  /** Who asks, or has ended; undefined when no process asks. */
  readonly from: Pid | undefined;
  /** Whether somebody asks, or a link tells. */
  readonly via: "exit" | "link";
  /** Why. */
  readonly reason: ExitReason;
}

/** Makes the other half of a link. */
export interface LinkSignal {
  /** The tag. */
  readonly type: "link";
  /** Who is linked. */
  readonly to: Pid;
  /** To whom. */
  readonly from: Pid;
}

/** Ends the other half of a link. */
export interface UnlinkSignal {
  /** The tag. */
  readonly type: "unlink";
  /** Who was linked. */
  readonly to: Pid;
  /** To whom. */
  readonly from: Pid;
  /** Tells it from the other unlinks of its sender. */
  readonly id: number;
}

/**
 * Answers an {@linkcode UnlinkSignal}, whether or not there was a link: what
 * arrives behind it was sent by one who knows of the unlink.
 *
 * @see Erlang, "Distribution protocol": `UNLINK_ID_ACK`.
 */
export interface UnlinkedSignal {
  /** The tag. */
  readonly type: "unlinked";
  /** Who has unlinked. */
  readonly to: Pid;
  /** From whom. */
  readonly from: Pid;
  /** The one of the unlink. */
  readonly id: number;
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
  | { readonly type: "enqueue" }
  | { readonly type: "ignore" };

/** What decides about an exit signal. */
export interface ExitCase {
  /** See {@linkcode ExitSignal}. */
  readonly via: ExitSignal["via"];
  /** See {@linkcode ExitSignal}. */
  readonly reason: ExitReason;
  /** Whether the process asks itself. */
  readonly fromSelf: boolean;
  /** Whether the process traps exits. */
  readonly trapsExits: boolean;
}

/**
 * Decides what an exit signal does. Pure: the process applies the effect.
 *
 * @see Erlang `exit/2` and "Links": only a `kill` that was asked for cannot be
 * trapped, and is seen by others as `killed`; over a link it is an ordinary
 * reason. `normal` ends only the process that sends it to itself.
 */
export function receiveExit(exit: ExitCase): ExitEffect {
  const { via, reason, fromSelf, trapsExits } = exit;
  if (via === "exit" && reason === "kill") {
    return { type: "terminate", reason: "killed" };
  }
  if (trapsExits) return { type: "enqueue" };
  if (reason === "normal" && !fromSelf) return { type: "ignore" };
  return { type: "terminate", reason };
}
