/**
 * Names of processes: each for one living process.
 *
 * @module
 */

import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";

/** Told of names, as they are given and taken back. Must not throw. */
export interface NameWatcher {
  /** `pid` has `name` from now on. */
  registered(name: string, pid: Pid): void;
  /** `pid` has `name` no more. Told before anybody hears of its end. */
  unregistered(name: string, pid: Pid): void;
}

/**
 * The names of one runtime.
 *
 * Invariant: a name of a process of this thread is listed for as long as that
 * lives and holds it. No name is listed twice.
 */
export class Names {
  readonly #processes = new Map<string, Process>();
  // Of processes of other schedulers and nodes.
  readonly #away = new Map<string, Pid>();
  // The names that each process holds, in the order they were registered.
  readonly #names = new Map<Process, Set<string>>();
  readonly #watchers = new Set<NameWatcher>();

  /** The process that holds `name`. */
  find(name: string): Pid | undefined {
    return this.#processes.get(name)?.pid ?? this.#away.get(name);
  }

  /** The names that `process` holds. */
  of(process: Process): string[] {
    return [...this.#names.get(process) ?? []];
  }

  /** Gives `name` to a living process. Returns false when it is taken. */
  register(name: string, process: Process): boolean {
    if (this.#isTaken(name)) return false;
    this.#processes.set(name, process);
    const names = this.#names.get(process) ?? new Set();
    this.#names.set(process, names.add(name));
    this.#tell((watcher) => watcher.registered(name, process.pid));
    return true;
  }

  #isTaken(name: string): boolean {
    return this.#processes.has(name) || this.#away.has(name);
  }

  #tell(tell: (watcher: NameWatcher) => void): void {
    for (const watcher of this.#watchers) tell(watcher);
  }

  /** Notes that a process elsewhere holds `name`. Returns false when it is taken. */
  registerAway(name: string, pid: Pid): boolean {
    if (this.#isTaken(name)) return false;
    this.#away.set(name, pid);
    this.#tell((watcher) => watcher.registered(name, pid));
    return true;
  }

  /** Takes `name` back. Returns false when nobody holds it. */
  unregister(name: string): boolean {
    const pid = this.find(name);
    if (pid === undefined) return false;
    this.#away.delete(name);
    this.#forget(name);
    this.#tell((watcher) => watcher.unregistered(name, pid));
    return true;
  }

  #forget(name: string): void {
    const process = this.#processes.get(name);
    if (process === undefined) return;
    this.#processes.delete(name);
    const names = this.#names.get(process)!;
    names.delete(name);
    if (names.size === 0) this.#names.delete(process);
  }

  /** Takes back all names of a process that has ended. */
  release(process: Process): void {
    const names = this.#names.get(process);
    if (names !== undefined) {
      [...names].forEach((name) => this.unregister(name));
    }
  }

  /** Takes back all names of processes elsewhere for which `isLost` is true. */
  releaseAway(isLost: (pid: Pid) => boolean): void {
    for (const [name, pid] of [...this.#away]) {
      if (isLost(pid)) this.unregister(name);
    }
  }

  /** Tells `watcher` of all names there are, and of all that happens to names. Returns what ends that. */
  watch(watcher: NameWatcher): () => void {
    for (const [name, { pid }] of this.#processes) {
      watcher.registered(name, pid);
    }
    for (const [name, pid] of this.#away) watcher.registered(name, pid);
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}
