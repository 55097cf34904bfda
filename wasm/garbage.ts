/**
 * Garbage that V8 does not hurry to collect: what is shared by threads, and
 * memories of Wasm, are small objects to its heap.
 *
 * @module
 */

/** Too much for any machine: asking for it makes V8 look for garbage. */
const IMPOSSIBLE_BYTES = 2 ** 45;

/** Collects the garbage of this thread, all of it, and at once. */
export function collectGarbage(): void {
  try {
    new ArrayBuffer(IMPOSSIBLE_BYTES);
  } catch {
    // V8 collected all garbage before it gave up.
  }
}

/** Collects garbage for every so many things that were dropped. */
export class DroppedCount {
  readonly #max: number;
  #count = 0;

  /** Nothing was dropped. Garbage is collected for each `max` things. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Counts one. */
  add(): void {
    this.#count = (this.#count + 1) % this.#max;
    if (this.#count === 0) collectGarbage();
  }
}
