/**
 * What the main thread and a scheduler tell each other, besides signals.
 *
 * Most of it crosses in the rings, in order with the signals. What holds a
 * module or shared memory, which no ring can carry, is posted; a frame in the
 * ring keeps its place.
 *
 * @module
 */

import type { ExitReason, Pid, Signal } from "@rusm/otp";
import type { Capability } from "./capability.ts";
import type { GuestCode, PostedStart } from "./guests.ts";
import type { Answer, Ask } from "./node/ask.ts";
import type { LookFrame } from "./node/away_looks.ts";
import type { StreamFrame } from "./node/away_streams.ts";
import type { BellCell } from "./ring/bell.ts";
import type { TraceParent } from "./trace/telemetry.ts";
import type { ErrnoName } from "./wasi/errno.ts";

/** The first thing that a scheduler is told: who it is, and the way to the main thread. Posted. */
export interface Wiring {
  /** The tag. */
  readonly type: "start";
  /** Index of its node. */
  readonly node: number;
  /** Its own index on that node. */
  readonly scheduler: number;
  /** Its own bell. */
  readonly bell: BellCell;
  /** The bell of the main thread. */
  readonly mainBell: BellCell;
  /** The ring that the main thread writes. */
  readonly fromMain: SharedArrayBuffer;
  /** The ring that the main thread reads. */
  readonly toMain: SharedArrayBuffer;
}

/** What a scheduler is told of another of its node. */
export type Tiding =
  /**
   * There is another, which it may open a way to. Posted. `life` tells it from
   * those that had its index before.
   */
  | {
    readonly type: "joined";
    readonly scheduler: number;
    readonly bell: BellCell;
    readonly life: number;
  }
  /** Another has opened a way to it. Posted. */
  | {
    readonly type: "opened";
    readonly scheduler: number;
    readonly ring: SharedArrayBuffer;
  }
  /** Another is gone, with all its processes. */
  | {
    readonly type: "left";
    readonly scheduler: number;
    readonly reason: ExitReason;
  }
  | NameTiding
  | TagTiding;

/** What a scheduler is told of groups. */
export type TagTiding =
  /** All that there are, each with the pids of its members as u64s. The first of them, and posted. */
  | {
    readonly type: "tags";
    readonly tags: readonly (readonly [tag: string, pids: readonly bigint[]])[];
  }
  /** A process is in a group. */
  | { readonly type: "tagged"; readonly tag: string; readonly pid: Pid }
  /** It is in it no more. */
  | { readonly type: "untagged"; readonly tag: string; readonly pid: Pid };

/** What a scheduler is told of names. */
export type NameTiding =
  /** All that there are, each with the pid as a u64. The first of them, and posted. */
  | {
    readonly type: "names";
    readonly names: readonly (readonly [name: string, pid: bigint])[];
  }
  /** A process has a name. */
  | { readonly type: "named"; readonly name: string; readonly pid: Pid }
  /** It has it no more. */
  | { readonly type: "unnamed"; readonly name: string; readonly pid: Pid }
  /** Whether a process of the scheduler got the name that it asked for. */
  | {
    readonly type: "decided";
    readonly pid: Pid;
    readonly isGranted: boolean;
  }
  /** Answer with `echoed`. */
  | { readonly type: "echo" };

/** What one scheduler tells another besides signals. */
export type AwayFrame = StreamFrame | LookFrame;

/** What the main thread tells a scheduler of its work. */
export type Command =
  /** From now on `component` can be spawned. Posted. */
  | {
    readonly type: "load";
    readonly component: number;
    readonly code: GuestCode;
    readonly capability: Capability;
  }
  /** `component` is spawned no more, and its processes have ended. */
  | { readonly type: "unload"; readonly component: number }
  /** Spawn a process under a pid that the main thread allotted. */
  | {
    readonly type: "spawn";
    readonly pid: Pid;
    readonly component: number;
    readonly start: PostedStart;
    /** What reaches it before its first turn: monitors and links. */
    readonly signals?: readonly Signal[];
  }
  /** A process got the symbolic link that it asked for, or `errno` says why not. */
  | {
    readonly type: "linked";
    readonly pid: Pid;
    readonly errno: ErrnoName | undefined;
  }
  /** Answer with `pong`. */
  | { readonly type: "ping" }
  /** Answers an `ask`. */
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer };

/**
 * Ends a scheduler: it stops its guests and answers with `closed`. Posted, and
 * not kept in order, so that it comes soon.
 */
export interface Closing {
  /** The tag. */
  readonly type: "close";
  /** Whether all that it has sent must lie in rings first. */
  readonly isSent: boolean;
}

/** How much a scheduler has to do. */
export interface GuestLoad {
  /** How many guests wait for their turn. */
  readonly waitingCount: number;
  /** Bytes on its heap of JavaScript; the memories of guests are elsewhere. */
  readonly heapBytes: number;
}

/** What a scheduler tells the main thread. */
export type Report =
  /** It takes commands. */
  | { readonly type: "ready" }
  /** It has made a ring for another scheduler. Posted, and not kept in order. */
  | {
    readonly type: "open";
    readonly scheduler: number;
    readonly life: number;
    readonly ring: SharedArrayBuffer;
  }
  /** Another scheduler is too far behind to be sent any more. */
  | {
    readonly type: "overrun";
    readonly scheduler: number;
    readonly life: number;
  }
  /** A message for `to` was dropped: it cannot be copied, or not read, or finds no room. */
  | { readonly type: "refused"; readonly to: Pid }
  /** A process of `component` has ended. */
  | {
    readonly type: "exited";
    readonly pid: Pid;
    readonly component: number;
    readonly reason: ExitReason;
    /** Whose end, over a link, was its own; absent when it ended by itself. */
    readonly linkedTo?: Pid;
  }
  /** A process has logged; level is 0 error to 3 debug. */
  | {
    readonly type: "log";
    readonly pid: Pid;
    readonly component: number;
    readonly level: number;
    readonly text: string;
  }
  /** A process of `component` has trapped. Posted, and kept in order. */
  | {
    readonly type: "dumped";
    readonly serial: number;
    readonly component: number;
    readonly dump: Uint8Array<ArrayBuffer>;
  }
  /** A process of `component` asks for a symbolic link; see `NewLink`. */
  | {
    readonly type: "symlink";
    readonly pid: Pid;
    readonly component: number;
    readonly root: string;
    readonly path: string;
    readonly target: string;
  }
  /** The answer to `ping`: it is not stuck. */
  | { readonly type: "pong"; readonly load?: GuestLoad }
  /** A process asks the node for something. */
  | {
    readonly type: "ask";
    readonly id: number;
    readonly pid: Pid;
    readonly ask: Ask;
    /** The span that it is asked in; absent without one. */
    readonly trace?: TraceParent;
  }
  /** A process of it is in a group no more. */
  | { readonly type: "untagged"; readonly tag: string; readonly pid: Pid }
  | NameReport
  /** It runs no guests any more and sends nothing. Posted, and not kept in order. */
  | { readonly type: "closed" };

/** What a scheduler says of names. */
export type NameReport =
  /** A process of it asks for a name. */
  | { readonly type: "register"; readonly name: string; readonly pid: Pid }
  /** A process of it has a name no more. */
  | { readonly type: "unnamed"; readonly name: string; readonly pid: Pid }
  /** The answer to `echo`: all that it has sent before has arrived. */
  | { readonly type: "echoed" };

/** Whether `content` is a signal. */
export function isSignal(
  content: Signal | Wiring | Tiding | Command | Report | AwayFrame,
): content is Signal {
  switch (content.type) {
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
