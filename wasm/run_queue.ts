/**
 * Who runs on a scheduler: one guest at a time.
 *
 * @module
 */

const NOW = Promise.resolve();

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
  #head = 0;

  /** Resolves when it is the caller's turn, which lasts until it calls `leave`. */
  enter(): Promise<void> {
    if (this.#isBusy) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#isBusy = true;
    return NOW;
  }

  /** Takes the turn when nobody has it. Returns whether the caller has it now. */
  tryEnter(): boolean {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    return true;
  }

  /** Ends the caller's turn. Only who has the turn may call it. */
  leave(): void {
    const next = this.#waiting[this.#head++];
    if (next !== undefined) return next();
    this.#isBusy = false;
    this.#waiting = [];
    this.#head = 0;
  }
}
