/**
 * How many bytes of messages wait for guests.
 *
 * @module
 */

import type { Quota } from "@rusm/otp";
import {
  MESSAGE_OVERHEAD_BYTES,
  SCHEDULER_WAITING_BYTES_MAX,
  WAITING_BYTES_MAX,
} from "./limits.ts";
import { type GuestMessage, isRequest } from "./message.ts";
import { isClientFrame } from "./node/client_frames.ts";

/** What waits for all guests of one scheduler. */
export class WaitingTotal {
  /** Bytes that wait. */
  bytes = 0;
}

/**
 * Counts the bytes that wait for one guest, whoever sent them. They lie on the
 * heap of its scheduler, not in its memory.
 *
 * A message that is larger than all that may wait for a guest can wait alone, if
 * there is room for it on the scheduler.
 */
export class WaitingBytes implements Quota {
  readonly #total: WaitingTotal;
  #bytes = 0;

  /** Nothing waits yet. */
  constructor(total: WaitingTotal) {
    this.#total = total;
  }

  tryAdd(message: GuestMessage): boolean {
    const bytes = bytesIn(message);
    const isTooMuch = this.#bytes > 0 &&
      this.#bytes + bytes > WAITING_BYTES_MAX;
    if (isTooMuch || this.#total.bytes + bytes > SCHEDULER_WAITING_BYTES_MAX) {
      return false;
    }
    this.#count(bytes);
    return true;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#total.bytes += bytes;
  }

  /** @throws {RangeError} Twice as much would wait as may be sent: a guest can stash what it was never sent. */
  add(message: GuestMessage): void {
    const bytes = bytesIn(message);
    const isTooMuch = this.#bytes > 0 &&
      this.#bytes + bytes > 2 * WAITING_BYTES_MAX;
    const totalMax = 2 * SCHEDULER_WAITING_BYTES_MAX;
    if (isTooMuch || this.#total.bytes + bytes > totalMax) {
      throw new RangeError(
        `Cannot stash more than may wait: ${this.#bytes} bytes wait`,
      );
    }
    this.#count(bytes);
  }

  remove(message: GuestMessage): void {
    this.#count(-bytesIn(message));
  }

  clear(): void {
    this.#count(-this.#bytes);
  }
}

// Guests send bytes, and the host bytes, text and requests. What else a program
// sends crashes the guest that receives it.
function bytesIn(message: GuestMessage): number {
  if (message instanceof Uint8Array) {
    return message.length + MESSAGE_OVERHEAD_BYTES;
  }
  if (typeof message === "string") {
    return message.length * 2 + MESSAGE_OVERHEAD_BYTES;
  }
  if (isClientFrame(message)) {
    return message.bytes.length + MESSAGE_OVERHEAD_BYTES;
  }
  if (!isRequest(message)) return MESSAGE_OVERHEAD_BYTES;
  const { head, body } = message;
  return head.length * 2 + (body?.length ?? 0) + MESSAGE_OVERHEAD_BYTES;
}
