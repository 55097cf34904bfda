/**
 * A message that waits for room, and whoever sent it.
 *
 * @module
 */

import type { Tie } from "./bonds.ts";
import type { WaitingSend } from "./overflow.ts";
import type { Process } from "./process.ts";

/** One send from its start until its message has arrived, or never will. */
export class RoomSend implements WaitingSend, Tie {
  readonly item: unknown;
  #receiver: Process | undefined;
  readonly #resolve: (hasArrived: boolean) => void;
  readonly #sender: Process | undefined;

  /** A send of nobody, when `sender` is undefined. */
  constructor(
    item: unknown,
    resolve: (hasArrived: boolean) => void,
    sender: Process | undefined,
  ) {
    this.item = item;
    this.#resolve = resolve;
    this.#sender = sender;
  }

  /** Sends, as soon as `receiver` has room. */
  start(receiver: Process): void {
    this.#sender?.tie(this);
    this.#receiver = receiver;
    receiver.inbox.deliverWhenRoom(this);
  }

  settle(hasArrived: boolean): void {
    this.#sender?.untie(this);
    this.#resolve(hasArrived);
  }

  /** The sender has ended. */
  cancel(): void {
    this.#receiver?.bound?.withdraw(this);
  }
}
