/**
 * Registries: processes under keys, each with a value.
 *
 * @module
 */

import { findProcess, Membership } from "./membership.ts";
import type { Pid } from "./pid.ts";
import type { Runtime } from "./runtime.ts";

/** How a {@linkcode Registry} is made. */
export interface RegistryOptions {
  /** Whether a key is for one process, or for any number of them. */
  readonly keys: "unique" | "duplicate";
}

/** One process under one key. It never changes; an update puts another in its place. */
export interface RegistryEntry<Value, in Message = never> {
  /** The process. */
  readonly pid: Pid<Message>;
  /** What it was registered with, or last updated to. */
  readonly value: Value;
}

/**
 * Finds processes of one runtime by key.
 *
 * The entries of a process are gone when it ends, before any watcher or link is
 * told; so who hears of the end can take its place at once. Nothing takes
 * longer because there are many processes or keys, but to list them.
 *
 * A pid that names no living process of the runtime is never registered: not
 * one that has ended, nor one of another scheduler. An alias stands for its
 * process.
 *
 * @typeParam Key Compared as the keys of a `Map`: an object equals only itself.
 * @typeParam Value What is kept with a process.
 * @typeParam Message What the processes accept.
 *
 * @see Elixir `Registry`. Differs: anybody may register a process, not only
 * itself; a process has at most one entry of a key, also where keys are
 * duplicate; there are no matches, selections or partitions.
 *
 * @example Workers by job
 * ```ts
 * import { Registry, Runtime } from "@rusm/otp";
 * import { deepStrictEqual, strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const jobs = new Registry<number, { readonly retries: number }, string>(
 *   runtime,
 *   { keys: "unique" },
 * );
 * const worker = runtime.spawn<string>((self) => self.receive());
 * const rival = runtime.spawn<string>((self) => self.receive());
 *
 * strictEqual(jobs.register(7, worker.pid, { retries: 0 }), true);
 * strictEqual(jobs.register(7, rival.pid, { retries: 0 }), false);
 * jobs.update(7, worker.pid, ({ retries }) => ({ retries: retries + 1 }));
 * deepStrictEqual(jobs.lookup(7), [
 *   { pid: worker.pid, value: { retries: 1 } },
 * ]);
 *
 * worker.kill();
 * deepStrictEqual(jobs.lookup(7), []);
 * strictEqual(jobs.register(7, rival.pid, { retries: 2 }), true);
 * rival.kill();
 * ```
 */
export class Registry<Key, Value, Message = never> {
  readonly #runtime: Runtime;
  readonly #isUnique: boolean;
  readonly #members = new Membership<Key, RegistryEntry<Value, Message>>();

  /**
   * A registry without entries.
   *
   * @param runtime Whose processes it holds.
   */
  constructor(runtime: Runtime, options: RegistryOptions) {
    this.#runtime = runtime;
    this.#isUnique = options.keys === "unique";
  }

  /**
   * Registers a process under a key. It can have entries of many keys.
   *
   * @param value Shared, not copied, with all that look it up.
   * @returns False when it is not registered: it already has an entry of that
   * key, another has it and keys are unique, or it is not alive here. Then
   * {@linkcode Registry.lookup} says who has it.
   *
   * @see Elixir `Registry.register/3`.
   */
  register(key: Key, pid: Pid<Message>, value: Value): boolean {
    const process = findProcess(this.#runtime, pid);
    if (process === undefined) return false;
    if (this.#isUnique && this.#members.countOf(key) > 0) return false;
    return this.#members.add(key, process, { pid: process.pid, value });
  }

  /**
   * Takes the entry of a process under a key back.
   *
   * @returns False when there is none.
   *
   * @see Elixir `Registry.unregister/2`.
   */
  unregister(key: Key, pid: Pid): boolean {
    const process = findProcess(this.#runtime, pid);
    return process !== undefined && this.#members.remove(key, process);
  }

  /**
   * The entries of a key as they are now, the oldest first; at most one when
   * keys are unique. Owned by the caller.
   *
   * @see Elixir `Registry.lookup/2`.
   */
  lookup(key: Key): RegistryEntry<Value, Message>[] {
    return this.#members.of(key);
  }

  /**
   * The entry of one process under a key.
   *
   * @returns Undefined when there is none.
   *
   * @see Elixir `Registry.values/3`.
   */
  find(key: Key, pid: Pid): RegistryEntry<Value, Message> | undefined {
    const process = findProcess(this.#runtime, pid);
    return process && this.#members.find(key, process);
  }

  /**
   * Puts another value in the place of that of a process. It keeps its place
   * among the entries of the key.
   *
   * @param change Called once, with the value as it is. When it throws, the
   * value stays.
   * @returns False when there is no entry: then `change` was not called, or took
   * the entry away itself.
   *
   * @see Elixir `Registry.update_value/3`. Differs: also where keys are
   * duplicate.
   */
  update(key: Key, pid: Pid, change: (value: Value) => Value): boolean {
    const process = findProcess(this.#runtime, pid);
    const entry = process && this.#members.find(key, process);
    if (process === undefined || entry === undefined) return false;
    const value = change(entry.value);
    return this.#members.replace(key, process, { pid: entry.pid, value });
  }

  /**
   * The keys of a process, in the order it was registered; none when it is not
   * alive here.
   *
   * @see Elixir `Registry.keys/2`.
   */
  keys(pid: Pid): Key[] {
    const process = findProcess(this.#runtime, pid);
    return process === undefined ? [] : this.#members.keysOf(process);
  }

  /** The keys that have an entry, the one that has had any for longest first. */
  allKeys(): Key[] {
    return this.#members.keys();
  }

  /**
   * How many entries there are.
   *
   * @see Elixir `Registry.count/1`.
   */
  count(): number {
    return this.#members.count;
  }

  /** How many entries a key has. */
  countOf(key: Key): number {
    return this.#members.countOf(key);
  }
}
