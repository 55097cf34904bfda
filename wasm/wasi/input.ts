/**
 * Bytes that come one piece at a time.
 *
 * @module
 */

import { WasiError } from "./errors.ts";
import type { WasiReader } from "./options.ts";
import { type Condition, Watchers } from "./watchers.ts";

const NOTHING = new Uint8Array(0);

/**
 * What a reader gives: one piece of it, and what is left of that. No more is
 * read before that is taken, so whoever never takes holds one piece.
 */
export class Input implements Condition {
  readonly #reader: WasiReader | null;
  readonly #watchers = new Watchers();
  #left: Uint8Array = NOTHING;
  #hasEnded: boolean;
  #hasFailed = false;
  #isFilling = false;

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

  watch(wake: () => void): () => void {
    const stop = this.#watchers.add(wake);
    this.begin();
    return stop;
  }

  /** Begins to read, unless something is there or a read is under way. All who wait share one. */
  begin(): void {
    if (this.isReady || this.#isFilling) return;
    this.#isFilling = true;
    this.#fill();
  }

  // Whoever waits may have gone when the reader fails, so the failure is kept
  // for the next read.
  async #fill(): Promise<void> {
    try {
      while (!this.isReady) await this.#readOnce();
    } catch {
      this.#hasFailed = true;
    }
    this.#isFilling = false;
    this.#watchers.wake();
  }

  async #readOnce(): Promise<void> {
    const piece = await this.#reader!.read();
    if (piece === null) this.#hasEnded = true;
    else this.#left = piece;
  }

  /**
   * Takes up to `bytesMax` of what is there. Does not copy.
   *
   * @returns Nothing when nothing is there, and then it begins to read;
   * undefined at the end.
   * @throws {WasiError} EIO, the reader failed.
   */
  take(bytesMax: number): Uint8Array | undefined {
    if (this.#hasFailed) throw new WasiError("EIO");
    if (this.#left.length === 0 && this.#hasEnded) return undefined;
    this.begin();
    const piece = this.#left.subarray(0, bytesMax);
    this.#left = this.#left.subarray(piece.length);
    return piece;
  }

  /**
   * Moves what is there into `buffers`.
   *
   * @returns How many bytes; 0 at the end.
   * @throws {WasiError} EIO, the reader failed.
   */
  moveInto(buffers: readonly Uint8Array[]): number {
    if (this.#hasFailed) throw new WasiError("EIO");
    let moved = 0;
    for (const buffer of buffers) {
      // Only who asks for more than there is has more read.
      if (this.#left.length === 0) break;
      const piece = this.take(buffer.length)!;
      buffer.set(piece);
      moved += piece.length;
    }
    return moved;
  }
}
