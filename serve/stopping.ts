/**
 * The moment at which something stops.
 *
 * @module
 */

/** Tells those who wait for it that something stops. */
export class Stopping {
  readonly #calls = new Set<() => void>();
  #hasBegun = false;

  /**
   * Calls `call` when it stops; at once, when it does already.
   *
   * @param call Must not throw.
   * @returns Has `call` not be called any more.
   */
  when(call: () => void): () => void {
    if (this.#hasBegun) call();
    else this.#calls.add(call);
    return () => void this.#calls.delete(call);
  }

  /** It stops. Idempotent. */
  begin(): void {
    this.#hasBegun = true;
    for (const call of this.#calls) call();
    this.#calls.clear();
  }
}
