/**
 * Simulated machines: any number of hosts on one virtual clock, whose
 * interleaving comes from a seed and can be repeated from it.
 *
 * @module
 */

import { nextTurn, systemHost } from "./host.ts";
import { SIM_STEPS_MAX } from "./limits.ts";
import { crashOf, formatReason } from "./reason.ts";
import type { SimCluster, SimClusterOptions } from "./sim/cluster.ts";
import type { Task } from "./sim/lane.ts";
import { Machine, type SimHost } from "./sim/machine.ts";
import { Network } from "./sim/network.ts";
import { split, splitmix } from "./sim/random.ts";
import { Timeline } from "./sim/timeline.ts";
import { checkDelay } from "./timer.ts";

export type { SimHost };

const turn = nextTurn();

/** How a {@linkcode Sim} is made. */
export interface SimOptions {
  /** Decides every choice and every random number; an integer, 0 to 2⁵³ - 1. Drawn when absent. */
  readonly seed?: number;
  /** Tasks after which a run counts as endless; {@linkcode SIM_STEPS_MAX} when absent. */
  readonly stepsMax?: number;
}

/**
 * A virtual clock and the machines that share it.
 *
 * Nothing runs but within {@linkcode Sim.run} and {@linkcode Sim.advance}, one
 * task at a time, and the clock stands still while a task is left to run. Which
 * host goes next, and whether with a macrotask, with a timer that is due or with
 * what another one sent it, is the seed's choice; macrotasks of one host keep
 * their order, and so do its timers, and what one host sends another. Between two tasks all promises that can settle do. Promises that wait
 * for the real machine, such as a `fetch`, are not waited for.
 *
 * @example A minute in no time
 * ```ts
 * import { Runtime, Sim, TIMEOUT } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * const sim = new Sim({ seed: 1 });
 * const runtime = new Runtime({ host: sim.host() });
 * const sleeper = runtime.spawn(async (self) => {
 *   strictEqual(await self.receive({ timeoutMs: 60_000 }), TIMEOUT);
 * });
 *
 * await sim.advance(59_999);
 * strictEqual(runtime.isAlive(sleeper.pid), true);
 * await sim.advance(1);
 * strictEqual(runtime.isAlive(sleeper.pid), false);
 * ```
 */
export class Sim {
  /** What it was made with, or drew. The same seed makes the same choices. */
  readonly seed: number;

  readonly #stepsMax: number;
  readonly #random: () => number;
  readonly #timeline: Timeline;
  #isRunning = false;

  /**
   * A clock at 0, without machines.
   *
   * @throws {RangeError} `options.seed` is out of range.
   */
  constructor(options: SimOptions = {}) {
    const drawn = Math.floor(systemHost().random() * 2 ** 32);
    const { seed = drawn, stepsMax = SIM_STEPS_MAX } = options;
    if (!(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new RangeError(
        `Cannot simulate with a seed that is no u53: ${seed}`,
      );
    }
    this.seed = seed;
    this.#stepsMax = stepsMax;
    this.#random = splitmix(BigInt(seed));
    this.#timeline = new Timeline(this.#random);
  }

  /** Milliseconds since the simulation began. */
  get nowMs(): number {
    return this.#timeline.nowMs;
  }

  /**
   * Digest of every choice so far: which task was next, of how many, and when.
   * As long as two runs print the same they have made the same choices.
   */
  get trace(): string {
    return this.#timeline.trace;
  }

  /** Adds a machine. Its random numbers are its own, so asking for one changes no choice. */
  host(): SimHost {
    return this.#machine();
  }

  #machine(): Machine {
    const random = split(this.#random);
    return new Machine({ seed: this.seed, timeline: this.#timeline, random });
  }

  /**
   * Adds machines with a scheduler each, which are joined to all others, and
   * which can crash, pause, and be cut off from each other.
   *
   * @throws {RangeError} There are too few schedulers or too many, or a delay is
   * none.
   *
   * @example A monitor across a partition
   * ```ts
   * import { type Down, Sim } from "@rusm/otp";
   * import { deepStrictEqual } from "node:assert";
   *
   * const sim = new Sim({ seed: 1 });
   * const cluster = sim.cluster({ schedulers: 2, detectMs: [60, 60] });
   * const [here, there] = cluster.schedulers;
   * const target = there!.runtime.spawn((self) => self.receive());
   *
   * const heard: unknown[] = [];
   * here!.runtime.spawn<Down>(async (self) => {
   *   self.monitor(target.pid);
   *   const { reason } = await self.receive();
   *   heard.push(reason, sim.nowMs);
   * });
   * cluster.inject({ type: "partition", between: [0, 1], atMs: 40, forMs: 500 });
   * await sim.run();
   * deepStrictEqual(heard, ["noconnection", 100]);
   * ```
   */
  cluster(options: SimClusterOptions): SimCluster {
    const random = split(this.#random);
    const machine = () => this.#machine();
    const timeline = this.#timeline;
    return new Network({ timeline, random, machine }, options);
  }

  /**
   * Runs until no macrotask and no timer is left.
   *
   * @throws {Error} It does not end within `stepsMax` tasks, or a task threw,
   * which is the cause. The message names the seed.
   * @throws {TypeError} It runs already.
   */
  run(): Promise<void> {
    return this.#runUntil(Infinity);
  }

  /**
   * Runs all macrotasks and all timers that are due within `ms` milliseconds,
   * and leaves the clock at the end of them. 0 runs what is due now.
   *
   * @throws {RangeError} `ms` is no delay that a timer can have.
   * @throws {Error} As {@linkcode Sim.run} does.
   * @throws {TypeError} It runs already.
   */
  async advance(ms: number): Promise<void> {
    checkDelay(ms);
    const endMs = this.nowMs + ms;
    await this.#runUntil(endMs);
    this.#timeline.nowMs = endMs;
  }

  async #runUntil(endMs: number): Promise<void> {
    if (this.#isRunning) {
      throw new TypeError("Cannot run a simulation that is running");
    }
    this.#isRunning = true;
    try {
      await this.#steps(endMs);
    } finally {
      this.#isRunning = false;
    }
  }

  async #steps(endMs: number): Promise<void> {
    for (let steps = 0;; steps++) {
      await settlePromises();
      const task = this.#timeline.next(endMs);
      if (task === undefined) return;
      if (steps >= this.#stepsMax) throw this.#endless();
      this.#perform(task);
    }
  }

  #perform(task: Task): void {
    try {
      task();
    } catch (cause) {
      // Who reads of the failure needs the seed to see it again.
      const { seed } = this;
      const what = formatReason(crashOf(cause));
      throw new Error(`Cannot simulate on, with seed ${seed}: ${what}`, {
        cause,
      });
    }
  }

  #endless(): Error {
    return new Error(
      `Cannot end a simulation within ${this.#stepsMax} tasks, with seed: ${this.seed}`,
    );
  }
}

// Before its next turn the real machine runs all that promises wait to run. A
// host that is used often leaves some turns to sockets, which nobody waits for
// here: with one host for all turns a simulation takes 10 times as long.
function settlePromises(): Promise<void> {
  return new Promise(turn);
}
