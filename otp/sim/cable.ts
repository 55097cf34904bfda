/**
 * What lies between two simulated machines.
 *
 * @module
 */

import { Connection, type Loss } from "./connection.ts";
import type { Incarnation } from "./wire.ts";

/** What is at an end of a {@linkcode Cable}: a machine, whatever runs there. */
export interface Plug {
  /** What runs there, or ran there until the crash. */
  readonly current: Incarnation;
}

/** What all cables of a cluster have in common. */
export interface CableOptions {
  /** The clock. */
  readonly nowMs: () => number;
  /** Draws how long a signal takes. */
  readonly latencyMs: () => number;
  /** Draws how long a loss goes unnoticed. */
  readonly detectMs: () => number;
  /** Draws which part of what a machine has sent still leaves it when it crashes, from 0 up to 1. */
  readonly keptPart: () => number;
}

/**
 * Joins two machines by one connection after the other.
 *
 * A connection loses nothing but at its end, and both sides have seen its end
 * before the next one begins.
 *
 * @see Erlang, "Distribution protocol": as between two nodes.
 */
export class Cable {
  readonly #plugs: readonly [Plug, Plug];
  readonly #options: CableOptions;
  // Those of which a side has not seen the end.
  #connections: Connection[] = [];
  #isCut = false;
  #slowMs = 0;
  #slowUntilMs = 0;

  /** A cable that joins what runs at both ends. */
  constructor(plugs: readonly [Plug, Plug], options: CableOptions) {
    this.#plugs = plugs;
    this.#options = options;
    this.#join();
  }

  #join(): void {
    this.#connections = this.#connections.filter(({ isOver }) => !isOver);
    const [{ current: one }, { current: other }] = this.#plugs;
    const ends = [one, other] as const;
    const isJoined = this.#connections.some((each) => each.joins(ends));
    if (isJoined || this.#isCut || !one.host.isUp || !other.host.isUp) return;
    this.#connections.push(new Connection(ends, () => this.#latencyMs()));
  }

  #latencyMs(): number {
    const { latencyMs, nowMs } = this.#options;
    const isSlow = nowMs() < this.#slowUntilMs;
    return latencyMs() + (isSlow ? this.#slowMs : 0);
  }

  /** Lets nothing through until it is healed. */
  cut(): void {
    this.#isCut = true;
    for (const connection of this.#connections) connection.cut(this.#loss());
  }

  // Who was told last makes room for the next connection.
  #loss(): Loss {
    const { detectMs } = this.#options;
    return { detectMs, then: () => this.#join() };
  }

  /** Tells both sides of what was lost, and joins them again. */
  heal(): void {
    this.#isCut = false;
    for (const connection of this.#connections) connection.hasten();
    this.#join();
  }

  /** What runs now at an end has crashed. */
  crashed({ current }: Plug): void {
    for (const connection of this.#connections) {
      connection.cutFrom(current, this.#options.keptPart(), this.#loss());
    }
  }

  /** Something else runs now at an end, where there was a crash. */
  restarted(): void {
    if (!this.#isCut) this.heal();
  }

  /** Makes all that is sent within `forMs` milliseconds `byMs` milliseconds later. */
  slow(byMs: number, forMs: number): void {
    this.#slowMs = byMs;
    this.#slowUntilMs = this.#options.nowMs() + forMs;
  }
}
