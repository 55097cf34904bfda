/**
 * Messages of guests.
 *
 * @module
 */

import type { HostGuest } from "../component/host.ts";
import { GUEST_MAILBOX_MAX } from "../limits.ts";
import { carriedBy } from "../trace/carried.ts";
import { pidOf } from "./asking.ts";
import { DELAY_MS_MAX } from "./limits.ts";

/**
 * Sends a message, with the metadata of the one received last: the claims of a
 * request go with all that is done for it, and no guest can see them, or
 * forge any. What finds no room is lost, as with a full mailbox.
 */
export function send(guest: HostGuest, to: bigint, message: Uint8Array): void {
  const { runtime } = guest.self;
  const metadata = carriedBy(guest.self);
  const options = metadata === undefined ? undefined : { metadata };
  runtime.send(pidOf<Uint8Array>(to), message, options);
}

/** Takes the next message, and waits for one. */
export function receive(
  guest: HostGuest,
): Uint8Array | undefined | Promise<Uint8Array | undefined> {
  return guest.receive(undefined);
}

/** Takes the next message, and waits so long. */
export function receiveTimeout(
  guest: HostGuest,
  timeoutMs: bigint,
): Uint8Array | undefined | Promise<Uint8Array | undefined> {
  return guest.receive(delayOf(timeoutMs));
}

/** A time that a guest gives, in milliseconds; at most what a timer can hold, 24.8 days. */
export function delayOf(ms: bigint): number {
  return ms < DELAY_MS_MAX ? Number(ms) : DELAY_MS_MAX;
}

/**
 * Puts a message aside, with the metadata of the one received last.
 *
 * @throws {RangeError} Too many wait, or too much.
 */
export function stash(guest: HostGuest, message: Uint8Array): void {
  const { runtime, pid } = guest.self;
  // As many again as may be sent to it: it can stash what it was never sent.
  if (runtime.mailboxDepth(pid)! >= 2 * GUEST_MAILBOX_MAX) {
    throw new RangeError(
      `Cannot stash another message: ${runtime.mailboxDepth(pid)} wait`,
    );
  }
  guest.self.stash(message);
}

/** Puts what was set aside in front of what waits. */
export function unstash(guest: HostGuest): void {
  guest.self.unstash();
}
