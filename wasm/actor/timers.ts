/**
 * Messages that guests send later.
 *
 * @module
 */

import type { Runtime, SendTimer } from "@rusm/otp";
import type { HostGuest, HostState } from "../component/host.ts";
import { MESSAGE_OVERHEAD_BYTES } from "../limits.ts";
import { carriedBy } from "../trace/carried.ts";
import { pidOf } from "./asking.ts";
import {
  SCHEDULER_TIMER_BYTES_MAX,
  TIMER_BYTES_MAX,
  TIMERS_MAX,
} from "./limits.ts";
import { delayOf } from "./mailbox.ts";

interface Waiting {
  readonly timer: SendTimer;
  readonly bytes: number;
}

// Of all guests of a scheduler.
const totals = new WeakMap<Runtime, { bytes: number }>();

function totalOf(runtime: Runtime): { bytes: number } {
  let total = totals.get(runtime);
  if (total === undefined) totals.set(runtime, total = { bytes: 0 });
  return total;
}

/** The timers of one guest, by handles that it counts from 0. They go with its process. */
class GuestTimers {
  readonly #runtime: Runtime;
  readonly #total: { bytes: number };
  // The oldest first.
  readonly #waiting = new Map<number, Waiting>();
  #bytes = 0;
  #nextHandle = 0;
  // How many there may be before those that have fired are looked for.
  #sweepAt = 16;

  constructor({ self: { runtime } }: HostGuest) {
    this.#runtime = runtime;
    this.#total = totalOf(runtime);
  }

  /** @throws {RangeError} Too many wait, or too much. */
  start(guest: HostGuest, to: bigint, delayMs: number, message: Uint8Array) {
    const bytes = message.length + MESSAGE_OVERHEAD_BYTES;
    this.#insistRoom(bytes);
    const metadata = carriedBy(guest.self);
    const options = metadata === undefined ? undefined : { metadata };
    const pid = pidOf<Uint8Array>(to);
    const timer = this.#runtime.sendAfter(pid, delayMs, message, options);
    this.#waiting.set(this.#nextHandle, { timer, bytes });
    this.#count(bytes);
    return this.#nextHandle++;
  }

  #insistRoom(bytes: number): void {
    if (this.#waiting.size >= this.#sweepAt || !this.#hasRoom(bytes)) {
      this.#sweep();
    }
    if (this.#waiting.size < TIMERS_MAX && this.#hasRoom(bytes)) return;
    throw new RangeError(
      `Cannot send more messages later: ${this.#waiting.size} of ${this.#bytes} bytes wait`,
    );
  }

  #hasRoom(bytes: number): boolean {
    return this.#bytes + bytes <= TIMER_BYTES_MAX &&
      this.#total.bytes + bytes <= SCHEDULER_TIMER_BYTES_MAX;
  }

  // Nobody tells of a message that was sent.
  #sweep(): void {
    for (const [handle, { timer }] of this.#waiting) {
      if (!timer.isPending) this.#forget(handle);
    }
    this.#sweepAt = Math.min(TIMERS_MAX, 2 * this.#waiting.size + 16);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#total.bytes += bytes;
  }

  #forget(handle: number): void {
    this.#count(-this.#waiting.get(handle)!.bytes);
    this.#waiting.delete(handle);
  }

  cancel(handle: number): boolean {
    const waiting = this.#waiting.get(handle);
    if (waiting === undefined) return false;
    this.#forget(handle);
    return waiting.timer.cancel();
  }

  close(): void {
    for (const handle of [...this.#waiting.keys()]) this.cancel(handle);
  }
}

const TIMERS: HostState<GuestTimers> = {
  create: (guest) => new GuestTimers(guest),
  close: (timers) => timers.close(),
};

/**
 * Sends a message later, with the metadata of the one received last by now.
 *
 * @returns A handle.
 * @throws {RangeError} Too many wait, or too much.
 */
export function sendAfter(
  guest: HostGuest,
  to: bigint,
  delayMs: bigint,
  message: Uint8Array,
): bigint {
  const timers = guest.state(TIMERS);
  return BigInt(timers.start(guest, to, delayOf(delayMs), message));
}

/** Takes a message back. False when it was sent, or the handle is none. */
export function cancelTimer(guest: HostGuest, handle: bigint): boolean {
  return guest.state(TIMERS).cancel(Number(handle));
}
