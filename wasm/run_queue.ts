/**
 * Who runs on a scheduler: one guest at a time.
 *
 * @module
 */

const NOW = Promise.resolve();

// Who had its turn is not held on to.
function GONE(): void {}

// Few enough to be moved while a guest runs, and many enough to do so rarely.
const GONE_MAX = 1_024;

/**
 * Lets one guest run at a time, in the order they came.
 *
 * A thread cannot run two anyway. Taking turns keeps a guest that overruns its
 * slice behind the others, lets all of them use the instance and the stack that
 * are still in the cache, and makes the time between `enter` and `leave` the
 * guest's own.
 */
export class RunQueue {
  #isBusy = false;
  #waiting: (() => void)[] = [];
  // Index of the first that still waits.
  #head = 0;
  #onIdle: (() => void)[] = [];

  /** How many wait for their turn. */
  get waitingCount(): number {
    return this.#waiting.length - this.#head;
  }

  /** Resolves when it is the caller's turn, which lasts until it calls `leave`. */
  enter(): Promise<void> {
    if (this.#isBusy) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#isBusy = true;
    return NOW;
  }

  /** Calls `enter` when it is the caller's turn, and never at once. It must not throw. */
  enterBy(enter: () => void): void {
    if (this.#isBusy) this.#waiting.push(enter);
    else void NOW.then(() => this.#tryEnterBy(enter));
  }

  // Others may have come first.
  #tryEnterBy(enter: () => void): void {
    if (this.tryEnter()) enter();
    else this.#waiting.push(enter);
  }

  /** Takes the turn when nobody has it. Returns whether the caller has it now. */
  tryEnter(): boolean {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    return true;
  }

  /** Ends the caller's turn. Only who has the turn may call it. */
  leave(): void {
    if (this.#head === this.#waiting.length) this.#rest();
    else this.#next();
  }

  #next(): void {
    const enter = this.#waiting[this.#head]!;
    this.#waiting[this.#head++] = GONE;
    if (this.#head > GONE_MAX) this.#forget();
    else if (this.#head === this.#waiting.length) {
      this.#waiting.length = this.#head = 0;
    }
    enter();
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
