/**
 * A clock that a test moves.
 *
 * @module
 */

import { type Host, systemHost } from "@rusm/otp";

/** A host whose time passes when a test says so. */
export class TestClock implements Host {
  readonly random: Host["random"];
  readonly macrotask: Host["macrotask"];
  readonly #timers = new Set<{ readonly atMs: number; task(): void }>();
  #nowMs = 0;

  constructor() {
    const { random, macrotask } = systemHost();
    this.random = random;
    this.macrotask = macrotask;
  }

  /** How many timers wait. */
  get timerCount(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  timer(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Lets `ms` milliseconds pass, and calls what is due, in its order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.task();
    }
    this.#nowMs = endMs;
  }
}
