/**
 * Timers: any number of deadlines behind one timer of the host.
 *
 * @module
 */

import { type Deadline, Heap } from "./heap.ts";
import type { Host } from "./host.ts";
import { TIMER_DELAY_MS_MAX } from "./limits.ts";

/**
 * One deadline, as {@linkcode Timers.start} returns it; of two that are due at
 * once, the one started first fires first.
 */
export interface Timer extends Deadline {
  /** What it does then; undefined once it fired or was cancelled. */
  task: (() => void) | undefined;
}

/**
 * Deadlines in a binary heap, the earliest first.
 *
 * A cancelled timer stays in the heap as a husk until it is due, or until
 * husks are most of the heap.
 * Invariant: the host's timer is armed for no later than the earliest deadline.
 */
export class Timers {
  readonly #host: Host;
  readonly #heap = new Heap<Timer>();
  #husks = 0;
  #started = 0;
  #armedMs = Infinity;
  #disarm: (() => void) | undefined;

  /** Timers on the clock of `host`. */
  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Calls `task` after `delayMs` milliseconds, never before this call returned.
   *
   * @param task Must not throw.
   * @throws {RangeError} See {@linkcode checkDelay}.
   */
  start(delayMs: number, task: () => void): Timer {
    checkDelay(delayMs);
    const dueMs = this.#host.now() + delayMs;
    const timer = { dueMs, order: this.#started++, task };
    this.#heap.push(timer);
    this.#arm();
    return timer;
  }

  /** Stops `timer`. Returns whether it was in time. */
  cancel(timer: Timer): boolean {
    if (timer.task === undefined) return false;
    timer.task = undefined;
    this.#husks++;
    this.#sweep();
    return true;
  }

  #arm(): void {
    const dueMs = this.#heap.first?.dueMs ?? Infinity;
    if (dueMs >= this.#armedMs) return;
    this.#disarm?.();
    this.#armedMs = dueMs;
    const delayMs = Math.max(0, Math.ceil(dueMs - this.#host.now()));
    this.#disarm = this.#host.timer(
      // The difference may round up to more than a timer can hold.
      Math.min(delayMs, TIMER_DELAY_MS_MAX),
      () => this.#fire(),
    );
  }

  #fire(): void {
    this.#disarm = undefined;
    this.#armedMs = Infinity;
    const nowMs = this.#host.now();
    const started = this.#started;
    for (;;) {
      const { first } = this.#heap;
      if (first === undefined || first.dueMs > nowMs) break;
      // A task that starts timers without delay must not keep the turn.
      if (first.order >= started) break;
      this.#fireFirst();
    }
    this.#sweep();
    this.#arm();
  }

  #fireFirst(): void {
    const timer = this.#heap.shift();
    const { task } = timer;
    timer.task = undefined;
    if (task === undefined) this.#husks--;
    else task();
  }

  // Drops the husks when they are most of the heap. With the last deadline goes
  // the host's timer, which would keep the program alive.
  #sweep(): void {
    if (this.#husks * 2 <= this.#heap.count) return;
    this.#heap.keep((timer) => timer.task !== undefined);
    this.#husks = 0;
    if (this.#heap.count > 0) return;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedMs = Infinity;
  }
}

/**
 * Refuses a delay that no timer can have.
 *
 * @throws {RangeError} `delayMs` is negative, not a number, or above
 * {@linkcode TIMER_DELAY_MS_MAX}.
 */
export function checkDelay(delayMs: number): void {
  if (delayMs >= 0 && delayMs <= TIMER_DELAY_MS_MAX) return;
  throw new RangeError(
    `Cannot start a timer outside 0 to ${TIMER_DELAY_MS_MAX} ms: ${delayMs}`,
  );
}
