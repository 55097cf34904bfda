/**
 * Checking types beside all else.
 *
 * @module
 */

import type { Component } from "../bundle/component.ts";
import type { Problem } from "../bundle/problem.ts";

/** What a check is about. */
export interface TypeCheck {
  /** All components of the app. */
  readonly components: readonly Component[];
  /** The files that each is made of, by its name. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
}

/** Finds what is wrong with types. */
export type CheckTypes = (
  check: TypeCheck,
  signal: AbortSignal,
) => Promise<readonly Problem[]>;

/** Checks types, one time after the other. */
export class TypeChecks {
  readonly #check: CheckTypes;
  readonly #told: (problems: readonly Problem[]) => void;
  readonly #stopping = new AbortController();
  #next: TypeCheck | undefined;
  #running: Promise<void> | undefined;

  /** Tells `told` of what each check finds, also when that is nothing. */
  constructor(
    check: CheckTypes,
    told: (problems: readonly Problem[]) => void,
  ) {
    this.#check = check;
    this.#told = told;
  }

  /**
   * Has `check` made when the one under way has ended; it takes the place of one
   * that waits. Does nothing when closed.
   */
  request(check: TypeCheck): void {
    if (this.#stopping.signal.aborted) return;
    this.#next = check;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let check; (check = this.#next) !== undefined;) {
      this.#next = undefined;
      const problems = await this.#check(check, signal);
      // One that has begun since knows better.
      if (this.#next === undefined && !signal.aborted) this.#told(problems);
    }
    this.#running = undefined;
  }

  /** Cuts a check short, and makes no more. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#next = undefined;
    await this.#running;
  }
}
