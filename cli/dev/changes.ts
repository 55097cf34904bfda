/**
 * Changes of files, taken together.
 *
 * @module
 */

import type { Host } from "@rusm/otp";

/** Changes that are taken up at once. */
export interface Batch {
  /** Absolute paths of what has changed, or came or went. */
  readonly paths: ReadonlySet<string>;
  /** Whether anything else may have changed, too: nobody saw all. */
  readonly isAll: boolean;
}

/** How long nothing more must have changed until changes are taken up, in milliseconds. */
export const QUIET_MS = 20;

/** How long changes wait for others at most, in milliseconds. */
export const WAIT_MS_MAX = 200;

/** Paths that are remembered; when there are more, all may have changed. */
export const PATHS_MAX = 1_000;

/** Collects changes until they are taken: an editor makes several of one save. */
export class Changes {
  readonly #host: Pick<Host, "now" | "timer">;
  #paths = new Set<string>();
  #isAll = false;
  #firstMs = 0;
  #lastMs = 0;
  #isSettled = false;
  #stopTimer: (() => void) | undefined;
  #waiting: ((batch: Batch | undefined) => void) | undefined;
  #isClosed = false;

  /** None yet. */
  constructor(host: Pick<Host, "now" | "timer">) {
    this.#host = host;
  }

  /** Notes that `paths` have changed. */
  add(paths: Iterable<string>): void {
    for (const path of paths) this.#paths.add(path);
    if (this.#paths.size > PATHS_MAX) {
      this.#paths = new Set();
      this.#isAll = true;
    }
    this.#note();
  }

  /** Notes that anything may have changed. */
  addAll(): void {
    this.#isAll = true;
    this.#note();
  }

  #note(): void {
    if (this.#isClosed) return;
    this.#lastMs = this.#host.now();
    if (this.#stopTimer !== undefined || this.#isSettled) return;
    this.#firstMs = this.#lastMs;
    this.#wait(QUIET_MS);
  }

  #wait(delayMs: number): void {
    this.#stopTimer = this.#host.timer(delayMs, () => {
      this.#stopTimer = undefined;
      this.#settle();
    });
  }

  // One timer, however many changes there are.
  #settle(): void {
    const nowMs = this.#host.now();
    const leftMs = Math.min(
      this.#lastMs + QUIET_MS - nowMs,
      this.#firstMs + WAIT_MS_MAX - nowMs,
    );
    if (leftMs > 0) return this.#wait(leftMs);
    this.#isSettled = true;
    this.#hand();
  }

  #hand(): void {
    const resolve = this.#waiting;
    if (resolve === undefined || !this.#isSettled) return;
    const batch = { paths: this.#paths, isAll: this.#isAll };
    this.#paths = new Set();
    [this.#isAll, this.#isSettled, this.#waiting] = [false, false, undefined];
    resolve(batch);
  }

  /**
   * Waits until something has changed, and nothing more for {@linkcode QUIET_MS}.
   * Called once at a time: what comes meanwhile is in the next batch.
   *
   * @returns `undefined` when it was closed.
   */
  next(): Promise<Batch | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Batch | undefined>();
    this.#waiting = resolve;
    this.#hand();
    return promise;
  }

  /** Takes nothing more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#waiting?.(undefined);
  }
}
