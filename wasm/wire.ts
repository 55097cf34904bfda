/**
 * The wire between two schedulers: what crosses it, and how signals are
 * written on it.
 *
 * Frames are plain data. Pids cross as numbers, messages as the structured
 * clone algorithm copies them.
 *
 * @module
 */

import {
  type Down,
  type ExitReason,
  type MonitorRef,
  Pid,
  type SendOptions,
  type Signal,
} from "@rusm/otp";
import type { Capability } from "./capability.ts";
import type { GuestCode, Start } from "./guests.ts";

/** Node, scheduler and serial of a {@linkcode Pid}, and the number of an alias. */
export type PidParts = readonly [
  node: number,
  scheduler: number,
  serial: number,
  alias?: number,
];

/** A signal as it crosses the wire; see {@linkcode Signal}. */
export type SignalFrame =
  | { type: "message"; to: PidParts; message: unknown; options?: SendOptions }
  | {
    type: "exit";
    to: PidParts;
    from: PidParts | undefined;
    via: "exit" | "link";
    reason: ExitReason;
  }
  | { type: "link"; to: PidParts; from: PidParts }
  | { type: "unlink" | "unlinked"; to: PidParts; from: PidParts; id: number }
  | { type: "monitor"; to: PidParts; watcher: PidParts; ref: number }
  | { type: "demonitor"; to: PidParts; ref: number }
  | {
    type: "down";
    to: PidParts;
    ref: number;
    pid: PidParts;
    reason: ExitReason;
  };

/** What the main thread tells a scheduler. */
export type Command =
  | SignalFrame
  /** The first one: who the scheduler is. */
  | { type: "start"; node: number; scheduler: number }
  /** From now on `component` can be spawned. */
  | {
    type: "load";
    component: number;
    code: GuestCode;
    capability: Capability;
  }
  /** Spawn a process under a pid that the main thread allotted. */
  | { type: "spawn"; pid: PidParts; component: number; start: Start }
  /** Answer with `pong`. */
  | { type: "ping" };

/** What a scheduler tells the main thread. */
export type Report =
  | SignalFrame
  /** It takes commands. */
  | { type: "ready" }
  /** A process of `component` has ended. */
  | { type: "exited"; pid: PidParts; component: number; reason: ExitReason }
  /** A process has logged; level is 0 error to 3 debug. */
  | {
    type: "log";
    pid: PidParts;
    component: number;
    level: number;
    text: string;
  }
  /** The answer to `ping`: it is not stuck. */
  | { type: "pong" };

/** The parts of `pid`. */
export function pidParts(pid: Pid): PidParts {
  const { node, scheduler, serial, alias } = pid;
  return alias === 0
    ? [node, scheduler, serial]
    : [node, scheduler, serial, alias];
}

/** The pid of `parts`. */
export function pidOf<Message = never>(parts: PidParts): Pid<Message> {
  return new Pid<Message>(...parts);
}

/** Writes `signal` for the wire. */
export function frameOf(signal: Signal): SignalFrame {
  const to = pidParts(signal.to);
  switch (signal.type) {
    case "message":
      return {
        type: "message",
        to,
        message: signal.message,
        ...(signal.options && { options: signal.options }),
      };
    case "exit": {
      const { via, reason } = signal;
      const from = signal.from && pidParts(signal.from);
      return { type: "exit", to, from, via, reason };
    }
    case "link":
      return { type: "link", to, from: pidParts(signal.from) };
    case "unlink":
    case "unlinked": {
      const { type, id } = signal;
      return { type, to, from: pidParts(signal.from), id };
    }
    case "monitor": {
      const { ref } = signal;
      return { type: "monitor", to, watcher: pidParts(signal.watcher), ref };
    }
    case "demonitor":
      return { type: "demonitor", to, ref: signal.ref };
    case "down": {
      const { ref, pid, reason } = signal.down;
      return { type: "down", to, ref, pid: pidParts(pid), reason };
    }
  }
}

/** Reads a signal from the wire. */
export function signalOf(frame: SignalFrame): Signal {
  const to = pidOf(frame.to);
  switch (frame.type) {
    case "message":
      return {
        type: "message",
        to,
        message: frame.message,
        ...(frame.options && { options: frame.options }),
      };
    case "exit": {
      const { via, reason } = frame;
      const from = frame.from && pidOf(frame.from);
      return { type: "exit", to, from, via, reason };
    }
    case "link":
      return { type: "link", to, from: pidOf(frame.from) };
    case "unlink":
    case "unlinked": {
      const { type, id } = frame;
      return { type, to, from: pidOf(frame.from), id };
    }
    case "monitor": {
      const ref = frame.ref as MonitorRef;
      return { type: "monitor", to, watcher: pidOf(frame.watcher), ref };
    }
    case "demonitor":
      return { type: "demonitor", to, ref: frame.ref as MonitorRef };
    case "down":
      return { type: "down", to, down: downOf(frame) };
  }
}

function downOf(frame: Extract<SignalFrame, { type: "down" }>): Down {
  const { pid, reason, ref } = frame;
  return { type: "down", ref: ref as MonitorRef, pid: pidOf(pid), reason };
}

/** Whether `frame` carries a signal. */
export function isSignal(frame: Command | Report): frame is SignalFrame {
  switch (frame.type) {
    case "message":
    case "exit":
    case "link":
    case "unlink":
    case "unlinked":
    case "monitor":
    case "demonitor":
    case "down":
      return true;
    default:
      return false;
  }
}
