/**
 * Waiting for an instant.
 *
 * @module
 */

import type { Condition } from "./watchers.ts";

// A longer timeout of JavaScript's fires at once.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** An instant of a monotonic clock, however far away. Has a timeout only while it is watched. */
export class Instant implements Condition {
  readonly #dueMs: number;
  readonly #monotonic: () => number;

  /**
   * The instant `dueMs`; infinity never comes.
   *
   * @param monotonic The clock, in milliseconds.
   */
  constructor(dueMs: number, monotonic: () => number) {
    this.#dueMs = dueMs;
    this.#monotonic = monotonic;
  }

  get isReady(): boolean {
    return this.#dueMs <= this.#monotonic();
  }

  // A timeout may fire a little early, so the clock is asked again.
  watch(wake: () => void): () => void {
    let timeout: ReturnType<typeof setTimeout> | undefined;
    const arm = () => {
      const leftMs = Math.ceil(this.#dueMs - this.#monotonic());
      if (leftMs === Infinity) return;
      const delayMs = Math.min(Math.max(leftMs, 0), TIMEOUT_MS_MAX);
      timeout = setTimeout(() => this.isReady ? wake() : arm(), delayMs);
    };
    arm();
    return () => clearTimeout(timeout);
  }
}
