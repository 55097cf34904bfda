/**
 * The queue of messages in front of a process.
 *
 * @module
 */

/** Messages that were taken and not yet cut off; below it, cutting costs more than it frees. */
const TAKEN_MAX = 1_024;

/**
 * Messages in the order they arrived.
 *
 * Taking one out of the middle leaves the others in their order.
 * Invariant: 0 ≤ head ≤ items.length; items before head were taken.
 */
export class Mailbox {
  #items: unknown[] = [];
  #head = 0;

  /** How many messages wait. */
  get count(): number {
    return this.#items.length - this.#head;
  }

  /** Adds a message behind all others. */
  push(message: unknown): void {
    this.#items.push(message);
  }

  /** Takes the oldest message. The mailbox must not be empty. */
  shift(): unknown {
    const message = this.#items[this.#head];
    this.#advance();
    return message;
  }

  // Gives up the slot at the head, and in time the memory of those before it.
  #advance(): void {
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head >= TAKEN_MAX && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Drops all messages. */
  clear(): void {
    if (this.#items.length > TAKEN_MAX) this.#items = [];
    else this.#items.length = 0;
    this.#head = 0;
  }

  /**
   * Index of the oldest message at or behind `from` for which `match` is true,
   * or -1. Index 0 is the oldest message.
   */
  find(match: (message: unknown) => boolean, from: number): number {
    for (let index = from; index < this.count; index++) {
      if (match(this.#items[this.#head + index])) return index;
    }
    return -1;
  }

  /** Takes the message at `index`, which {@linkcode Mailbox.find} returned. */
  take(index: number): unknown {
    if (index === 0) return this.shift();
    if (index === this.count - 1) return this.#items.pop();
    const at = this.#head + index;
    const message = this.#items[at];
    if (index < this.count / 2) {
      this.#items.copyWithin(this.#head + 1, this.#head, at);
      this.#advance();
    } else this.#items.splice(at, 1);
    return message;
  }
}
