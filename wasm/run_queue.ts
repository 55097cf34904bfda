/**
 * Who runs on a scheduler: one guest at a time.
 *
 * @module
 */

const NOW = Promise.resolve();

/** Who waits for its turn. */
export interface Entrant {
  /** Called when it is its turn. Must not throw. */
  enter(): void;
}

// Who had its turn is not held on to.
const GONE: Entrant = { enter() {} };

function NEVER(): boolean {
  return false;
}

function milliseconds(): number {
  return Math.floor(performance.now());
}

// Few enough to be moved while a guest runs, and many enough to do so rarely.
const GONE_MAX = 1_024;

/** What a queue knows of its thread. */
export interface RunQueueOptions {
  /** Whether somebody may be about to come whom only the event loop can bring; never when absent. */
  readonly hasMail?: () => boolean;
  /** Counts time, in any unit; milliseconds when absent. */
  readonly now?: () => number;
}

/**
 * Lets one guest run at a time, in the order they came.
 *
 * Guests that were preempted wait apart. Those that come, since they have got
 * what they waited for, go before them, for one unit of time: then one that was
 * preempted has its turn. So neither keeps the other from the thread for long,
 * and who only works a little at a time does not wait for whole slices.
 *
 * A thread cannot run two anyway. Taking turns keeps a guest that overruns its
 * slice behind the others, lets all of them use the instance and the stack that
 * are still in the cache, and makes the time between `enter` and `leave` the
 * guest's own.
 */
export class RunQueue {
  #isBusy = false;
  #waiting: Entrant[] = [];
  // Index of the first that still waits.
  #head = 0;
  // The one that waits longest first.
  readonly #again: (() => void)[] = [];
  // When one was preempted last.
  #preemptedAt = 0;
  readonly #hasMail: () => boolean;
  readonly #now: () => number;
  #onIdle: (() => void)[] = [];

  /** A queue in which nobody waits. */
  constructor({ hasMail = NEVER, now = milliseconds }: RunQueueOptions = {}) {
    this.#hasMail = hasMail;
    this.#now = now;
  }

  /** How many wait for their turn. */
  get waitingCount(): number {
    return this.#waiting.length - this.#head + this.#again.length;
  }

  /** Whether who is preempted now should let others go first, who were not. */
  get isWanted(): boolean {
    return this.#head < this.#waiting.length || this.#hasMail();
  }

  /**
   * Ends the turn of who has run for long, and resolves when it has its next
   * one: behind the others, and behind the event loop.
   *
   * @param macrotask Calls back when the event loop has gone round.
   */
  async preempt(macrotask: (callback: () => void) => void): Promise<void> {
    const from = this.#preemptedAt = this.#now();
    this.leave();
    // In one turn of it others may only be about to come.
    do await new Promise<void>((resolve) => macrotask(resolve)); while (
      this.#hasMail() && this.#now() === from
    );
    if (this.tryEnter()) return;
    await new Promise<void>((enter) => this.#again.push(enter));
  }

  /** Resolves when it is the caller's turn, which lasts until it calls `leave`. */
  enter(): Promise<void> {
    if (this.#isBusy) {
      return new Promise((enter) => this.#waiting.push({ enter }));
    }
    this.#isBusy = true;
    return NOW;
  }

  /** Tells `entrant` when it is its turn, and never at once. */
  enterBy(entrant: Entrant): void {
    if (this.#isBusy) this.#waiting.push(entrant);
    else void NOW.then(() => this.#tryEnterBy(entrant));
  }

  // Others may have come first.
  #tryEnterBy(entrant: Entrant): void {
    if (this.tryEnter()) entrant.enter();
    else this.#waiting.push(entrant);
  }

  /** Takes the turn when nobody has it. Returns whether the caller has it now. */
  tryEnter(): boolean {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    return true;
  }

  /** Ends the caller's turn. Only who has the turn may call it. */
  leave(): void {
    const isNew = this.#head < this.#waiting.length;
    const isAgain = this.#again.length > 0 &&
      !(isNew && this.#preemptedAt === this.#now());
    if (isAgain) this.#again.shift()!();
    else if (isNew) this.#next();
    else this.#rest();
  }

  #next(): void {
    const entrant = this.#waiting[this.#head]!;
    this.#waiting[this.#head++] = GONE;
    if (this.#head > GONE_MAX) this.#forget();
    else if (this.#head === this.#waiting.length) {
      this.#waiting.length = this.#head = 0;
    }
    entrant.enter();
  }

  #rest(): void {
    this.#isBusy = false;
    if (this.#onIdle.length === 0) return;
    this.#onIdle.forEach((resolve) => resolve());
    this.#onIdle = [];
  }

  /** Resolves when nobody has the turn. */
  idle(): Promise<void> {
    if (!this.#isBusy) return NOW;
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  // Where guests never run out, the queue is never empty.
  #forget(): void {
    if (this.#head * 2 <= this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }
}
