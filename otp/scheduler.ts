/**
 * The run queue of one thread.
 *
 * @module
 */

import type { Host } from "./host.ts";

/** Something that waits for its turn. */
export interface Runnable {
  /** Takes the turn. Never throws. */
  run(): void;
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
  #reductions: number;
  #queue: Runnable[] = [];
  #head = 0;
  #isScheduled = false;
  #ready: Runnable[] = [];

  /**
   * An idle scheduler with a full slice.
   *
   * @throws {RangeError} `reductionsPerSlice` is no integer, or below 1.
   */
  constructor(host: Host, reductionsPerSlice: number) {
    if (!(Number.isInteger(reductionsPerSlice) && reductionsPerSlice >= 1)) {
      throw new RangeError(
        `Cannot make a slice of less than one whole reduction: ${reductionsPerSlice}`,
      );
    }
    this.#host = host;
    this.#reductionsPerSlice = reductionsPerSlice;
    this.#reductions = reductionsPerSlice;
  }

  /** How many runnables wait. */
  get queueLength(): number {
    return this.#queue.length - this.#head;
  }

  /** Takes one reduction from the slice. Returns false when none is left. */
  spend(): boolean {
    if (this.#reductions === 0) return false;
    this.#reductions--;
    return true;
  }

  /** Lets `runnable` take its turn when the caller is done, or in a later slice when this one is spent. */
  ready(runnable: Runnable): void {
    if (!this.spend()) return this.enqueue(runnable);
    if (this.#ready.push(runnable) === 1) NOW.then(() => this.#runReady());
  }

  #runReady(): void {
    const ready = this.#ready;
    this.#ready = [];
    for (const runnable of ready) runnable.run();
  }

  /** Puts `runnable` behind all others, for a later slice. */
  enqueue(runnable: Runnable): void {
    this.#queue.push(runnable);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#host.macrotask(() => this.#slice());
  }

  #slice(): void {
    this.#isScheduled = false;
    this.#reductions = this.#reductionsPerSlice;
    while (this.queueLength > 0 && this.spend()) {
      const runnable = this.#queue[this.#head++]!;
      if (this.#head === this.#queue.length) this.#compact();
      runnable.run();
    }
    if (this.queueLength > 0) this.#continue();
  }

  #continue(): void {
    if (this.#head * 2 > this.#queue.length) this.#compact();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#host.macrotask(() => this.#slice());
  }

  #compact(): void {
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }
}
