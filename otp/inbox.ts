/**
 * The receiving side of a process: what waits for it, and the receive that
 * waits for that.
 *
 * @module
 */

import { DONE, LATER, type ReceiveOptions, TIMEOUT } from "./context.ts";
import {
  Envelope,
  messageIn,
  type Metadata,
  type SendOptions,
} from "./envelope.ts";
import { Mailbox } from "./mailbox.ts";
import type { Bound, WaitingSend } from "./overflow.ts";
import type { Runnable, Scheduler } from "./scheduler.ts";
import type { Down, MonitorRef } from "./signal.ts";
import { checkDelay, type Timer, type Timers } from "./timer.ts";

type Resolve = (message: unknown) => void;
type Match = (message: unknown) => boolean;

// The executor of a promise runs at once, so one function can serve all
// inboxes: it hands the resolver to whoever parks.
let parking: Inbox | undefined;
function handResolver(resolve: Resolve): void {
  parking!.parked(resolve);
  parking = undefined;
}

// What a receive resolves that only watches: nothing is ever there for it.
function NOBODY(): void {}

/** What an inbox is made with. */
export interface InboxParts {
  /** Shares the thread. */
  readonly scheduler: Scheduler;
  /** Wakes receives that waited long enough. */
  readonly timers: Timers;
  /** The bound of the mailbox, if any. */
  readonly bound: Bound | undefined;
  /** Ends the process: what decides about a message threw. */
  crash(thrown: unknown): void;
}

/** The body of a `receiveEach`. */
interface Each {
  readonly handle: (message: unknown) => unknown;
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
  // It has its message.
  isBusy: boolean;
}

/**
 * The inbox of one process.
 *
 * Invariant: while a receive waits, no message in the mailbox at an index
 * below `#scanned` matches it; when there is one at `#scanned`, that one does,
 * and the inbox is in the run queue.
 */
export class Inbox implements Runnable {
  readonly #parts: InboxParts;
  readonly #scheduler: Scheduler;
  readonly #bound: Bound | undefined;
  readonly #mailbox = new Mailbox();
  // What was received last, when it was more than a message.
  #received: Envelope | undefined;
  #reductions = 0;
  #isOpen = true;
  #isQueued = false;

  // The receive that waits.
  #resolve: Resolve | undefined;
  #match: Match | undefined;
  #scanned = 0;
  #timer: Timer | undefined;
  // Its time is up: with its next turn it returns, with or without a message.
  #isDue = false;
  #isMatching = false;

  #each: Each | undefined;

  /** An empty inbox. */
  constructor(parts: InboxParts) {
    this.#parts = parts;
    this.#scheduler = parts.scheduler;
    this.#bound = parts.bound;
  }

  /** How many messages wait, with those that are stashed. */
  get depth(): number {
    return this.#mailbox.depth;
  }

  /** What travelled with the message that was received last. */
  get metadata(): Metadata | undefined {
    return this.#received?.metadata;
  }

  set metadata(metadata: Metadata | undefined) {
    // Only where there are envelopes it is forgotten with the next message.
    this.#mailbox.hasEnvelopes = true;
    this.#received = metadata && new Envelope(undefined, metadata);
  }

  /** How many messages it has taken and turns it has had. */
  get reductions(): number {
    return this.#reductions;
  }

  /** Whether a receive waits. */
  get isReceiving(): boolean {
    return this.#resolve !== undefined || this.#each?.isBusy === false;
  }

  /** Whether it is in the run queue. */
  get isQueued(): boolean {
    return this.#isQueued;
  }

