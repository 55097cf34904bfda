/**
 * Standard input.
 *
 * @module
 */

import { WasiError } from "./errors.ts";
import type { WasiReader } from "./options.ts";

const NOTHING = new Uint8Array(0);

/** Standard input of a process: one piece of the reader's, and what is left of it. */
export class Input {
  readonly #reader: WasiReader | null;
  #left: Uint8Array = NOTHING;
  #hasEnded: boolean;
  #hasFailed = false;
  #filling: Promise<void> | undefined;

  /** Reads from `reader`; without one it is at its end. */
  constructor(reader: WasiReader | null) {
    this.#reader = reader;
    this.#hasEnded = reader === null;
  }

  /** Bytes that are there. */
  get available(): number {
    return this.#left.length;
  }

  /** Whether a read would not have to wait: bytes, the end or a failure are there. */
  get isReady(): boolean {
    return this.#left.length > 0 || this.#hasEnded || this.#hasFailed;
  }

  /** Resolves once {@linkcode isReady}. Never rejects. All who wait share one read. */
  fill(): Promise<void> {
    if (this.isReady) return Promise.resolve();
    this.#filling ??= this.#fill();
    return this.#filling;
  }

  // Whoever waits may have gone when the reader fails, so the failure is kept
  // for the next read.
  async #fill(): Promise<void> {
    try {
      while (!this.isReady) await this.#readOnce();
    } catch {
      this.#hasFailed = true;
    } finally {
      this.#filling = undefined;
    }
  }

  async #readOnce(): Promise<void> {
    const piece = await this.#reader!.read();
    if (piece === null) this.#hasEnded = true;
    else this.#left = piece;
  }

  /**
   * Moves what is there into `buffers`.
   *
   * @returns How many bytes; 0 at the end.
   * @throws {WasiError} EIO, the reader failed.
   */
  take(buffers: readonly Uint8Array[]): number {
    if (this.#hasFailed) throw new WasiError("EIO");
    let taken = 0;
    for (const buffer of buffers) {
      const piece = this.#left.subarray(0, buffer.length);
      buffer.set(piece);
      this.#left = this.#left.subarray(piece.length);
      taken += piece.length;
    }
    return taken;
  }
}
