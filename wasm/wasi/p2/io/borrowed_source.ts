/**
 * Sources that outlive the stream that reads them.
 *
 * @module
 */

import type { InputSource } from "./input_stream.ts";

/**
 * A source that a stream reads and does not own.
 *
 * A class, not a literal: V8 makes a hidden class for each literal that has an
 * accessor, which keeps all that it closes over until a full collection.
 */
export class BorrowedSource implements InputSource {
  readonly #source: InputSource;
  readonly #onClose: () => void;

  /** Reads from `source`; the end of the stream is told to `onClose`. */
  constructor(source: InputSource, onClose: () => void) {
    this.#source = source;
    this.#onClose = onClose;
  }

  get isReady(): boolean {
    return this.#source.isReady;
  }

  watch(wake: () => void): () => void {
    return this.#source.watch(wake);
  }

  take(bytesMax: number): Uint8Array | undefined {
    return this.#source.take(bytesMax);
  }

  close(): void {
    this.#onClose();
  }
}
