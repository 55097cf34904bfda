/**
 * Simulated machines: any number of hosts on one virtual clock, whose
 * interleaving comes from a seed and can be repeated from it.
 *
 * @module
 */

import { type Host, systemHost } from "./host.ts";
import { SIM_STEPS_MAX } from "./limits.ts";
import { crashOf, formatReason } from "./reason.ts";
import { checkDelay } from "./timer.ts";

/** How a {@linkcode Sim} is made. */
export interface SimOptions {
  /** Decides every choice and every random number; an integer, 0 to 2⁵³ - 1. Drawn when absent. */
  readonly seed?: number;
  /** Tasks after which a run counts as endless; {@linkcode SIM_STEPS_MAX} when absent. */
  readonly stepsMax?: number;
}

type Task = () => void;

interface SimTimer {
  readonly dueMs: number;
  readonly task: Task;
}

/**
 * A virtual clock and the machines that share it.
 *
 * Nothing runs but within {@linkcode Sim.run} and {@linkcode Sim.advance}, one
 * task at a time, and the clock stands still while a task is left to run. Which
 * host goes next, and whether with a macrotask or with a timer that is due, is
 * the seed's choice; macrotasks of one host keep their order, and so do its
 * timers. Between two tasks all promises that can settle do. Promises that wait
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

  readonly #machine = systemHost();
  readonly #stepsMax: number;
  readonly #random: () => number;
  readonly #hosts: SimHost[] = [];
  #nowMs = 0;
  #isRunning = false;

  /**
   * A clock at 0, without machines.
   *
   * @throws {RangeError} `options.seed` is out of range.
   */
  constructor(options: SimOptions = {}) {
    const drawn = Math.floor(this.#machine.random() * 2 ** 32);
    const { seed = drawn, stepsMax = SIM_STEPS_MAX } = options;
    if (!(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new RangeError(
        `Cannot simulate with a seed that is no u53: ${seed}`,
      );
    }
    this.seed = seed;
    this.#stepsMax = stepsMax;
    this.#random = splitmix(BigInt(seed));
  }

  /** Milliseconds since the simulation began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Adds a machine. Its random numbers are its own, so asking for one changes no choice. */
  host(): SimHost {
    const random = splitmix(BigInt(Math.floor(this.#random() * 2 ** 53)));
    const host = new SimHost(this, random);
    this.#hosts.push(host);
    return host;
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
    const endMs = this.#nowMs + ms;
    await this.#runUntil(endMs);
    this.#nowMs = endMs;
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
      await this.#settlePromises();
      const task = this.#next(endMs);
      if (task === undefined) return;
      if (steps >= this.#stepsMax) throw this.#endless();
      this.#perform(task);
    }
  }

  // Before its next turn the real machine runs all that promises wait to run.
  #settlePromises(): Promise<void> {
    return new Promise((resolve) => this.#machine.macrotask(resolve));
  }

  #next(endMs: number): Task | undefined {
    const tasks = this.#hosts.flatMap((host) => host.due());
    if (tasks.length > 0) {
      return tasks[Math.floor(this.#random() * tasks.length)];
    }
    const dueMs = Math.min(...this.#hosts.map((host) => host.dueMs));
    if (dueMs > endMs || dueMs === Infinity) return undefined;
    this.#nowMs = dueMs;
    return this.#next(endMs);
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

/** One simulated machine; {@linkcode Sim.host} makes it. */
export class SimHost implements Host {
  readonly #sim: Sim;
  readonly #random: () => number;
  readonly #macrotasks: Task[] = [];
  // The earliest first; of those due at once, the one started first.
  readonly #timers: SimTimer[] = [];

  /** A machine of `sim`. */
  constructor(sim: Sim, random: () => number) {
    this.#sim = sim;
    this.#random = random;
  }

  /** The seed of its simulation. */
  get seed(): number {
    return this.#sim.seed;
  }

  /** The virtual clock. */
  now(): number {
    return this.#sim.nowMs;
  }

  /** See {@linkcode Host.random}; repeats with the seed. */
  random(): number {
    return this.#random();
  }

  /** See {@linkcode Host.macrotask}. */
  macrotask(task: () => void): void {
    this.#macrotasks.push(task);
  }

  /** See {@linkcode Host.timer}. Fires neither early nor late. */
  timer(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.now() + delayMs, task };
    const later = this.#timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => this.#cancel(timer);
  }

  #cancel(timer: SimTimer): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }

  /** When the next timer is due; Infinity when there is none. */
  get dueMs(): number {
    return this.#timers[0]?.dueMs ?? Infinity;
  }

  /** What could run now: the oldest macrotask and the oldest timer that is due. Performing one takes it away. */
  due(): (() => void)[] {
    const due: Task[] = [];
    if (this.#macrotasks.length > 0) {
      due.push(() => this.#macrotasks.shift()!());
    }
    if (this.dueMs <= this.now()) due.push(() => this.#timers.shift()!.task());
    return due;
  }
}

/**
 * Numbers from 0 up to, but not including, 1, that repeat with the seed.
 *
 * @see Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
 * 2014; `SplittableRandom` of Java.
 */
export function splitmix(seed: bigint): () => number {
  let state = seed;
  return () => {
    state = u64(state + 0x9e3779b97f4a7c15n);
    let bits = u64((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    bits = u64((bits ^ (bits >> 27n)) * 0x94d049bb133111ebn);
    return Number((bits ^ (bits >> 31n)) >> 11n) / 2 ** 53;
  };
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
