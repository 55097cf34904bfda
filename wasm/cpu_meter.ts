/**
 * How much of the time that a guest has its thread is CPU time.
 *
 * @module
 */

import process from "node:process";
import { SLICE_MS, STARVATION_MAX } from "./limits.ts";

/**
 * Tells whether a guest has used its CPU time up, by the time that it had its
 * thread for.
 *
 * A thread runs one guest at a time, so that time is its own, but for what the
 * operating system gives to others. What that leaves is told to some ten
 * milliseconds and costs as many microseconds. So a guest gets its meter behind
 * its first slice, and who needs no second one pays nothing. That slice counts
 * for no more than slices are long: nobody knows what it was.
 */
export class CpuMeter {
  readonly #cpuMsMax: number;
  readonly #beganMs: number | undefined;
  readonly #firstMs: number;
  // Up to there it is not looked at again.
  #heldMsMin: number;

  /** @param heldMs For how long the guest has had its thread in its first slice. */
  constructor(cpuMsMax: number, heldMs: number) {
    this.#cpuMsMax = cpuMsMax;
    this.#firstMs = Math.min(heldMs, SLICE_MS);
    this.#heldMsMin = cpuMsMax;
    this.#beganMs = threadCpuMs();
  }

  /**
   * Whether it has used more than it may, having had its thread for `heldMs` in
   * all. After `STARVATION_MAX` times as long it has in any case: others wait.
   */
  isSpent(heldMs: number): boolean {
    if (heldMs <= this.#heldMsMin) return false;
    const heldMsMax = STARVATION_MAX * this.#cpuMsMax;
    const leftMs = this.#cpuMsMax - this.#usedMs(heldMs);
    if (leftMs < 0 || heldMs > heldMsMax) return true;
    // Not at each check when there is next to nothing left.
    this.#heldMsMin = Math.min(heldMs + Math.max(leftMs, 1), heldMsMax);
    return false;
  }

  // At the most: other guests of the thread may have used some of it.
  #usedMs(heldMs: number): number {
    const threadMs = threadCpuMs();
    if (threadMs === undefined || this.#beganMs === undefined) return heldMs;
    return Math.min(heldMs, this.#firstMs + threadMs - this.#beganMs);
  }
}

// Undefined where the system does not tell.
function threadCpuMs(): number | undefined {
  try {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  } catch {
    return undefined;
  }
}
