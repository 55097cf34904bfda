/**
 * How many bytes of messages wait for one guest.
 *
 * @module
 */

import { SMALL_MESSAGE_BYTES, WAITING_BYTES_MAX } from "./limits.ts";

/** Counts large messages of other guests, from when they are sent until they are taken. */
export class WaitingBytes {
  readonly #messages = new WeakSet<Uint8Array>();
  #bytes = 0;

  /** Counts a message. Returns false when it would be too much, and is not counted. */
  add(message: Uint8Array): boolean {
    const { length } = message;
    if (length <= SMALL_MESSAGE_BYTES) return true;
    // The first one fits, however large it is.
    if (this.#bytes > 0 && this.#bytes + length > WAITING_BYTES_MAX) {
      return false;
    }
    this.#bytes += length;
    this.#messages.add(message);
    return true;
  }

  /** Counts it no more, if it was counted. */
  remove(message: Uint8Array): void {
    const isCounted = message.length > SMALL_MESSAGE_BYTES &&
      this.#messages.delete(message);
    if (isCounted) this.#bytes -= message.length;
  }
}
