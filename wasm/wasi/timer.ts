/**
 * Timeouts of any length.
 *
 * @module
 */

// A longer timeout of JavaScript's fires at once.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** Waits for an instant of a monotonic clock, however far away. */
export class Timer {
  readonly #dueMs: number;
  readonly #monotonic: () => number;
  readonly #onDue: () => void;
  #timeout: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts to wait for `dueMs`; for infinity it never fires.
   *
   * @param monotonic The clock, in milliseconds.
   * @param onDue Called once, at the instant or later, in a turn of its own.
   */
  constructor(dueMs: number, monotonic: () => number, onDue: () => void) {
    this.#dueMs = dueMs;
    this.#monotonic = monotonic;
    this.#onDue = onDue;
    if (dueMs !== Infinity) this.#arm();
  }

  #arm(): void {
    const leftMs = Math.ceil(this.#dueMs - this.#monotonic());
    const delayMs = Math.min(Math.max(leftMs, 0), TIMEOUT_MS_MAX);
    this.#timeout = setTimeout(() => this.#fire(), delayMs);
  }

  // A timeout may fire a little early, so the clock is asked again.
  #fire(): void {
    if (this.#monotonic() < this.#dueMs) this.#arm();
    else this.#onDue();
  }

  /** Takes the timeout back. Idempotent. */
  stop(): void {
    clearTimeout(this.#timeout);
  }
}
