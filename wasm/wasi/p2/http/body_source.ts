/**
 * Bodies that a guest reads.
 *
 * @module
 */

import type { InputSource } from "../io/input_stream.ts";
import { PieceSource } from "../io/piece_source.ts";
import { bodyFailure, codeOf, type HttpErrorCode } from "./error_code.ts";
import type { Field } from "./fields.ts";

/** Where a body comes from: the client of a listener, or a server. */
export interface BodyReader {
  /**
   * The next bytes, which the caller owns, or null at the end. Called again
   * only when it has answered, and no more once it ended or failed.
   *
   * Rejects with whatever {@linkcode codeOf} knows.
   */
  read(): Promise<Uint8Array | null>;
  /** What came behind the body; only asked at its end. */
  trailers(): readonly Field[];
  /** Nobody reads any more. Idempotent; also called at the end. */
  cancel(): void;
}

/**
 * The bytes of a body, of which no more is read than is asked for, and what
 * comes behind it.
 */
export class BodySource implements InputSource {
  readonly #reader: BodyReader;
  readonly #pieces: PieceSource<HttpErrorCode>;
  #isCancelled = false;

  /** Reads from `reader`, and cancels it. */
  constructor(reader: BodyReader) {
    this.#reader = reader;
    this.#pieces = new PieceSource({
      read: () => reader.read(),
      codeOf,
      failureOf: bodyFailure,
    });
  }

  /** Whether nothing more is to be read. */
  get isOver(): boolean {
    return this.#pieces.isOver;
  }

  /** Why it ended before its end. */
  get failure(): HttpErrorCode | undefined {
    return this.#pieces.failure;
  }

  get isReady(): boolean {
    return this.#pieces.isReady;
  }

  watch(wake: () => void): () => void {
    return this.#pieces.watch(wake);
  }

  /** See {@linkcode InputSource.take}. */
  take(bytesMax: number): Uint8Array | undefined {
    return this.#pieces.take(bytesMax);
  }

  /** Waits for the end, behind which the trailers are. What is left is dropped. */
  async drain(): Promise<void> {
    this.#pieces.drop();
    while (!this.isOver && !this.#isCancelled) {
      await this.#piece();
      this.#pieces.drop();
    }
  }

  #piece(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.watch(() => {
        stop();
        resolve();
      });
    });
  }

  /** What came behind the body. */
  trailers(): readonly Field[] {
    return this.#reader.trailers();
  }

  /** Nobody reads any more. Idempotent. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#pieces.drop();
    this.#reader.cancel();
  }
}
