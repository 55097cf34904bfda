/**
 * How many processes live, for the log.
 *
 * @module
 */

import type { Host } from "@rusm/otp";
import { CENSUS_MS } from "../limits.ts";
import type { Log } from "../log.ts";

/** What a {@linkcode CensusBoard} needs. */
export interface CensusOptions {
  /** Has the timer. */
  readonly host: Pick<Host, "timer">;
  /** Takes the lines. */
  readonly log: Pick<Log, "lifecycle">;
  /** How many members each group has; none has 0. */
  readonly tags: () => ReadonlyMap<string, number>;
}

/**
 * Counts the processes of each component, and writes the counts some time after
 * they have changed: once for all that changed meanwhile, and not at all when they
 * are what they were.
 */
export class CensusBoard {
  readonly #options: CensusOptions;
  // Without those that have none. An end can be told before its begin.
  readonly #counts = new Map<string, number>();
  #last = "";
  #stopTimer: (() => void) | undefined;
  #isClosed = false;

  /** Nothing lives yet. */
  constructor(options: CensusOptions) {
    this.#options = options;
  }

  /** Notes that a process of `component` began. */
  spawned(component: string): void {
    this.#add(component, 1);
  }

  /** Notes that a process of `component` ended. */
  exited(component: string): void {
    this.#add(component, -1);
  }

  #add(component: string, change: number): void {
    const count = (this.#counts.get(component) ?? 0) + change;
    if (count === 0) this.#counts.delete(component);
    else this.#counts.set(component, count);
    if (this.#isClosed || this.#stopTimer !== undefined) return;
    const { host } = this.#options;
    this.#stopTimer = host.timer(CENSUS_MS, () => this.#tell());
  }

  #tell(): void {
    this.#stopTimer = undefined;
    const { log, tags } = this.#options;
    const components = sorted(this.#counts);
    const groups = sorted(tags());
    const text = JSON.stringify([[...components], [...groups]]);
    if (text === this.#last) return;
    this.#last = text;
    log.lifecycle({ type: "census", components, tags: groups });
  }

  /** Writes nothing more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }
}

// Who came first must not make two lines of one census.
function sorted(counts: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...counts].sort(([left], [right]) => left < right ? -1 : 1));
}
