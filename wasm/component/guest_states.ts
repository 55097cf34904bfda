/**
 * What each process has of its own, for functions of the host.
 *
 * @module
 */

import type { HostGuest, HostState } from "./host.ts";

/** Something of a process, and what it is closed by. */
interface Kept {
  readonly value: unknown;
  readonly close: () => void;
}

/** The states of one process. */
export class GuestStates {
  readonly #guest: HostGuest;
  readonly #states = new Map<HostState<unknown>, Kept>();

  /** Nothing was asked for yet. */
  constructor(guest: HostGuest) {
    this.#guest = guest;
  }

  /** See {@linkcode HostGuest.state}. */
  of<State>(key: HostState<State>): State {
    let kept = this.#states.get(key as HostState<unknown>);
    if (kept === undefined) {
      const value = key.create(this.#guest);
      kept = { value, close: () => key.close?.(value) };
      this.#states.set(key as HostState<unknown>, kept);
    }
    return kept.value as State;
  }

  /** Closes all, the latest first. */
  close(): void {
    for (const { close } of [...this.#states.values()].reverse()) {
      try {
        close();
      } catch (error) {
        // It may not throw; if it does, what else there is is closed all the same.
        this.#guest.log(0, `Cannot close what a process had: ${error}`);
      }
    }
    this.#states.clear();
  }
}
