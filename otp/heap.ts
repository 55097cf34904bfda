/**
 * A priority queue of deadlines.
 *
 * @module
 */

/** What a {@linkcode Heap} is ordered by. */
export interface Deadline {
  /** When it is due. */
  readonly dueMs: number;
  /** Of two that are due at once, the lower goes first. */
  readonly order: number;
}

/** Deadlines in a binary heap, the earliest first. */
export class Heap<Item extends Deadline> {
  #items: Item[] = [];

  /** How many there are. */
  get count(): number {
    return this.#items.length;
  }

  /** The earliest; undefined when there is none. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  /** Adds one. */
  push(item: Item): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isEarlier(items[parent]!, item)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes the earliest. There must be one. */
  shift(): Item {
    const first = this.#items[0]!;
    const last = this.#items.pop()!;
    if (this.#items.length > 0) this.#sink(last);
    return first;
  }

  #sink(item: Item): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = items[child + 1];
      if (right !== undefined && isEarlier(right, items[child]!)) child++;
      if (isEarlier(item, items[child]!)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }

  /** Drops all for which `isKept` is false, which is asked about the earliest first. */
  keep(isKept: (item: Item, index: number) => boolean): void {
    const sorted = this.#items.sort((one, other) =>
      isEarlier(one, other) ? -1 : 1
    );
    this.#items = sorted.filter(isKept);
  }
}

function isEarlier(one: Deadline, other: Deadline): boolean {
  return one.dueMs < other.dueMs ||
    (one.dueMs === other.dueMs && one.order < other.order);
}
