/**
 * How long a guest has run, and how long it may.
 *
 * @module
 */

import { SLICE_MS } from "../limits.ts";

/**
 * Measures the CPU time of one process between two waits.
 *
 * A scheduler runs one guest at a time, so the time that passes while one runs
 * is its own, but for what the operating system takes.
 */
export class CpuBudget {
  readonly #cpuMsMax: number;
  // Of slices that are over.
  #usedMs = 0;
  #sliceAtMs = 0;

  /** A budget of `cpuMsMax` milliseconds, all of it left. */
  constructor(cpuMsMax: number) {
    this.#cpuMsMax = cpuMsMax;
  }

  /** A slice begins. */
  resume(): void {
    this.#sliceAtMs = performance.now();
  }

  /** The slice is over. */
  pause(): void {
    this.#usedMs += this.#sliceMs();
  }

  /** The guest waits: the next slice starts with the whole budget. */
  renew(): void {
    this.#usedMs = 0;
  }

  /** Whether the budget is used up. */
  isSpent(): boolean {
    return this.#usedMs + this.#sliceMs() > this.#cpuMsMax;
  }

  /** Whether others should get their turn. */
  isSliceOver(): boolean {
    return this.#sliceMs() >= SLICE_MS;
  }

  #sliceMs(): number {
    return performance.now() - this.#sliceAtMs;
  }
}
