/**
 * Bodies that a guest reads.
 *
 * @module
 */

import { Watchers } from "../../watchers.ts";
import type { InputSource } from "../io/input_stream.ts";
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

const NOTHING = new Uint8Array(0);

/**
 * The bytes of a body: one piece of it, and what is left of that. The next is
 * read only for somebody who waits for it, so that a body nobody reads stays
 * with whoever sends it.
 */
export class BodySource implements InputSource {
  readonly #reader: BodyReader;
  readonly #watchers = new Watchers();
  #left: Uint8Array = NOTHING;
  #hasEnded = false;
  #failure: HttpErrorCode | undefined;
  #isReading = false;
  #isCancelled = false;

  /** Reads from `reader`, and cancels it. */
  constructor(reader: BodyReader) {
    this.#reader = reader;
  }

  /** Whether nothing more is to be read. */
  get isOver(): boolean {
    return this.#hasEnded || this.#failure !== undefined;
  }

  /** Why it ended before its end. */
  get failure(): HttpErrorCode | undefined {
    return this.#failure;
  }

  get isReady(): boolean {
    return this.#left.length > 0 || this.isOver;
  }

  watch(wake: () => void): () => void {
    const stop = this.#watchers.add(wake);
    this.#begin();
    return stop;
  }

  /** See {@linkcode InputSource.take}. */
  take(bytesMax: number): Uint8Array | undefined {
    if (this.#left.length > 0) return this.#takeLeft(bytesMax);
    if (this.#failure !== undefined) throw bodyFailure(this.#failure);
    if (this.#hasEnded) return undefined;
    this.#begin();
    return NOTHING;
  }

  #takeLeft(bytesMax: number): Uint8Array {
    const piece = this.#left.subarray(0, bytesMax);
    this.#left = this.#left.subarray(piece.length);
    return piece;
  }

  #begin(): void {
    if (this.isReady || this.#isReading || this.#isCancelled) return;
    this.#isReading = true;
    this.#fill();
  }

  // Whoever waits may have gone when it fails, so the failure is kept for the
  // next read.
  async #fill(): Promise<void> {
    try {
      while (!this.isReady) await this.#readOnce();
    } catch (error) {
      this.#failure = codeOf(error);
    }
    this.#isReading = false;
    this.#watchers.wake();
  }

  async #readOnce(): Promise<void> {
    const piece = await this.#reader.read();
    if (piece === null) this.#hasEnded = true;
    else this.#left = piece;
  }

  /** Waits for the end, behind which the trailers are. What is left is dropped. */
  async drain(): Promise<void> {
    while (!this.isOver && !this.#isCancelled) {
      this.#left = NOTHING;
      if (!this.isOver) await this.#piece();
    }
    this.#left = NOTHING;
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
    this.#left = NOTHING;
    this.#reader.cancel();
  }
}
