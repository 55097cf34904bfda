/**
 * The mailbox, for code that must not block the process while it waits.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { callHost } from "./host.ts";
import { giveUpOperation, startOperation } from "./operations.ts";

let lastId = 0;

/**
 * Takes the next message, while other jobs of the process go on. The process
 * lives for as long as it waits.
 *
 * A blocking `Process.receive` takes precedence; this goes on behind it. What
 * travels with the message, such as the claims of a request, goes with all that
 * is sent from then on, until another is received or this one is stashed.
 *
 * @returns Null when it was given up. Rejects with a TypeError when one is
 * under way already.
 */
export async function nextMessage(): Promise<
  Uint8Array<ArrayBuffer> | null
> {
  const { id, settled } = startOperation(OPS.mail);
  lastId = id;
  const { bytes } = await settled;
  return bytes;
}

/** Gives up what `nextMessage` waits for. No message is lost. */
export function cancelMail(): void {
  callHost(OPS.mailCancel, lastId);
  giveUpOperation(lastId);
}

/**
 * Sets a message aside, with what travelled with the one received last.
 *
 * What `nextMessage` took counts as not received then: what is sent next goes
 * with what was there before.
 *
 * @throws {RangeError} Too many wait, or too much.
 */
export function stash(message: Uint8Array): void {
  callHost(OPS.stash, message);
}

/** Puts what was set aside in front of what waits, in its order. */
export function unstash(): void {
  callHost(OPS.unstash);
}
