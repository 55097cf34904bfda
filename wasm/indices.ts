/**
 * The indices of schedulers.
 *
 * @module
 */

import { MAIN_SCHEDULER, SCHEDULERS_MAX } from "./limits.ts";

/** Hands out the indices that schedulers of a node can have, but that of the main thread. */
export class Indices {
  // Next first: what was given back last is handed out last.
  readonly #free = Array.from(
    { length: SCHEDULERS_MAX - 1 },
    (_, count) => MAIN_SCHEDULER + 1 + count,
  );

  /** How many are handed out. */
  get takenCount(): number {
    return SCHEDULERS_MAX - 1 - this.#free.length;
  }

  /** Hands out `count` of them, in order; undefined when there are not so many. */
  take(count: number): readonly number[] | undefined {
    return count > this.#free.length ? undefined : this.#free.splice(0, count);
  }

  /** Takes one back. Nobody may use it any more. */
  give(index: number): void {
    this.#free.push(index);
  }
}
