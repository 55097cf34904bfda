/**
 * What registries, groups and topics are made of: which processes of a runtime
 * hold which keys.
 *
 * @module
 */

import type { Pid } from "./pid.ts";
import type { Tie } from "./bonds.ts";
import type { Process } from "./process.ts";
import { coreOf, type Runtime } from "./runtime.ts";

/** Told of an entry that is gone, by choice or by the end of its process. Must not throw. */
export type Removed<Key, Entry> = (key: Key, entry: Entry) => void;

/**
 * Entries of processes under keys, at most one for each pair. Those of a
 * process go when it ends, before its watchers and links are told.
 *
 * Adding, finding and removing one entry takes the same time however many
 * there are; the end of a process takes time for its own keys only.
 *
 * Invariant: a key is listed for as long as it has an entry, and a process is
 * tied for as long as it has one.
 *
 * @typeParam Key Compared as the keys of a `Map`.
 * @typeParam Entry What is kept for a pair.
 */
export class Membership<Key, Entry> {
  // Both in the order of adding.
  readonly #entries = new Map<Key, Map<Process, Entry>>();
  readonly #holdings = new Map<Process, Holding<Key>>();
  readonly #removed: Removed<Key, Entry> | undefined;
  #count = 0;

  /** A membership without entries. */
  constructor(removed?: Removed<Key, Entry>) {
    this.#removed = removed;
  }

  /** How many entries there are. */
  get count(): number {
    return this.#count;
  }

  /** How many entries a key has. */
  countOf(key: Key): number {
    return this.#entries.get(key)?.size ?? 0;
  }

  /** The keys that have an entry, the oldest first. */
  keys(): Key[] {
    return [...this.#entries.keys()];
  }

  /** The keys under which a process has an entry, the oldest first. */
  keysOf(process: Process): Key[] {
    return [...this.#holdings.get(process)?.keys ?? []];
  }

  /** The entries of a key as they are now, the oldest first. */
  of(key: Key): Entry[] {
    return [...this.#entries.get(key)?.values() ?? []];
  }

  /** The entry of a process under a key. */
  find(key: Key, process: Process): Entry | undefined {
    return this.#entries.get(key)?.get(process);
  }

  /** Adds an entry of a living process. Returns false when there is one. */
  add(key: Key, process: Process, entry: Entry): boolean {
    const entries = this.#entries.get(key) ?? new Map<Process, Entry>();
    if (entries.has(process)) return false;
    this.#entries.set(key, entries.set(process, entry));
    this.#holdingOf(process).keys.add(key);
    this.#count++;
    return true;
  }

  #holdingOf(process: Process): Holding<Key> {
    const before = this.#holdings.get(process);
    if (before !== undefined) return before;
    const holding = new Holding<Key>(process, this);
    this.#holdings.set(process, holding);
    process.tie(holding);
    return holding;
  }

  /** Removes all entries of a process that has ended. */
  release({ process, keys }: Holding<Key>): void {
    this.#holdings.delete(process);
    for (const key of keys) this.#remove(key, process);
  }

  /** Puts `entry` in the place of another. Returns false when there is none. */
  replace(key: Key, process: Process, entry: Entry): boolean {
    const entries = this.#entries.get(key);
    if (!entries?.has(process)) return false;
    entries.set(process, entry);
    return true;
  }

  /** Removes an entry. Returns false when there is none. */
  remove(key: Key, process: Process): boolean {
    const holding = this.#holdings.get(process);
    if (!holding?.keys.delete(key)) return false;
    if (holding.keys.size === 0) {
      this.#holdings.delete(process);
      process.untie(holding);
    }
    this.#remove(key, process);
    return true;
  }

  #remove(key: Key, process: Process): void {
    const entries = this.#entries.get(key)!;
    const entry = entries.get(process)!;
    entries.delete(process);
    if (entries.size === 0) this.#entries.delete(key);
    this.#count--;
    this.#removed?.(key, entry);
  }
}

/** The keys of one process, the oldest first; given up when it ends. */
class Holding<Key> implements Tie {
  readonly process: Process;
  readonly keys: Set<Key> = new Set();
  readonly #membership: Pick<Membership<Key, never>, "release">;

  constructor(
    process: Process,
    membership: Pick<Membership<Key, never>, "release">,
  ) {
    this.process = process;
    this.#membership = membership;
  }

  cancel(): void {
    this.#membership.release(this);
  }
}

/** The living process of `runtime` that `pid` names. */
export function findProcess(runtime: Runtime, pid: Pid): Process | undefined {
  return coreOf(runtime).find(pid);
}
