/**
 * What a full mailbox does with one more message.
 *
 * @module
 */

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
  // The oldest first.
  readonly #waiting = new Set<WaitingSend>();

  /**
   * A bound that nothing has hit.
   *
   * @throws {RangeError} `max` is negative or not a number.
   */
  constructor(max: number, overflow: Overflow) {
    if (!(max >= 0)) {
      throw new RangeError(`Cannot bound a mailbox below 0: ${max}`);
    }
    this.max = max;
    this.overflow = overflow;
  }

  /** Lets a sender wait behind the others. */
  wait(send: WaitingSend): void {
    this.#waiting.add(send);
  }

  /** Forgets a sender that has given up. */
  withdraw(send: WaitingSend): void {
    this.#waiting.delete(send);
  }

  /** Takes the sender that has waited longest. */
  next(): WaitingSend | undefined {
    const [send] = this.#waiting;
    if (send !== undefined) this.#waiting.delete(send);
    return send;
  }

  /** Tells all who wait that the mailbox is gone. */
  close(): void {
    for (let send = this.next(); send !== undefined; send = this.next()) {
      send.settle(false);
    }
  }
}
