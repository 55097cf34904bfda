/**
 * What cannot be done twice at once, the first time.
 *
 * @module
 */

/** Lets the first task end before any other begins; those then run at once. */
export class FirstAlone {
  #first: Promise<void> | undefined;

  /** Runs `task`, when the first one has ended however it did. Settles as the task does. */
  async run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (this.#first !== undefined) {
      await this.#first;
      return await task();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#first = promise;
    try {
      return await task();
    } finally {
      resolve();
    }
  }
}