  /** See {@linkcode Context.receive}. */
  receive(options?: ReceiveOptions<unknown>): unknown {
    this.#checkFree();
    if (options !== undefined) return this.#receiveSelected(options);
    if (this.#mailbox.count > 0 && this.#mayTake()) return this.#takeFirst();
    return this.#park(undefined);
  }

  /** See {@linkcode Context.receiveBy}. */
  receiveBy(take: (message: unknown) => void): unknown {
    this.#checkFree();
    if (this.#mailbox.count > 0 && this.#mayTake()) return this.#takeFirst();
    this.#match = undefined;
    this.#scanned = 0;
    this.#resolve = take;
    if (this.#mailbox.count > 0) this.#enqueue();
    else this.#mailbox.trim();
    return LATER;
  }

  /** See {@linkcode Context.watchMail}: a receive of what is never there. */
  watchMail(heed: () => void): boolean {
    this.#checkFree();
    if (this.#mailbox.count > 0) return false;
    this.#match = () => {
      heed();
      return false;
    };
    this.#scanned = 0;
    this.#resolve = NOBODY;
    return true;
  }

  /** See {@linkcode Context.unwatchMail}. */
  unwatchMail(): void {
    if (this.#resolve !== NOBODY) return;
    this.#resolve = undefined;
    this.#match = undefined;
  }

  #checkFree(): void {
    if (this.isReceiving || this.#isMatching) {
      throw new TypeError("Cannot receive while another receive waits");
    }
  }

  #mayTake(): boolean {
    if (!this.#isOpen || !this.#scheduler.spend()) return false;
    this.#reductions++;
    return true;
  }

  #takeFirst(): unknown {
    const item = this.#mailbox.shift();
    if (this.#bound !== undefined) this.#leave(this.#bound, item);
    return this.#unwrap(item);
  }

  #take(index: number): unknown {
    const item = this.#mailbox.take(index);
    if (this.#bound !== undefined) this.#leave(this.#bound, item);
    return this.#unwrap(item);
  }

  #unwrap(item: unknown): unknown {
    if (!this.#mailbox.hasEnvelopes) return item;
    this.#received = Envelope.is(item) ? item : undefined;
    return messageIn(item);
  }

  async #receiveSelected(options: ReceiveOptions<unknown>): Promise<unknown> {
    const { match, timeoutMs } = options;
    if (timeoutMs !== undefined) checkDelay(timeoutMs);
    const index = this.#find(match, 0);
    const isReady = index >= 0 || timeoutMs === 0;
    if (isReady && this.#mayTake()) {
      return index >= 0 ? this.#take(index) : TIMEOUT;
    }
    this.#wakeAfter(timeoutMs);
    return await this.#park(match, index >= 0 ? index : this.#mailbox.count);
  }

  // A receive that only looks needs no timer, but a turn when the slice is
  // spent.
  #wakeAfter(timeoutMs: number | undefined): void {
    this.#isDue = timeoutMs === 0;
    if (timeoutMs === undefined || this.#isDue || !this.#isOpen) return;
    this.#timer = this.#parts.timers.start(timeoutMs, () => {
      this.#timer = undefined;
      this.#isDue = true;
      this.#resume();
    });
  }

  #park(match: Match | undefined, scanned = 0): Promise<unknown> {
    this.#match = match;
    this.#scanned = scanned;
    parking = this;
    const message = new Promise<unknown>(handResolver);
    if (this.#isDue || scanned < this.#mailbox.count) this.#enqueue();
    return message;
  }

  /** Takes the resolver of the promise that `#park` makes. */
  parked(resolve: Resolve): void {
    this.#resolve = resolve;
  }

