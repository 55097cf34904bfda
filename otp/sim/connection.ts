/**
 * Two simulated schedulers as peers.
 *
 * @module
 */

import { type Incarnation, Wire, type WireOptions } from "./wire.ts";

/** How the two sides of a {@linkcode Connection} hear of its end. */
export interface Loss {
  /** Draws after how many milliseconds a side is told. */
  readonly detectMs: () => number;
  /** Called when one was. */
  readonly then: () => void;
}

/** What joins two schedulers until one of them is lost to the other. */
export class Connection {
  readonly #ends: readonly [Incarnation, Incarnation];
  readonly #wires: readonly [Wire, Wire];

  /** Makes each the peer of the other. */
  constructor(
    ends: readonly [Incarnation, Incarnation],
    latencyMs: WireOptions["latencyMs"],
  ) {
    const [one, other] = ends;
    this.#ends = ends;
    this.#wires = [
      new Wire({ from: one, to: other, latencyMs }),
      new Wire({ from: other, to: one, latencyMs }),
    ];
    one.runtime.connect(other.scheduler, this.#wires[0]);
    other.runtime.connect(one.scheduler, this.#wires[1]);
  }

  /** Whether both sides know that it was lost, or are no more. */
  get isOver(): boolean {
    return this.#wires.every((wire) => wire.isOver);
  }

  /** Whether it is between these two. */
  joins(ends: readonly Incarnation[]): boolean {
    return this.#ends.every((end) => ends.includes(end));
  }

  /** Loses all that is on its way. */
  cut({ detectMs, then }: Loss): void {
    for (const wire of this.#wires) wire.cut(0, detectMs(), then);
  }

  /** Loses what a machine that crashes has not sent: all but `kept` of what is on its way. */
  cutFrom(end: Incarnation, kept: number, { detectMs, then }: Loss): void {
    const wire = this.#wires.find(({ from }) => from === end);
    wire?.cut(kept, detectMs(), then);
  }

  /** Tells both sides of a loss that they do not know of yet. */
  hasten(): void {
    for (const wire of this.#wires) wire.hasten();
  }
}
