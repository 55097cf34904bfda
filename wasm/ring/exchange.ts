/**
 * All that one thread sends to others and gets from them.
 *
 * @module
 */

import {
  type BellCell,
  createBell,
  hasRung,
  lieDown,
  ringBell,
  sleep,
} from "./bell.ts";
import type { Inbox } from "./inbox.ts";
import { FRAMES_PER_TURN } from "./limits.ts";
import type { Outbox } from "./outbox.ts";

/**
 * Empties the inboxes of a thread and refills its rings, in turns of its event
 * loop, and sleeps when there is nothing to do.
 *
 * One inbox can go before the others: what another thread has heard of from the
 * sender of that one, this thread hears of before it hears of the other.
 *
 * 1. The main thread spawns a process here, and tells another of it.
 * 2. The other sends the process a message, which arrives first.
 * 3. So at every turn the others are looked at before the one that goes first,
 *    and are emptied, up to where they stood, when that one has been.
 */
export class Exchange {
  /** The bell of this thread. */
  readonly bell: BellCell;
  readonly #inboxes = new Set<Inbox>();
  readonly #outboxes = new Set<Outbox>();
  #first: Inbox | undefined;
  // Whether the others wait for the first to come to its goal.
  #isHeld = false;
  #isScheduled = false;
  #isAsleep = false;
  #isClosed = false;
  #onSent: (() => void)[] = [];

  /** An exchange of a thread that has no other. */
  constructor(bell: BellCell = createBell()) {
    this.bell = bell;
  }

  /** Whether there is work that waits for a turn of the event loop. */
  get hasWork(): boolean {
    return this.#isScheduled || this.#isAsleep && hasRung(this.bell);
  }

  /** Takes from `inbox` from now on, before all others when it `goesFirst`. */
  receive(inbox: Inbox, goesFirst = false): void {
    if (goesFirst) this.#first = inbox;
    else this.#inboxes.add(inbox);
    this.wake();
  }

  /** Refills the ring of `outbox` from now on. */
  send(outbox: Outbox): void {
    this.#outboxes.add(outbox);
  }

  /** Forgets both. What they hold is left where it is. */
  forget(inbox: Inbox | undefined, outbox: Outbox | undefined): void {
    if (inbox !== undefined) this.#inboxes.delete(inbox);
    if (outbox !== undefined) this.#outboxes.delete(outbox);
  }

  /** Looks for work in a turn of its own. */
  wake(): void {
    if (this.#isScheduled || this.#isClosed) return;
    if (this.#isAsleep) return ringBell(this.bell);
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  /**
   * Resolves when all that was sent lies in rings, where it outlives this
   * thread. What is for a thread that is gone is nowhere.
   */
  sent(): Promise<void> {
    for (const outbox of this.#outboxes) outbox.publish();
    this.wake();
    return new Promise((resolve) => this.#onSent.push(resolve));
  }

  /** Takes and sends no more, and leaves nothing pending. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#inboxes.clear();
    this.#outboxes.clear();
    this.#first = undefined;
    ringBell(this.bell);
  }

  /**
   * Takes what has come and sends what waits in the middle of a turn, which its
   * caller may not end soon. Not for who is called by a receiver.
   */
  takeNow(): void {
    if (this.#isClosed) return;
    for (const outbox of this.#outboxes) {
      if (outbox.canFlush) outbox.flush();
    }
    this.#drain();
    for (const outbox of this.#outboxes) outbox.publish();
  }

  #turn(): void {
    this.#isScheduled = false;
    this.#isAsleep = false;
    if (this.#isClosed) return;
    try {
      for (const outbox of this.#outboxes) {
        if (outbox.canFlush) outbox.flush();
      }
      if (this.#onSent.length > 0) this.#tellSent();
      this.#drain();
    } catch (thrown) {
      // What a receiver throws ends the thread, if anything does, and not only
      // a promise of a bell.
      setImmediate(() => {
        throw thrown;
      });
    }
    this.#rest();
  }

  #tellSent(): void {
    for (const outbox of this.#outboxes) if (outbox.isParking) return;
    this.#onSent.forEach((resolve) => resolve());
    this.#onSent = [];
  }

  #drain(): void {
    if (this.#isHeld) this.#first?.goFurther();
    else this.#aim();
    // All that came in one turn of the other thread is taken in one turn here.
    this.#first?.drain(Infinity);
    this.#isHeld = this.#first?.hasReachedGoal === false;
    if (this.#isHeld) return;
    for (const inbox of this.#inboxes) inbox.drain(FRAMES_PER_TURN);
  }

  #aim(): void {
    for (const inbox of this.#inboxes) inbox.aim();
    this.#first?.aim();
  }

  #rest(): void {
    if (this.#isClosed) return;
    if (this.#hasWork()) return this.wake();
    lieDown(this.bell);
    this.#isAsleep = true;
    // What came just before rings nobody.
    if (this.#hasWork()) ringBell(this.bell);
    sleep(this.bell, () => this.#turn());
  }

  #hasWork(): boolean {
    if (this.#first?.hasMore) return true;
    for (const outbox of this.#outboxes) if (outbox.canFlush) return true;
    if (this.#isHeld) return false;
    for (const inbox of this.#inboxes) if (inbox.hasMore) return true;
    return false;
  }
}
