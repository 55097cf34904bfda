/**
 * How long a guest has run, and how long it may.
 *
 * @module
 */

import { CpuMeter } from "../cpu_meter.ts";
import { SLICE_MS } from "../limits.ts";

/** Measures the CPU time of one process between two waits. */
export class CpuBudget {
  readonly #cpuMsMax: number;
  // Undefined in the first slice.
  #meter: CpuMeter | undefined;
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
    if (this.#usedMs >= SLICE_MS) this.#measure(this.#usedMs);
  }

  #measure(heldMs: number): CpuMeter {
    return this.#meter ??= new CpuMeter(this.#cpuMsMax, heldMs);
  }

  /** The guest waits: the next slice starts with the whole budget. */
  renew(): void {
    this.#usedMs = 0;
    this.#meter = undefined;
  }

  /** Whether the budget is used up. */
  isSpent(): boolean {
    const heldMs = this.#usedMs + this.#sliceMs();
    return heldMs > this.#cpuMsMax && this.#measure(heldMs).isSpent(heldMs);
  }

  /** Whether others should get their turn. */
  isSliceOver(): boolean {
    return this.#sliceMs() >= SLICE_MS;
  }

  #sliceMs(): number {
    return performance.now() - this.#sliceAtMs;
  }
}
