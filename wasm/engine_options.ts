/**
 * What an engine is made and asked with, and what it tells.
 *
 * @module
 */

import type { ExitReason, MonitorRef, Pid } from "@rusm/otp";
import type { Capability } from "./capability.ts";
import type { GuestMessage } from "./message.ts";
import type { Store } from "./node/store.ts";
import type { ComponentAbilities } from "./script/ops.ts";
import type { GuestLoad } from "./wire.ts";

/** A loaded component: what `Engine.spawn` makes processes of. */
export interface Component {
  /** Its name, for logs and messages. */
  readonly name: string;
  /** What its processes may do. */
  readonly capability: Capability;
  /** Whether it answers requests by `Engine.handle`. */
  readonly isHandler: boolean;
  /** What it can do when it is a script; absent for all others. */
  readonly script?: ComponentAbilities;
}

/**
 * On what threads the processes of a component run.
 *
 * | | a process runs | a start takes |
 * | --- | --- | --- |
 * | `"shared"` | on a scheduler that it shares with processes of equal permissions | microseconds |
 * | `"dedicated"` | in a Worker of its own, which ends with it | tens of milliseconds, and megabytes |
 */
export type Isolation = "shared" | "dedicated";

/** How a component is loaded. */
export interface LoadOptions {
  /** Its threads; `"shared"` when absent. */
  readonly isolation?: Isolation;
}

/** How a component is called by guests. */
export interface RegisterOptions {
  /** What its processes call first; `"run"` when absent. */
  readonly entry?: string;
}

/** Told what happens to Wasm processes, as it happens. Must not throw. */
export interface EngineObserver {
  /** A process was spawned. */
  spawned?(pid: Pid, component: Component): void;
  /** A process has ended; `linkedTo` is the one whose end, over a link, was its own. */
  exited?(
    pid: Pid,
    component: string,
    reason: ExitReason,
    linkedTo?: Pid,
  ): void;
  /** A process has logged; level is 0 error to 3 debug. Without a pid it was the component, while it loaded, or the engine itself. */
  logged?(
    pid: Pid | undefined,
    component: string,
    level: number,
    text: string,
  ): void;
  /**
   * A process of a core module has trapped, and `exited` comes next: `dump` is
   * a core dump, a valid module, and the caller's to keep. See
   * {@linkcode EngineOptions.coreDumpsMax}.
   */
  dumped?(
    pid: Pid,
    component: string,
    dump: Uint8Array<ArrayBuffer>,
  ): void;
  /**
   * A message for `pid`, of another thread, was dropped: it holds what cannot be
   * copied, or found no room in front of a guest. Not told of each in a flood.
   */
  refused?(pid: Pid): void;
  /** A scheduler was lost and, if it had ever run, replaced. */
  schedulerLost?(scheduler: number, why: string): void;
}

/** How an engine is made. */
export interface EngineOptions {
  /** Index of the node, as in its runtime; 0 when absent. */
  readonly node?: number;
  /** Schedulers of each permission set; one per core when absent. */
  readonly schedulersPerPool?: number;
  /** Milliseconds after which a core module that runs can be preempted; {@linkcode EPOCH_MS} when absent. */
  readonly epochMs?: number;
  /**
   * A directory in which rewritten modules are kept for later runs, also of
   * other processes. It must be the user's own, and is made if it is not there.
   * When absent, or when it cannot be used, each run rewrites; the observer is
   * told why, at level debug.
   */
  readonly cacheDir?: string;
  /**
   * How many core dumps are made at most, of the processes that trap first; none
   * when absent. Each holds what the memory of the process holds besides zeroes,
   * 256 MiB at most, its mutable globals and its stack, and its scheduler does
   * nothing else meanwhile.
   */
  readonly coreDumpsMax?: number;
  /**
   * A directory from which Node finds jco, an absolute path: components of
   * preview 3 are run by glue that it makes, `npm install
   * @bytecodealliance/jco-transpile` there installs what is needed. Whoever can
   * write to its `node_modules` decides what code runs. When absent, such
   * components are refused.
   */
  readonly jcoDir?: string;
  /** Keeps values for guests that may use storage; they are told that there is none when absent. */
  readonly store?: Store;
  /**
   * How long it is believed what is at the source of dynamic code, and how long
   * such code is kept that nobody uses, in milliseconds; `DYNAMIC_TTL_MS` when
   * absent. See `Engine.registerTemplate`.
   */
  readonly dynamicTtlMs?: number;
  /** Told what happens. */
  readonly observer?: EngineObserver;
}

/** A process, and a monitor of it. */
export interface Monitored {
  /** Names the process. */
  readonly pid: Pid<GuestMessage>;
  /** Names the monitor. */
  readonly ref: MonitorRef;
}

/** What an engine has counted. */
export interface EngineInfo {
  /** Processes spawned since it was made. */
  readonly spawned: number;
  /** Processes that live now. */
  readonly alive: number;
}

/** A scheduler of guests, as the main thread knows it. */
export interface SchedulerInfo {
  /** Its index on the node, which pids have. */
  readonly scheduler: number;
  /** Processes that live on it. */
  readonly aliveCount: number;
  /** Whether it owes signs of life: it may be stuck, and is given nothing to spawn. */
  readonly isSilent: boolean;
  /** What it said of itself when it gave the last one; absent before the first. */
  readonly load?: GuestLoad;
}

/**
 * Refuses what is no isolation: a caller without types can hold anything.
 *
 * @throws {RangeError} It is none.
 */
export function checkIsolation({ isolation = "shared" }: LoadOptions): void {
  if (isolation === "shared" || isolation === "dedicated") return;
  throw new RangeError(
    `Cannot isolate processes in another way than shared or dedicated: ${isolation}`,
  );
}
