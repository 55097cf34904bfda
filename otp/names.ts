/**
 * Names of processes: each for one living process of this thread.
 *
 * @module
 */

import type { Process } from "./process.ts";

/**
 * The names of one runtime.
 *
 * Invariant: a name is listed for as long as its process lives and holds it.
 */
export class Names {
  readonly #processes = new Map<string, Process>();
  // The names that each process holds, in the order they were registered.
  readonly #names = new Map<Process, Set<string>>();

  /** The process that holds `name`. */
  find(name: string): Process | undefined {
    return this.#processes.get(name);
  }

  /** The names that `process` holds. */
  of(process: Process): string[] {
    return [...this.#names.get(process) ?? []];
  }

  /** Gives `name` to a living process. Returns false when it is taken. */
  register(name: string, process: Process): boolean {
    if (this.#processes.has(name)) return false;
    this.#processes.set(name, process);
    const names = this.#names.get(process) ?? new Set();
    this.#names.set(process, names.add(name));
    return true;
  }

  /** Takes `name` back. Returns false when nobody holds it. */
  unregister(name: string): boolean {
    const process = this.#processes.get(name);
    if (process === undefined) return false;
    this.#processes.delete(name);
    const names = this.#names.get(process)!;
    names.delete(name);
    if (names.size === 0) this.#names.delete(process);
    return true;
  }

  /** Takes back all names of a process that has ended. */
  release(process: Process): void {
    const names = this.#names.get(process);
    if (names !== undefined) {
      [...names].forEach((name) => this.unregister(name));
    }
  }
}
