/**
 * A queue that can also give up what waits in its middle.
 *
 * @module
 */

/** Items that the first slots hold. */
const FIRST_SLOTS = 4;

/** Slots that an empty queue may keep. */
const IDLE_SLOTS_MAX = 1_024;

const NONE: never[] = [];

/**
 * A first-in first-out queue in a ring of slots.
 *
 * Invariant: the number of slots is 0 or a power of two; slots outside
 * `#head…#tail` hold undefined, so that what was taken can be collected.
 * Positions count up without end, as 32-bit integers that wrap around.
 */
export class Queue<Item> {
  #slots: (Item | undefined)[] = NONE;
  #mask = -1;
  #head = 0;
  #tail = 0;

  /** How many items wait. */
  get count(): number {
    return (this.#tail - this.#head) | 0;
  }

  /** Adds an item behind all others. */
  push(item: Item): void {
    if (this.count === this.#slots.length) this.#grow();
    this.#slots[this.#tail & this.#mask] = item;
    this.#tail = (this.#tail + 1) | 0;
  }

  /** Adds an item in front of all others. */
  unshift(item: Item): void {
    if (this.count === this.#slots.length) this.#grow();
    this.#head = (this.#head - 1) | 0;
    this.#slots[this.#head & this.#mask] = item;
  }

  #grow(): void {
    this.#resize(Math.max(this.#slots.length * 2, FIRST_SLOTS));
  }

  #resize(length: number): void {
    const { count } = this;
    const slots = new Array<Item | undefined>(length).fill(undefined);
    for (let index = 0; index < count; index++) slots[index] = this.at(index);
    this.#slots = slots;
    this.#mask = length - 1;
    this.#head = 0;
    this.#tail = count;
  }

  /** The item at `index`, 0 being the oldest. There must be one. */
  at(index: number): Item {
    return this.#slots[(this.#head + index) & this.#mask]!;
  }

  /** Takes the oldest item. The queue must not be empty. */
  shift(): Item {
    const at = this.#head & this.#mask;
    const item = this.#slots[at]!;
    this.#slots[at] = undefined;
    this.#head = (this.#head + 1) | 0;
    if (this.#head === this.#tail) this.#rest();
    return item;
  }

  // A flood that is over must not hold on to its slots.
  #rest(): void {
    if (this.#slots.length > IDLE_SLOTS_MAX) this.clear();
  }

  /** Takes the item at `index`; the others keep their order. */
  take(index: number): Item {
    const item = this.at(index);
    if (index < this.count / 2) {
      for (let at = index; at > 0; at--) this.#set(at, this.at(at - 1));
      this.shift();
    } else {
      const last = this.count - 1;
      for (let at = index; at < last; at++) this.#set(at, this.at(at + 1));
      this.#pop();
    }
    return item;
  }

  #set(index: number, item: Item): void {
    this.#slots[(this.#head + index) & this.#mask] = item;
  }

  #pop(): void {
    this.#tail = (this.#tail - 1) | 0;
    this.#slots[this.#tail & this.#mask] = undefined;
    if (this.#head === this.#tail) this.#rest();
  }

  /** Drops all items. */
  clear(): void {
    this.#slots = NONE;
    this.#mask = -1;
    this.#head = 0;
    this.#tail = 0;
  }
}
