/**
 * How a guest waits for its next message.
 *
 * @module
 */

import type { GuestMessage } from "../message.ts";
import type { Entrant, RunQueue } from "../run_queue.ts";
import type { Delivery } from "./slot.ts";
import { uncatchable } from "./uncatchable.ts";

/** Who waits. */
export interface Receiver {
  /**
   * Begins its turn.
   *
   * @param message Undefined when it was stopped.
   * @returns The message, as a guest takes it.
   * @throws What ends the guest.
   */
  resume(message: GuestMessage | undefined): Uint8Array;
}

// The executor of a promise runs at once, so one function can serve all: it
// hands the resolver to whoever waits.
let waiting: Reception | undefined;
function handResolver(resolve: (value: unknown) => void): void {
  waiting!.parked(resolve);
  waiting = undefined;
}

/**
 * One wait of a guest after the other. A message costs one promise: what the
 * fiber of the guest waits for.
 *
 * Invariant: from when a wait begins until it is the guest's turn, `#delivery` and
 * `#resolve` are there, and `#isParked` until its message has come.
 */
export class Reception implements Entrant {
  /** Takes the message that a guest waits for. */
  readonly take: (message: GuestMessage) => void;
  readonly #receiver: Receiver;
  readonly #runQueue: RunQueue;
  #isParked = false;
  #delivery: Delivery<unknown> | undefined;
  #resolve: ((value: unknown) => void) | undefined;
  #message: GuestMessage | undefined;

  /** Nobody waits yet. */
  constructor(receiver: Receiver, runQueue: RunQueue) {
    this.#receiver = receiver;
    this.#runQueue = runQueue;
    // A bound function takes half of what an arrow and its scope do.
    this.take = this.#wake.bind(this);
  }

  /**
   * Waits until a message was taken and it is the guest's turn.
   *
   * @param delivery Given the message in that turn. What it returns is what the
   * promise resolves to.
   * @returns Rejected, with what no guest can catch, when the guest ends.
   */
  wait<Value>(delivery: Delivery<Value>): Promise<Value> {
    this.#isParked = true;
    this.#delivery = delivery;
    waiting = this;
    return new Promise<unknown>(handResolver) as Promise<Value>;
  }

  /** Takes the resolver of the promise that `wait` makes. */
  parked(resolve: (value: unknown) => void): void {
    this.#resolve = resolve;
  }

  /** Ends a wait for a message that will not come. Does nothing when nobody waits for one. */
  abandon(): void {
    if (this.#isParked) this.#wake(undefined);
  }

  #wake(message: GuestMessage | undefined): void {
    this.#isParked = false;
    this.#message = message;
    this.#runQueue.enterBy(this);
  }

  /** Goes on, in its turn, with the message that it was woken by. */
  enter(): void {
    const message = this.#message;
    const delivery = this.#delivery!;
    const resolve = this.#resolve!;
    this.#message = this.#delivery = this.#resolve = undefined;
    resolve(this.#given(message, delivery));
  }

  #given(
    message: GuestMessage | undefined,
    delivery: Delivery<unknown>,
  ): unknown {
    try {
      return delivery.give(this.#receiver.resume(message));
    } catch (thrown) {
      // Whose turn has just ended must not suffer: this ends the guest that waits.
      return Promise.reject(uncatchable(thrown));
    }
  }
}
