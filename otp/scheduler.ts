/**
 * The run queue of one thread.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { Queue } from "./queue.ts";

/** Something that waits for its turn. */
export interface Runnable {
  /** Takes the turn. Never throws. */
  run(): void;
}

/** What a scheduler has done since it was made, and what is before it. */
export interface SchedulerLoad {
  /** How many processes wait for their turn. */
  readonly runQueueLength: number;
  /** Receives, wake-ups and starts. */
  readonly reductions: number;
  /** Slices that began in a macrotask of their own, since the one before was spent. */
  readonly slices: number;
  /**
   * Milliseconds in which processes ran, with what the event loop did between
   * their turns; 0 until {@linkcode Runtime.trackBusyTime} is on.
   */
  readonly busyMs: number;
}

const NOW = Promise.resolve();

/**
 * Shares a thread between processes and the event loop.
 *
 * Work is done at once while the slice has reductions left. After that it
 * waits in the run queue, which goes on in a later macrotask with a new slice,
 * so that timers and sockets get their turn however busy the processes are.
 */
export class Scheduler {
  readonly #host: Host;
  readonly #reductionsPerSlice: number;
  readonly #sliceMsMin: number;
  readonly #queue = new Queue<Runnable>();
  #reductions: number;
  // When the slice began, if anybody asks.
  #startMs = -Infinity;
  #isScheduled = false;
  readonly #drain = () => this.#run();

  // What was spent of earlier slices.
  #spent = 0;
  #slices = 0;
  #busy: BusyTime | undefined;

  /**
   * An idle scheduler with a full slice.
   *
   * @param sliceMsMin See {@linkcode RuntimeOptions.sliceMsMin}.
   * @throws {RangeError} `reductionsPerSlice` is no integer, or below 1.
   */
  constructor(host: Host, reductionsPerSlice: number, sliceMsMin = 0) {
    if (!(Number.isInteger(reductionsPerSlice) && reductionsPerSlice >= 1)) {
      throw new RangeError(
        `Cannot make a slice of less than one whole reduction: ${reductionsPerSlice}`,
      );
    }
    this.#host = host;
    this.#reductionsPerSlice = reductionsPerSlice;
    this.#sliceMsMin = sliceMsMin;
    this.#reductions = reductionsPerSlice;
  }

  /** How many runnables wait. */
  get queueLength(): number {
    return this.#queue.count;
  }

  /** Takes one reduction from the slice. Returns false when none is left. */
  spend(): boolean {
    if (this.#reductions === 0) return this.#spendLate();
    this.#reductions--;
    return true;
  }

  // While a thread whose busy time is tracked idles, its slice looks spent.
  #spendLate(): boolean {
    if (!this.#wake() && !this.#extend()) return false;
    return this.spend();
  }

  // Few reductions may be soon spent, and a turn of the event loop costs as much
  // as several.
  #extend(): boolean {
    if (this.#sliceMsMin === 0) return false;
    const elapsedMs = this.#host.now() - this.#startMs;
    if (elapsedMs >= this.#sliceMsMin) return false;
    this.#refill();
    return true;
  }

  #wake(): boolean {
    if (this.#busy === undefined || this.#busy.isRunning) return false;
    this.#reductions = this.#busy.start();
    return true;
  }

  /**
   * Lets `runnable` take its turn behind all others: when the caller is done,
   * or in a later slice when this one is spent.
   */
  ready(runnable: Runnable): void {
    this.#queue.push(runnable);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (this.#reductions > 0 || this.#extend()) NOW.then(this.#drain);
    else this.#host.macrotask(() => this.#slice());
  }

  #run(): void {
    while (this.#queue.count > 0) {
      if (!this.spend()) return this.#host.macrotask(() => this.#slice());
      this.#runOne(this.#queue.shift());
    }
    this.#isScheduled = false;
  }

  // One that throws, against its contract, must not end all others.
  #runOne(runnable: Runnable): void {
    try {
      runnable.run();
    } catch (thrown) {
      this.#host.macrotask(() => {
        throw thrown;
      });
    }
  }

  #slice(): void {
    this.#wake();
    if (this.#sliceMsMin > 0) this.#startMs = this.#host.now();
    if (this.#reductions === 0) {
      this.#refill();
      this.#slices++;
    }
    this.#run();
  }

  #refill(): void {
    this.#spent += this.#reductionsPerSlice;
    this.#reductions = this.#reductionsPerSlice;
  }

  /** See {@linkcode Runtime.trackBusyTime}. */
  trackBusyTime(isOn: boolean): void {
    if (isOn === (this.#busy !== undefined)) return;
    this.#wake();
    this.#busy?.close();
    this.#busy = isOn ? this.#newBusyTime() : undefined;
  }

  #newBusyTime(): BusyTime {
    const save = () => {
      const left = this.#reductions;
      this.#reductions = 0;
      return left;
    };
    return new BusyTime(this.#host, save);
  }

  /** What it has done. */
  load(): SchedulerLoad {
    const isIdle = this.#busy?.isRunning === false;
    const left = isIdle ? this.#busy!.saved : this.#reductions;
    return {
      runQueueLength: this.#queue.count,
      reductions: this.#spent + this.#reductionsPerSlice - left,
      slices: this.#slices,
      busyMs: this.#busy?.totalMs ?? 0,
    };
  }
}

/**
 * How long a thread was busy: from the first reduction after it idled until the
 * macrotask that follows.
 *
 * Invariant: while it idles, `saved` is what is left of the slice.
 */
class BusyTime {
  totalMs = 0;
  saved: number;
  isRunning = false;
  readonly #host: Host;
  readonly #save: () => number;
  #isClosed = false;

  constructor(host: Host, save: () => number) {
    this.#host = host;
    this.#save = save;
    this.saved = save();
  }

  /** Begins to count. Returns what is left of the slice. */
  start(): number {
    this.isRunning = true;
    const startMs = this.#host.now();
    this.#host.macrotask(() => this.#stop(startMs));
    return this.saved;
  }

  /** Counts no more, and leaves the slice as it is. */
  close(): void {
    this.#isClosed = true;
  }

  #stop(startMs: number): void {
    if (this.#isClosed) return;
    this.totalMs += this.#host.now() - startMs;
    this.saved = this.#save();
    this.isRunning = false;
  }
}
