/**
 * The virtual clock of a simulation, and the choice of what runs next.
 *
 * @module
 */

import { Lane, type Pace, type Task } from "./lane.ts";
import { Digest } from "./digest.ts";

/**
 * Lanes on one clock, which moves when nothing is due.
 *
 * Invariant: `nowMs` never goes back.
 */
export class Timeline {
  /** Milliseconds since the simulation began. */
  nowMs = 0;

  readonly #random: () => number;
  readonly #digest = new Digest();
  // Those with tasks, and some that have run empty since they were looked at.
  #lanes: Lane[] = [];
  #count = 0;

  /** A clock at 0 whose choices are made by `random`. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Digest of all choices so far. */
  get trace(): string {
    return this.#digest.toString();
  }

  /** Adds a lane that runs at `pace`. */
  lane(pace: Pace): Lane {
    return new Lane(this.#count++, pace, (lane) => {
      if (lane.isListed) return;
      lane.isListed = true;
      this.#lanes.push(lane);
    });
  }

  /** Chooses a task among those that are due, or due first by `endMs`, to which it moves the clock. */
  next(endMs: number): Task | undefined {
    this.#unlistEmpty();
    let dueMs = Infinity;
    for (const lane of this.#lanes) dueMs = Math.min(dueMs, lane.dueMs);
    if (dueMs > endMs || dueMs === Infinity) return undefined;
    this.nowMs = Math.max(this.nowMs, dueMs);
    return this.#choose(this.#lanes.filter((lane) => lane.dueMs <= this.nowMs));
  }

  #unlistEmpty(): void {
    if (this.#lanes.every((lane) => lane.count > 0)) return;
    this.#lanes = this.#lanes.filter((lane) => {
      lane.isListed = lane.count > 0;
      return lane.isListed;
    });
  }

  #choose(due: readonly Lane[]): Task {
    const lane = due[Math.floor(this.#random() * due.length)]!;
    this.#digest.add(this.nowMs);
    this.#digest.add(due.length);
    this.#digest.add(lane.id);
    return lane.take();
  }
}
