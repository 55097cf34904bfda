/**
 * The mailbox, for code that must not block the process while it waits.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { callHost } from "./host.ts";
import { startMail } from "./operations.ts";
import type { Message } from "./port.ts";

export { cancelMail } from "./operations.ts";

/**
 * Waits for the next message, while other jobs of the process go on. The process
 * lives for as long as it waits.
 *
 * A blocking `Process.receive` takes precedence; this goes on behind it. What
 * travels with the message, such as the claims of a request, goes with all that
 * is sent from then on, until another is received or this one is stashed.
 *
 * @param take Gets the message, once.
 * @throws {TypeError} A wait is under way already.
 */
export function listen(take: (message: Message) => void): void {
  startMail((head, bytes) => take(head ?? bytes!));
}

/**
 * Sets a message aside, with what travelled with the one received last.
 *
 * What `listen` gave counts as not received then: what is sent next goes
 * with what was there before.
 *
 * @throws {RangeError} Too many wait, or too much.
 */
export function stash(message: Message): void {
  callHost(OPS.stash, message);
}

/** Puts what was set aside in front of what waits, in its order. */
export function unstash(): void {
  callHost(OPS.unstash);
}
