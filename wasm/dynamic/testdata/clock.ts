/**
 * A clock that stands still until it is told.
 *
 * @module
 */

import type { Host } from "@rusm/otp";

/** Time that a test makes. */
export class Clock implements Pick<Host, "now" | "timer"> {
  #nowMs = 0;
  readonly #timers = new Map<() => void, number>();

  /** How many timers wait. */
  get timerCount(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  timer(delayMs: number, task: () => void): () => void {
    this.#timers.set(task, this.#nowMs + delayMs);
    return () => void this.#timers.delete(task);
  }

  /** Goes on by `ms`, in steps of one. */
  advance(ms: number): void {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs;) {
      this.#nowMs++;
      for (const [task, atMs] of this.#timers) {
        if (atMs > this.#nowMs) continue;
        this.#timers.delete(task);
        task();
      }
    }
  }
}
