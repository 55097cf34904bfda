/**
 * Streams whose bytes come in pieces.
 *
 * @module
 */

import { Watchers } from "../../watchers.ts";
import type { InputSource } from "./input_stream.ts";
import type { StreamFailure } from "./io_error.ts";

/** Where pieces come from. */
export interface PieceReader<Code> {
  /**
   * The next bytes, which the caller owns, or null at the end. Called again
   * only when it has answered, and no more once it ended or failed.
   */
  read(): Promise<Uint8Array | null>;
  /** What an error that `read` rejects with is called. */
  codeOf(error: unknown): Code;
  /** What tells the guest of it. */
  failureOf(code: Code): StreamFailure;
}

const NOTHING = new Uint8Array(0);

/**
 * One piece, and what is left of it. The next is read only for somebody who
 * waits for it, so that bytes nobody reads stay with whoever sends them.
 */
export class PieceSource<Code> implements InputSource {
  readonly #reader: PieceReader<Code>;
  readonly #watchers = new Watchers();
  #left: Uint8Array = NOTHING;
  #hasEnded = false;
  #failure: Code | undefined;
  #isReading = false;

  /** Reads from `reader`. */
  constructor(reader: PieceReader<Code>) {
    this.#reader = reader;
  }

  /** Whether nothing more is to be read. */
  get isOver(): boolean {
    return this.#hasEnded || this.#failure !== undefined;
  }

  /** Why it ended before its end. */
  get failure(): Code | undefined {
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
    if (this.#failure !== undefined) {
      throw this.#reader.failureOf(this.#failure);
    }
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
    if (this.isReady || this.#isReading) return;
    this.#isReading = true;
    this.#fill();
  }

  // Whoever waits may have gone when it fails, so the failure is kept for the
  // next read.
  async #fill(): Promise<void> {
    try {
      while (!this.isReady) await this.#readOnce();
    } catch (error) {
      this.#failure = this.#reader.codeOf(error);
    }
    this.#isReading = false;
    this.#watchers.wake();
  }

  async #readOnce(): Promise<void> {
    const piece = await this.#reader.read();
    if (this.#hasEnded) return;
    if (piece === null) this.#hasEnded = true;
    else this.#left = piece;
  }

  /** Drops what is left of the piece. */
  drop(): void {
    this.#left = NOTHING;
  }

  /** It is at its end, whatever comes. */
  end(): void {
    this.drop();
    this.#hasEnded = true;
    this.#watchers.wake();
  }
}
