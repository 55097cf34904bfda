/**
 * Waiting for what may become ready.
 *
 * @module
 */

/** Something that is ready or not, and can be waited for. */
export interface Condition {
  /** Whether it is ready now. */
  readonly isReady: boolean;

  /**
   * Calls `wake` when the condition may have become ready, more than once
   * perhaps. Only what is not ready may be watched.
   *
   * @returns Stops that. Whoever watches calls it, also after `wake`: nothing
   * of the wait is kept then. Idempotent.
   */
  watch(wake: () => void): () => void;
}

/** Those who wait for one condition. */
export class Watchers {
  readonly #wakes = new Set<() => void>();

  /** How many there are. */
  get count(): number {
    return this.#wakes.size;
  }

  /** Adds one. Returns what takes it out again. */
  add(wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => void this.#wakes.delete(wake);
  }

  /** Wakes all. They take themselves out. */
  wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }
}

/**
 * Waits until one of `conditions` is ready. Leaves nothing behind with the
 * others.
 *
 * @param onStop Given what ends the wait before its time, so that it never
 * resolves.
 */
export async function anyReady(
  conditions: readonly Condition[],
  onStop: (stop: () => void) => void,
): Promise<void> {
  while (!conditions.some(({ isReady }) => isReady)) {
    const woken = Promise.withResolvers<void>();
    const stops = conditions.map((each) => each.watch(woken.resolve));
    const stop = () => stops.forEach((each) => each());
    onStop(stop);
    await woken.promise;
    stop();
  }
}
