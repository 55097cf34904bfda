/**
 * What a full mailbox does with one more message.
 *
 * @module
 */

import { Envelope, messageIn } from "./envelope.ts";

/**
 * What happens to a message that finds the mailbox full.
 *
 * | | the message | the sender |
 * | --- | --- | --- |
 * | `"reject"` | is refused | `send` returns false |
 * | `"dropNewest"` | is dropped | is not told |
 * | `"dropOldest"` | takes the place of the oldest ordinary one | is not told |
 * | `"backPressure"` | waits with its sender in `sendWhenRoom` | waits; `send` returns false |
 *
 * Whatever is refused or dropped is counted. A priority message is refused
 * whatever the policy. Signals of the system, such as a {@linkcode Down}, always
 * find room.
 */
export type Overflow = "reject" | "dropNewest" | "dropOldest" | "backPressure";

/**
 * Decides by what messages hold whether they may wait in one mailbox, whose
 * bound is a number of messages otherwise. What it refuses is refused whatever
 * the {@linkcode Overflow}, and counted as refused; `send` returns false.
 *
 * A message that is handed to a receive which waits for it never waits. Signals
 * of the system are not asked for. None of this may throw.
 */
export interface Quota {
  /** Counts a message that is about to wait. Returns false when there is no room: then it is not counted. */
  tryAdd(message: unknown): boolean;
  /** Counts a message that was taken and is stashed, room or not. */
  add(message: unknown): void;
  /** Counts a message no more: it was taken, or dropped. */
  remove(message: unknown): void;
  /** Counts none of them any more: the mailbox is gone. Called once, last. */
  clear(): void;
}

/** A message whose sender waits for room. */
export interface WaitingSend {
  /** What will be put into the mailbox. */
  readonly item: unknown;
  /** Tells the sender whether it arrived. Must not throw. */
  settle(hasArrived: boolean): void;
}

/** The bound of one mailbox. */
export class Bound {
  /** How many messages may wait. */
  readonly max: number;
  /** What happens to one more. */
  readonly overflow: Overflow;
  /** Messages that were refused. */
  refused = 0;
  /** Messages that were dropped. */
  dropped = 0;
  readonly #quota: Quota | undefined;
  // The oldest first. Most mailboxes are never full.
  #waiting: Set<WaitingSend> | undefined;

  /**
   * A bound that nothing has hit.
   *
   * @throws {RangeError} `max` is negative or not a number.
   */
  constructor(max: number, overflow: Overflow, quota?: Quota) {
    if (!(max >= 0)) {
      throw new RangeError(`Cannot bound a mailbox below 0: ${max}`);
    }
    this.max = max;
    this.overflow = overflow;
    this.#quota = quota;
  }

  /** Asks the quota whether `item` may wait; counts it, or that it was refused. */
  mayWait(item: unknown): boolean {
    if (this.#quota === undefined || isSystem(item)) return true;
    if (this.#quota.tryAdd(messageIn(item))) return true;
    this.refused++;
    return false;
  }

  /** Notes that `item` waits, which was taken before. */
  stashed(item: unknown): void {
    if (!isSystem(item)) this.#quota?.add(messageIn(item));
  }

  /** Notes that `item` waits no more. */
  left(item: unknown): void {
    if (this.#quota !== undefined && !isSystem(item)) {
      this.#quota.remove(messageIn(item));
    }
  }

  /** Lets a sender wait behind the others. */
  wait(send: WaitingSend): void {
    this.#waiting ??= new Set();
    this.#waiting.add(send);
  }

  /** Forgets a sender that has given up. */
  withdraw(send: WaitingSend): void {
    this.#waiting?.delete(send);
  }

  /** Takes the sender that has waited longest. */
  next(): WaitingSend | undefined {
    if (this.#waiting === undefined) return undefined;
    const [send] = this.#waiting;
    if (send !== undefined) this.#waiting.delete(send);
    return send;
  }

  /** Tells all who wait that the mailbox is gone. */
  close(): void {
    for (let send = this.next(); send !== undefined; send = this.next()) {
      send.settle(false);
    }
    this.#quota?.clear();
  }
}

function isSystem(item: unknown): boolean {
  return Envelope.is(item) && item.isSystem;
}
