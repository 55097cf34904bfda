/**
 * What waits for a client that takes less than is sent to it.
 *
 * @module
 */

import type { Quota } from "@rusm/otp";

/** How much may wait. */
export interface BacklogLimits {
  /** Messages; at least 1. */
  readonly countMax: number;
  /** Bytes in them; one that is larger can wait alone. */
  readonly bytesMax: number;
}

/**
 * Bounds the mailbox of a process that writes to a client. What is no data, such
 * as an end, always finds room.
 */
export class Backlog implements Quota {
  readonly #limits: BacklogLimits;
  readonly #overflowed: () => void;
  #count = 0;
  #bytes = 0;

  /** @param overflowed Called each time that a message finds no room. Must not throw. */
  constructor(limits: BacklogLimits, overflowed: () => void) {
    this.#limits = limits;
    this.#overflowed = overflowed;
  }

  tryAdd(message: unknown): boolean {
    const bytes = bytesIn(message);
    if (bytes === undefined) return true;
    const { countMax, bytesMax } = this.#limits;
    const isTooMuch = this.#count > 0 &&
      (this.#count >= countMax || this.#bytes + bytes > bytesMax);
    if (isTooMuch) this.#overflowed();
    else this.add(message);
    return !isTooMuch;
  }

  add(message: unknown): void {
    this.#note(bytesIn(message), 1);
  }

  remove(message: unknown): void {
    this.#note(bytesIn(message), -1);
  }

  #note(bytes: number | undefined, sign: 1 | -1): void {
    if (bytes === undefined) return;
    this.#count += sign;
    this.#bytes += sign * bytes;
  }

  clear(): void {
    this.#count = this.#bytes = 0;
  }
}

// Anybody can send to a writer by its pid: bytes and text are data.
function bytesIn(message: unknown): number | undefined {
  if (message instanceof Uint8Array) return message.length;
  return typeof message === "string" ? 2 * message.length : undefined;
}
