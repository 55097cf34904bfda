/**
 * The thread that counts the epoch up.
 *
 * @module
 */

import { Epoch } from "./epoch.ts";
import { EPOCH_MS } from "./limits.ts";

/** Counts an epoch up, until it is closed. */
export class Ticker {
  /** What it counts up. */
  readonly epoch: Epoch;
  readonly #worker: Worker;
  readonly #cell: Int32Array<SharedArrayBuffer>;

  /** Starts a thread that ticks every `periodMs` milliseconds. */
  constructor(periodMs: number = EPOCH_MS) {
    const memory = new WebAssembly.Memory({
      initial: 1,
      maximum: 1,
      shared: true,
    });
    this.epoch = new Epoch(memory, periodMs);
    this.#cell = new Int32Array(new SharedArrayBuffer(4));
    this.#worker = new Worker(new URL("./ticker_worker.ts", import.meta.url), {
      type: "module",
      name: "ticker",
      deno: { permissions: "none" },
    });
    this.#worker.postMessage({ memory, periodMs, isClosed: this.#cell });
  }

  /** Ends the thread. Idempotent. */
  close(): void {
    // It sleeps between two ticks, and cannot be ended from outside then.
    Atomics.store(this.#cell, 0, 1);
    Atomics.notify(this.#cell, 0);
    this.#worker.terminate();
  }
}
