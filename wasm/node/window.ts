/**
 * How much may be on its way to another scheduler.
 *
 * @module
 */

import { STREAM_PIECE_BYTES } from "../core/limits.ts";
import { STREAM_WINDOW_BYTES } from "./limits.ts";

/** Who waits for room. */
export interface Blocked {
  /** There may be room: it looks again. */
  wake(): void;
}

/** Counts bytes that are on their way, and keeps those who wait for room in order. */
export class Window {
  #bytes = 0;
  // The oldest first.
  readonly #blocked = new Set<Blocked>();

  /** Whether one more piece may go. */
  get hasRoom(): boolean {
    return this.#bytes < STREAM_WINDOW_BYTES;
  }

  /** Notes that bytes are on their way. */
  take(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Notes that bytes have arrived, and wakes as many as there is room for. */
  give(bytes: number): void {
    this.#bytes -= bytes;
    this.#wake();
  }

  #wake(): void {
    let room = STREAM_WINDOW_BYTES - this.#bytes;
    for (const blocked of this.#blocked) {
      if (room <= 0) return;
      room -= STREAM_PIECE_BYTES;
      this.#blocked.delete(blocked);
      blocked.wake();
    }
  }

  /** Lets `blocked` wait behind the others. */
  block(blocked: Blocked): void {
    this.#blocked.add(blocked);
  }

  /** Lets `blocked` wait no more: who was woken and does not write leaves its room to the next. */
  forget(blocked: Blocked): void {
    this.#blocked.delete(blocked);
    this.#wake();
  }
}
