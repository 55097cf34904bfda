/**
 * What runs one after the other in a simulation.
 *
 * @module
 */

import { type Deadline, Heap } from "../heap.ts";

/** Something that is done in one go. */
export type Task = () => void;

/** A task that waits for its time. */
export interface Entry extends Deadline {
  /** What is done then; undefined once it was taken or cancelled. */
  task: Task | undefined;
}

/** What a {@linkcode Lane} runs on. */
export interface Pace {
  /** Before that nothing runs. */
  readonly resumesMs: number;
}

/**
 * Tasks that never overtake each other: by due time, and when due at once in
 * the order they were added.
 *
 * A cancelled task stays as a husk until it is the first, or until husks are
 * most of the heap.
 * Invariant: the first of the heap is no husk.
 */
export class Lane {
  /** Tells it from the other lanes of its simulation. */
  readonly id: number;
  /** Whether its timeline looks at it. */
  isListed = false;

  readonly #pace: Pace;
  readonly #list: (lane: Lane) => void;
  readonly #heap: Heap<Entry> = new Heap();
  #husks = 0;
  #added = 0;
  #isOpen = true;

  /** A lane without tasks; `list` is called whenever one is added. */
  constructor(id: number, pace: Pace, list: (lane: Lane) => void) {
    this.id = id;
    this.#pace = pace;
    this.#list = list;
  }

  /** When the first task is due; Infinity when there is none. */
  get dueMs(): number {
    const { first } = this.#heap;
    if (first === undefined) return Infinity;
    return Math.max(first.dueMs, this.#pace.resumesMs);
  }

  /** How many tasks wait. */
  get count(): number {
    return this.#heap.count - this.#husks;
  }

  /** Adds a task; in a lane that was closed it never runs. */
  add(dueMs: number, task: Task): Entry {
    const entry = { dueMs, order: this.#added++, task };
    if (!this.#isOpen) return entry;
    this.#heap.push(entry);
    this.#list(this);
    return entry;
  }

  /** Takes `entry` back; harmless when it has run. */
  cancel(entry: Entry): void {
    if (entry.task === undefined || !this.#isOpen) return;
    entry.task = undefined;
    this.#husks++;
    if (this.#husks * 2 > this.#heap.count) this.#sweep();
    else this.#dropHusks();
  }

  #sweep(): void {
    this.#heap.keep(({ task }) => task !== undefined);
    this.#husks = 0;
  }

  #dropHusks(): void {
    while (this.#heap.count > 0 && this.#heap.first!.task === undefined) {
      this.#heap.shift();
      this.#husks--;
    }
  }

  /** Takes the first task. There must be one. */
  take(): Task {
    const entry = this.#heap.shift();
    const task = entry.task!;
    entry.task = undefined;
    this.#dropHusks();
    return task;
  }

  /** Drops all tasks but the first `kept`. Returns when the last of those is due; 0 when none is left. */
  truncate(kept: number): number {
    this.#sweep();
    let lastMs = 0;
    this.#heap.keep((entry, index) => {
      if (index < kept) lastMs = entry.dueMs;
      else entry.task = undefined;
      return index < kept;
    });
    return lastMs;
  }

  /** Drops all tasks, now and for ever. */
  close(): void {
    this.truncate(0);
    this.#isOpen = false;
  }
}
