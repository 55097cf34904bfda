/**
 * Simulated schedulers that reach each other, unless something goes wrong.
 *
 * @module
 */

import type { Runtime, RuntimeOptions } from "../runtime.ts";
import type { ChaosOptions, Fault } from "./fault.ts";
import type { SimHost } from "./machine.ts";
import type { Span } from "./random.ts";

/** How {@linkcode Sim.cluster} makes a cluster. */
export interface SimClusterOptions {
  /** How many schedulers there are, 1 to 256. */
  readonly schedulers: number;
  /** Milliseconds that a signal takes; 0 to 10 when absent. */
  readonly latencyMs?: Span;
  /**
   * Milliseconds until a side of a lost connection is told; 50 to 200 when
   * absent. With `Infinity` as the greatest only a healing or a restart tells it.
   */
  readonly detectMs?: Span;
  /** What all runtimes are made with. */
  readonly runtime?: Omit<RuntimeOptions, "host" | "scheduler">;
  /** Called for every scheduler when it starts, and again when it restarts. Must not throw. */
  readonly boot?: (scheduler: SimScheduler) => void;
}

/** One machine of a {@linkcode SimCluster}, and the scheduler that it runs. */
export interface SimScheduler {
  /** Where it is in {@linkcode SimCluster.schedulers}. */
  readonly index: number;
  /**
   * Its index in pids. A restart gets a new one, so that neither a pid nor a
   * monitor of the life before can be taken for one of the new life.
   */
  readonly scheduler: number;
  /** What runs, or ran until the crash. */
  readonly runtime: Runtime;
  /**
   * The machine. A restart is a new one. Nobody is told of a
   * {@linkcode SimHost.crash}; {@linkcode SimCluster.crash} tells the others.
   */
  readonly host: SimHost;
  /** False from a crash to the restart. */
  readonly isUp: boolean;
}

/** Schedulers of one node, each on a machine of its own, joined to all others. */
export interface SimCluster {
  /** The machines, in their order. */
  readonly schedulers: readonly SimScheduler[];

  /**
   * Cuts two machines off from each other: what is on its way is lost, and all
   * that is sent. Both learn of it by {@linkcode Runtime.disconnect}, each after
   * a time of its own. Idempotent.
   */
  partition(one: SimScheduler, other: SimScheduler): void;

  /**
   * Lets two machines reach each other again, which they do as soon as both
   * know that they could not. Idempotent.
   */
  heal(one: SimScheduler, other: SimScheduler): void;

  /**
   * Makes what crosses between two machines within `forMs` milliseconds `byMs`
   * milliseconds later. The last delay counts.
   *
   * @throws {RangeError} `byMs` is no delay that a timer can have.
   */
  delay(
    one: SimScheduler,
    other: SimScheduler,
    byMs: number,
    forMs: number,
  ): void;

  /**
   * Stops a machine for ever; see {@linkcode SimHost.crash}. Of what is on its
   * way from there, the latest part is lost. The others learn of it by
   * {@linkcode Runtime.disconnect}, each after a time of its own. Idempotent.
   */
  crash(scheduler: SimScheduler): void;

  /**
   * Puts a new machine with a new runtime in the place of one that crashed,
   * joined to all that are not cut off. Idempotent.
   *
   * @throws {RangeError} There were 256 already.
   */
  restart(scheduler: SimScheduler): void;

  /** Stops a machine for a while; see {@linkcode SimHost.pause}. */
  pause(scheduler: SimScheduler, ms: number): void;

  /**
   * Lets `fault` happen. Where one of its kind lasts already, it changes
   * nothing, but the first to end ends both.
   *
   * @throws {RangeError} There is no such scheduler, or no such delay.
   */
  inject(fault: Fault): void;

  /**
   * Lets faults happen by chance, from now on.
   *
   * @returns The faults, the first to begin first.
   * @throws {RangeError} `options.untilMs` is no delay that a timer can have.
   */
  chaos(options: ChaosOptions): Fault[];
}
