/**
 * The thread that has the file of a store, as others see it.
 *
 * @module
 */

import type { FromStoreThread, ToStoreThread } from "./requests.ts";

/** One question at a time to the thread that has the file. */
export class StoreThread {
  readonly #worker: Worker;
  #answered: ((answer: FromStoreThread) => void) | undefined;
  #failure: FromStoreThread | undefined;

  /**
   * Starts the thread. It has no file yet.
   *
   * @param program The module that it runs; `worker.ts` when absent.
   */
  constructor(program: URL = new URL("./worker.ts", import.meta.url)) {
    this.#worker = new Worker(program, { type: "module", name: "store" });
    this.#worker.onmessage = ({ data }) => this.#answer(data);
    this.#worker.onerror = (event) => {
      // Whoever waits is told; it would end the program here otherwise.
      event.preventDefault();
      this.#failure = { type: "failed", code: "failed", why: event.message };
      this.#answer(this.#failure);
    };
  }

  #answer(answer: FromStoreThread): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(answer);
  }

  /** Asks, when the last answer has come. Never rejects: who asks a thread that is gone is told why it is. */
  ask(question: ToStoreThread): Promise<FromStoreThread> {
    if (this.#failure !== undefined) return Promise.resolve(this.#failure);
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#worker.postMessage(question);
    });
  }

  /** Closes the file, and ends the thread. */
  async end(): Promise<void> {
    await this.ask({ type: "close" });
    this.#worker.terminate();
  }
}
