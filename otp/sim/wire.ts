/**
 * One direction of a simulated connection.
 *
 * @module
 */

import type { Peer, Runtime } from "../runtime.ts";
import type { Signal } from "../signal.ts";
import { copyOf } from "./copy.ts";
import type { Entry, Lane } from "./lane.ts";
import type { Machine } from "./machine.ts";

/** One life of a scheduler: it ends when its machine crashes. */
export interface Incarnation {
  /** What runs. */
  readonly runtime: Runtime;
  /** Its machine. */
  readonly host: Machine;
  /** Its index in pids, which no other life has. */
  readonly scheduler: number;
}

/** What a {@linkcode Wire} is made with. */
export interface WireOptions {
  /** Who sends. */
  readonly from: Incarnation;
  /** Who receives. */
  readonly to: Incarnation;
  /** Draws how long the next signal takes, if none before it takes longer. */
  readonly latencyMs: () => number;
}

/**
 * Carries copies of signals, late but in their order, until it is cut; after
 * that all is lost, and in the end the receiver is told.
 */
export class Wire implements Peer {
  readonly #options: WireOptions;
  // Of the receiver's machine: what arrives there waits while it pauses.
  readonly #lane: Lane;
  #lastMs = 0;
  #isCut = false;
  #isTold = false;
  #end: Entry | undefined;

  /** A whole wire. */
  constructor(options: WireOptions) {
    this.#options = options;
    this.#lane = options.to.host.lane();
  }

  /** Who sends. */
  get from(): Incarnation {
    return this.#options.from;
  }

  /** Whether something was lost, and the receiver knows, or is no more. */
  get isOver(): boolean {
    return this.#isTold || !this.#options.to.host.isUp;
  }

  // The sender of what is lost does not know.
  send(signal: Signal): boolean {
    const copy = copyOf(signal);
    if (this.#isCut) return true;
    const { to, latencyMs } = this.#options;
    this.#lastMs = Math.max(this.#lastMs, to.host.now() + latencyMs());
    this.#lane.add(this.#lastMs, () => to.runtime.signal(copy));
    return true;
  }

  /**
   * Loses all that is on its way but the oldest, and all to come. Idempotent.
   *
   * @param kept The part that is not lost, 0 to 1.
   * @param detectMs Milliseconds until the receiver is told, if nothing that
   * was kept takes longer.
   * @param then Called when it was told.
   */
  cut(kept: number, detectMs: number, then: () => void): void {
    if (this.#isCut) return;
    this.#isCut = true;
    const { from, to } = this.#options;
    this.#lastMs = this.#lane.truncate(Math.floor(kept * this.#lane.count));
    this.#endAt(to.host.now() + detectMs, () => {
      this.#isTold = true;
      to.runtime.disconnect(from.scheduler);
      then();
    });
  }

  #endAt(dueMs: number, task: () => void): void {
    this.#end = this.#lane.add(Math.max(this.#lastMs, dueMs), task);
  }

  /** Tells the receiver of a cut as soon as what was kept has arrived. */
  hasten(): void {
    const task = this.#end?.task;
    if (task === undefined) return;
    this.#lane.cancel(this.#end!);
    this.#endAt(this.#options.to.host.now(), task);
  }
}
