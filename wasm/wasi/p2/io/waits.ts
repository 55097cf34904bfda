/**
 * What a process waits for.
 *
 * @module
 */

import { anyReady, type Condition } from "../../watchers.ts";

/** The waits of one process that are under way. */
export class Waits {
  // Made when one waits.
  #stops: Map<object, () => void> | undefined;
  #hasStopped = false;

  /** Waits until one of `conditions` is ready; for ever once all were stopped. */
  async until(conditions: readonly Condition[]): Promise<void> {
    const wait = {};
    try {
      await anyReady(conditions, (stop) => this.#keep(wait, stop));
    } finally {
      this.#stops?.delete(wait);
    }
  }

  #keep(wait: object, stop: () => void): void {
    if (this.#hasStopped) return stop();
    this.#stops ??= new Map();
    this.#stops.set(wait, stop);
  }

  /** Ends all waits, which never resolve then: nothing waits for a process that has ended. */
  stop(): void {
    this.#hasStopped = true;
    if (this.#stops === undefined) return;
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }
}