  #enqueue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#scheduler.ready(this);
  }

  /** See {@linkcode Context.receiveEach}. */
  receiveEach(handle: (message: unknown) => unknown): Promise<void> {
    this.#checkFree();
    if (this.#each !== undefined) {
      throw new TypeError("Cannot receive each within another receiveEach");
    }
    return new Promise((resolve, reject) => {
      this.#each = { handle, resolve, reject, isBusy: false };
      if (this.#mailbox.count > 0) this.#enqueue();
    });
  }

  /** Takes a turn: hands out what a receive waits for. */
  run(): void {
    this.#isQueued = false;
    if (!this.#isOpen) return;
    if (this.#resolve !== undefined) this.#resume();
    else if (this.#each?.isBusy === false) this.#runEach(this.#each);
  }

  // What waits at `#scanned` is what the receive waits for. A message that only
  // waits for its turn was in time.
  #resume(): void {
    if (this.#scanned < this.#mailbox.count) {
      this.#reductions++;
      const item = this.#mailbox.take(this.#scanned);
      this.#wake(this.#unwrap(item));
      // Who was let in before would be handed over before it.
      if (this.#bound !== undefined) this.#leave(this.#bound, item);
    } else if (this.#isDue) this.#wake(TIMEOUT);
  }

  #wake(message: unknown): void {
    const resolve = this.#resolve!;
    this.#resolve = undefined;
    if (this.#match !== undefined) this.#match = undefined;
    if (this.#timer !== undefined) this.#stopTimer();
    this.#isDue = false;
    try {
      resolve(message);
    } catch (thrown) {
      // Who takes a message must not harm who sent it.
      this.#parts.crash(thrown);
    }
  }

  #stopTimer(): void {
    this.#parts.timers.cancel(this.#timer!);
    this.#timer = undefined;
  }

  #runEach(each: Each): void {
    each.isBusy = true;
    // The turn has paid for its first message.
    for (let isPaid = true; this.#mailbox.count > 0; isPaid = false) {
      if (!isPaid && !this.#scheduler.spend()) {
        each.isBusy = false;
        return this.#enqueue();
      }
      this.#reductions++;
      const isNext = this.#handle(each, this.#takeFirst());
      if (!isNext) return;
    }
    each.isBusy = false;
  }

  // Returns whether the next message can be taken.
  #handle(each: Each, message: unknown): boolean {
    try {
      const result = each.handle(message);
      if (result === undefined) return this.#isOpen;
      if (result === DONE) return this.#endEach(each.resolve);
      if (!isPromiseLike(result)) return this.#isOpen;
      this.#handleLater(each, result);
      return false;
    } catch (thrown) {
      return this.#endEach(() => each.reject(thrown));
    }
  }

  #endEach(settle: () => void): false {
    this.#each = undefined;
    settle();
    return false;
  }

  async #handleLater(each: Each, later: PromiseLike<unknown>): Promise<void> {
    try {
      const result = await later;
      if (result === DONE) return void this.#endEach(each.resolve);
    } catch (thrown) {
      return void this.#endEach(() => each.reject(thrown));
    }
    if (!this.#isOpen) return;
    each.isBusy = false;
    if (this.#mailbox.count > 0) this.#enqueue();
  }

  /** Puts an item into the mailbox, or does what the bound says. Returns what `send` does. */
  deliver(item: unknown): boolean {
    const bound = this.#bound;
    if (bound !== undefined && this.#mailbox.depth >= bound.max) {
      return this.#overflow(bound, item);
    }
    return this.#arrive(item);
  }

  /** Makes an item of a message, to be delivered to this inbox. */
  enclose(message: unknown, options: SendOptions | undefined): unknown {
    if (options?.metadata === undefined) return message;
    this.#mailbox.hasEnvelopes = true;
    return new Envelope(message, options.metadata);
  }

  /** Puts an item in front of the ordinary ones, when there is room. */
  deliverUrgent(item: unknown): boolean {
    const bound = this.#bound;
    if (bound !== undefined && this.#mailbox.depth >= bound.max) {
      bound.refused++;
      return false;
    }
    if (bound?.mayWait(item) === false) return false;
    this.#arriveUrgent(item);
    return true;
  }

  /** Puts a signal of the system into the mailbox, however full it is. */
  deliverSystem(message: unknown, isUrgent: boolean): void {
    const item = this.#bound === undefined ? message : this.#sealed(message);
    if (isUrgent) this.#arriveUrgent(item);
    else this.#arrive(item);
  }

  #sealed(message: unknown): Envelope {
    this.#mailbox.hasEnvelopes = true;
    return new Envelope(message, undefined, true);
  }

  /** Puts an item into the mailbox as soon as there is room. Its sender waits. */
  deliverWhenRoom(send: WaitingSend): void {
    const bound = this.#bound;
    const waits = bound?.overflow === "backPressure" &&
      this.#mailbox.depth >= bound.max;
    if (waits) bound.wait(send);
    else send.settle(this.deliver(send.item));
  }

  #overflow(bound: Bound, item: unknown): boolean {
    if (bound.overflow === "reject" || bound.overflow === "backPressure") {
      bound.refused++;
      return false;
    }
    bound.dropped++;
    if (bound.overflow === "dropNewest") return true;
    const oldest = this.#mailbox.findShedable();
    if (oldest < 0) return true;
    this.#remove(bound, oldest);
    return this.#arrive(item);
  }

  #leave(bound: Bound, item: unknown): void {
    bound.left(item);
    this.#admit(bound);
  }

  // There is room: lets in who has waited longest.
  #admit(bound: Bound): void {
    while (this.#mailbox.depth < bound.max) {
      const send = bound.next();
      if (send === undefined) return;
      send.settle(this.#arrive(send.item));
    }
  }

  // Returns whether the quota has let it in.
  #arrive(item: unknown): boolean {
    if (this.#resolve === undefined) {
      if (this.#bound?.mayWait(item) === false) return false;
      this.#mailbox.push(item);
      if (this.#each?.isBusy === false) this.#enqueue();
      return true;
    }
    // With items left to look at it has its turn coming, and they are older.
    const isNext = this.#scanned === this.#mailbox.count;
    if (isNext && this.#match === undefined && this.#mayTake()) {
      this.#wake(this.#unwrap(item));
      return true;
    }
    if (this.#bound?.mayWait(item) === false) return false;
    this.#mailbox.push(item);
    if (isNext) this.#scan();
    return true;
  }

  #arriveUrgent(item: unknown): void {
    const index = this.#mailbox.pushUrgent(item);
    if (this.#resolve === undefined) {
      if (this.#each?.isBusy === false) this.#enqueue();
      return;
    }
    // Behind what waits for its turn it is not looked at yet.
    if (index > this.#scanned) return;
    if (!this.#isMatch(item)) this.#scanned++;
    else {
      this.#scanned = index;
      this.#enqueue();
    }
  }

  #isMatch(item: unknown): boolean {
    const match = this.#match;
    if (match === undefined) return true;
    return this.#guard(() => match(messageIn(item)), false);
  }

  // Looks for what the receive waits for among the items it has not seen.
  #scan(): void {
    const index = this.#find(this.#match, this.#scanned);
    this.#scanned = index >= 0 ? index : this.#mailbox.count;
    if (index < 0) return;
    if (this.#isOpen && this.#scheduler.spend()) this.#resume();
    else this.#enqueue();
  }

  #find(match: Match | undefined, from: number): number {
    if (match === undefined) return from < this.#mailbox.count ? from : -1;
    return this.#guard(() => this.#mailbox.find(match, from), -1);
  }

  // The caller may be a sender, who must not suffer from the receiver's match.
  #guard<Value>(look: () => Value, nothing: Value): Value {
    this.#isMatching = true;
    try {
      return look();
    } catch (thrown) {
      this.#parts.crash(thrown);
      return nothing;
    } finally {
      this.#isMatching = false;
    }
  }

  // Gives up an item that no receive gets.
  #remove(bound: Bound | undefined, index: number): void {
    const item = this.#mailbox.take(index);
    bound?.left(item);
    if (this.#resolve === undefined || index > this.#scanned) return;
    if (index < this.#scanned) this.#scanned--;
    else this.#scan();
  }

  /** Sets a message aside, with the metadata of the one received last. */
  stash(message: unknown): void {
    if (!this.#isOpen) return;
    const item = this.#encloseAgain(message);
    this.#bound?.stashed(item);
    this.#mailbox.stash(item);
  }

  #encloseAgain(message: unknown): unknown {
    const received = this.#received;
    if (received === undefined || received.message === message) {
      return received ?? message;
    }
    return new Envelope(message, received.metadata);
  }

  /** Puts what was set aside in front of the ordinary messages. */
  unstash(): void {
    this.#checkFree();
    this.#mailbox.unstash();
  }

  /** Drops the {@linkcode Down} of a monitor. */
  flush(ref: MonitorRef): void {
    const isDown = (message: unknown) => isDownOf(message, ref);
    const index = this.#mailbox.find(isDown, 0);
    if (index < 0) return;
    this.#remove(this.#bound, index);
    if (this.#bound !== undefined) this.#admit(this.#bound);
  }

  /** Drops everything, for ever. A receive that waits is left waiting: nothing holds on to it. */
  close(): void {
    this.#isOpen = false;
    this.#resolve = undefined;
    this.#match = undefined;
    this.#each = undefined;
    if (this.#timer !== undefined) this.#stopTimer();
    this.#mailbox.clear();
    this.#bound?.close();
  }
}

function isDownOf(message: unknown, ref: MonitorRef): boolean {
  if (typeof message !== "object" || message === null) return false;
  const down = message as Partial<Down>;
  return down.type === "down" && down.ref === ref;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
