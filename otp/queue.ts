/**
 * A queue that can also give up what waits in its middle.
 *
 * @module
 */

/** Slots of the first chunk of a queue. */
const SLOTS_MIN = 4;

/** Slots of the largest chunk; a queue that is longer is a chain of them. */
const SLOTS_MAX = 4_096;

/** Slots that an empty queue may keep. */
const IDLE_SLOTS_MAX = 64;

/**
 * Items in a row. Invariant: 0 ≤ head ≤ tail ≤ slots.length; slots outside
 * `head…tail` hold undefined, so that what was taken can be collected.
 */
interface Chunk<Item> {
  slots: (Item | undefined)[];
  head: number;
  tail: number;
  next: Chunk<Item> | undefined;
}

/** Where an item is. */
interface Place<Item> {
  readonly before: Chunk<Item> | undefined;
  readonly chunk: Chunk<Item>;
  readonly at: number;
}

/**
 * A first-in first-out queue: a chain of chunks, most often of one.
 *
 * Invariant: no chunk is empty but an only one.
 */
export class Queue<Item> {
  #first: Chunk<Item> = newChunk(0);
  #last = this.#first;
  #count = 0;

  /** How many items wait. */
  get count(): number {
    return this.#count;
  }

  /** Adds an item behind all others. */
  push(item: Item): void {
    if (this.#last.tail === this.#last.slots.length) this.#makeRoom();
    const last = this.#last;
    last.slots[last.tail++] = item;
    this.#count++;
  }

  #makeRoom(): void {
    const { slots, head, tail } = this.#last;
    if (head > tail / 2) moveToStart(this.#last);
    else if (slots.length < SLOTS_MAX) grow(this.#last);
    else {
      const chunk = newChunk<Item>(SLOTS_MAX);
      this.#last.next = chunk;
      this.#last = chunk;
    }
  }

  /** Adds an item in front of all others. */
  unshift(item: Item): void {
    if (this.#count === 0) return this.push(item);
    if (this.#first.head === 0) this.#makeRoomInFront();
    const first = this.#first;
    first.slots[--first.head] = item;
    this.#count++;
  }

  #makeRoomInFront(): void {
    const chunk = newChunk<Item>(Math.min(this.#count, SLOTS_MAX));
    chunk.head = chunk.tail = chunk.slots.length;
    chunk.next = this.#first;
    this.#first = chunk;
  }

  /** Takes the oldest item. The queue must not be empty. */
  shift(): Item {
    const first = this.#first;
    const item = first.slots[first.head]!;
    first.slots[first.head++] = undefined;
    this.#count--;
    if (first.head === first.tail) this.#leave(undefined, first);
    return item;
  }

  // Gives up a chunk that is empty.
  #leave(before: Chunk<Item> | undefined, chunk: Chunk<Item>): void {
    if (this.#count === 0) {
      chunk.head = chunk.tail = 0;
      // A flood that is over must not hold on to its slots.
      if (chunk.slots.length > IDLE_SLOTS_MAX) this.clear();
    } else if (before === undefined) this.#first = chunk.next!;
    else {
      before.next = chunk.next;
      if (chunk.next === undefined) this.#last = before;
    }
  }

  /** The item at `index`, 0 being the oldest. There must be one. */
  at(index: number): Item {
    const { chunk, at } = this.#placeOf(index);
    return chunk.slots[at]!;
  }

  #placeOf(index: number): Place<Item> {
    let before: Chunk<Item> | undefined;
    let chunk = this.#first;
    let left = index;
    while (left >= chunk.tail - chunk.head) {
      left -= chunk.tail - chunk.head;
      before = chunk;
      chunk = chunk.next!;
    }
    return { before, chunk, at: chunk.head + left };
  }

  /**
   * Index of the first item at or behind `from` for which `isWanted` is true, or
   * -1. What is added meanwhile is looked at too.
   */
  findIndex(isWanted: (item: Item) => boolean, from: number): number {
    if (from >= this.#count) return -1;
    const { chunk: first, at } = this.#placeOf(from);
    let index = from;
    let skipped = at - first.head;
    for (
      let chunk: Chunk<Item> | undefined = first;
      chunk !== undefined;
      chunk = chunk.next
    ) {
      // Counted from the head: what is added may move the items of a chunk.
      for (; chunk.head + skipped < chunk.tail; skipped++, index++) {
        if (isWanted(chunk.slots[chunk.head + skipped]!)) return index;
      }
      skipped = 0;
    }
    return -1;
  }

  /** Takes the item at `index`; the others keep their order. */
  take(index: number): Item {
    if (index === 0) return this.shift();
    const { before, chunk, at } = this.#placeOf(index);
    const item = chunk.slots[at]!;
    closeGap(chunk, at);
    this.#count--;
    if (chunk.head === chunk.tail) this.#leave(before, chunk);
    return item;
  }

  /** Drops all items. */
  clear(): void {
    this.#first = newChunk(0);
    this.#last = this.#first;
    this.#count = 0;
  }
}

function newChunk<Item>(length: number): Chunk<Item> {
  const slots = new Array<Item | undefined>(length).fill(undefined);
  return { slots, head: 0, tail: 0, next: undefined };
}

function moveToStart<Item>(chunk: Chunk<Item>): void {
  const { slots, head, tail } = chunk;
  slots.copyWithin(0, head, tail).fill(undefined, tail - head);
  chunk.head = 0;
  chunk.tail = tail - head;
}

function grow<Item>(chunk: Chunk<Item>): void {
  const { slots } = chunk;
  const length = Math.max(SLOTS_MIN, slots.length * 2);
  const larger = new Array<Item | undefined>(length).fill(undefined);
  for (let at = 0; at < slots.length; at++) larger[at] = slots[at];
  chunk.slots = larger;
}

// Moves whichever side is shorter.
function closeGap<Item>(chunk: Chunk<Item>, at: number): void {
  const { slots, head, tail } = chunk;
  if (at - head < tail - at) {
    slots.copyWithin(head + 1, head, at);
    slots[chunk.head++] = undefined;
  } else {
    slots.copyWithin(at, at + 1, tail);
    slots[--chunk.tail] = undefined;
  }
}
