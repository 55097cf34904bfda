/**
 * What waits in front of a process.
 *
 * @module
 */

import { Envelope, messageIn } from "./envelope.ts";
import { Queue } from "./queue.ts";

// Most mailboxes are empty most of the time. It must stay empty itself.
const NO_ITEMS: Queue<unknown> = new Queue();

/**
 * Items in the order in which a receive looks at them: priority messages, then
 * ordinary ones. An item is a message, or an {@linkcode Envelope} around it.
 *
 * Taking one out of the middle leaves the others in their order.
 */
export class Mailbox {
  /** Whether an item can be an envelope. Most mailboxes never see one, and looking costs. */
  hasEnvelopes = false;
  #ordinary = NO_ITEMS;
  #urgent: Queue<unknown> | undefined;
  #stash: unknown[] | undefined;

  /** How many items a receive can see. */
  get count(): number {
    const { count } = this.#ordinary;
    return this.#urgent === undefined ? count : count + this.#urgent.count;
  }

  /** How many wait, with those that are stashed. */
  get depth(): number {
    return this.#stash === undefined
      ? this.count
      : this.count + this.#stash.length;
  }

  /** Adds an item behind all others. */
  push(item: unknown): void {
    if (this.#ordinary === NO_ITEMS) this.#ordinary = new Queue();
    this.#ordinary.push(item);
  }

  /** Lets go of the room that an empty mailbox keeps for the next items. */
  trim(): void {
    if (this.#ordinary.count === 0) this.#ordinary = NO_ITEMS;
  }

  /** Adds an item behind the priority messages. Returns its index. */
  pushUrgent(item: unknown): number {
    this.#urgent ??= new Queue();
    this.#urgent.push(item);
    return this.#urgent.count - 1;
  }

  /** Takes the first item. The mailbox must not be empty. */
  shift(): unknown {
    const urgent = this.#urgent;
    if (urgent !== undefined && urgent.count > 0) return urgent.shift();
    return this.#ordinary.shift();
  }

  /** The item at `index`, which must be below `count`. */
  at(index: number): unknown {
    const urgents = this.#urgent?.count ?? 0;
    if (index < urgents) return this.#urgent!.at(index);
    return this.#ordinary.at(index - urgents);
  }

  /** Takes the item at `index`, which must be below `count`. */
  take(index: number): unknown {
    const urgents = this.#urgent?.count ?? 0;
    if (index < urgents) return this.#urgent!.take(index);
    return this.#ordinary.take(index - urgents);
  }

  /**
   * Index of the first message at or behind `from` for which `match` is true,
   * or -1.
   */
  find(match: (message: unknown) => boolean, from: number): number {
    const isMatch = this.hasEnvelopes
      ? (item: unknown) => match(messageIn(item))
      : match;
    const urgents = this.#urgent?.count ?? 0;
    if (from < urgents) {
      const index = this.#urgent!.findIndex(isMatch, from);
      if (index >= 0) return index;
    }
    const index = this.#ordinary.findIndex(
      isMatch,
      Math.max(0, from - urgents),
    );
    return index < 0 ? -1 : index + urgents;
  }

  /** Index of the oldest ordinary message, or -1 when there are only signals. */
  findShedable(): number {
    const index = this.#ordinary.findIndex(isShedable, 0);
    return index < 0 ? -1 : index + (this.#urgent?.count ?? 0);
  }

  /** Sets an item aside, where no receive sees it. */
  stash(item: unknown): void {
    this.#stash ??= [];
    this.#stash.push(item);
  }

  /** Puts the stashed items in front of the ordinary ones, in their order. Returns how many. */
  unstash(): number {
    const stashed = this.#stash ?? [];
    this.#stash = undefined;
    if (this.#ordinary === NO_ITEMS) this.#ordinary = new Queue();
    stashed.reverse().forEach((item) => this.#ordinary.unshift(item));
    return stashed.length;
  }

  /** Drops everything. */
  clear(): void {
    this.#ordinary = NO_ITEMS;
    this.#urgent = undefined;
    this.#stash = undefined;
  }
}

function isShedable(item: unknown): boolean {
  return !(Envelope.is(item) && item.isSystem);
}
