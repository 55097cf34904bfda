/**
 * A bound on how much is done at once.
 *
 * @module
 */

/** Lets so many in, and the others when these leave, in order. */
export class Gate {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param count How many may be inside. */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Resolves when the caller is inside. It leaves by {@linkcode Gate.leave}.
   *
   * @param signal Gives that up when aborted: then it rejects with the reason.
   */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const give = () => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener("abort", give, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", give);
    }
  }

  /** Makes room for the next. */
  leave(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(first);
    first();
  }
}
