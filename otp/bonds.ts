/**
 * What ties one process to others.
 *
 * @module
 */

import type { Alias } from "./alias.ts";
import { keyOf, type Pid } from "./pid.ts";
import type { Down, MonitorRef } from "./signal.ts";

/** A monitor, as the watcher notes it. */
export interface Watch {
  /** Who is watched. */
  readonly target: Pid;
  /** Whether the Down is a priority message. */
  readonly priority?: boolean | undefined;
  /** Takes the Down in place of the mailbox. Must not throw. */
  readonly take?: ((down: Down) => void) | undefined;
}

/** An unlink on its way. */
interface Unlink {
  readonly pid: Pid;
  readonly id: number;
}

/** What a process waits for, or owns, beside its mailbox. */
export interface Tie {
  /** Who is called, when it is a call that waits. */
  readonly callee?: Pid;
  /** Gives it up, when the process has ended. Must not throw. */
  cancel(): void;
}

/**
 * The links, monitors, aliases and ties of a process that has some.
 *
 * Most processes have few kinds of them, so each is there when it is needed.
 */
export class Bonds {
  // By monitor.
  #watchers: Map<MonitorRef, Pid> | undefined;
  #watched: Map<MonitorRef, Watch> | undefined;
  // By the key of the pid.
  #links: Map<number | string, Pid> | undefined;
  // Those that nobody has answered yet, by the key of the pid.
  #unlinks: Map<number | string, Unlink> | undefined;
  // By number.
  #aliases: Map<number, Alias> | undefined;
  #ties: Set<Tie> | undefined;

  /** Who watches the process, by monitor. */
  get watchers(): ReadonlyMap<MonitorRef, Pid> {
    return this.#watchers ?? NONE;
  }

  /** Notes that `watcher` watches the process. */
  addWatcher(ref: MonitorRef, watcher: Pid): void {
    this.#watchers ??= new Map();
    this.#watchers.set(ref, watcher);
  }

  /** Forgets the monitor `ref`. */
  removeWatcher(ref: MonitorRef): void {
    this.#watchers?.delete(ref);
  }

  /** Whom the process watches, by monitor. */
  get watched(): ReadonlyMap<MonitorRef, Watch> {
    return this.#watched ?? NONE;
  }

  /** Notes that the process watches another. */
  addWatch(ref: MonitorRef, watch: Watch): void {
    this.#watched ??= new Map();
    this.#watched.set(ref, watch);
  }

  /** Forgets the monitor `ref`. Returns what was noted. */
  removeWatch(ref: MonitorRef): Watch | undefined {
    const watch = this.#watched?.get(ref);
    this.#watched?.delete(ref);
    return watch;
  }

  /** Whom the process is linked to. */
  get links(): Pid[] {
    return [...this.#links?.values() ?? []];
  }

  /** Whether there is a link with `pid`. */
  isLinked(pid: Pid): boolean {
    return this.#links?.has(keyOf(pid)) ?? false;
  }

  /** Makes this half of a link. */
  addLink(pid: Pid): void {
    this.#links ??= new Map();
    this.#links.set(keyOf(pid), pid);
  }

  /** Ends this half of a link. Returns whether it was there. */
  removeLink(pid: Pid): boolean {
    return this.#links?.delete(keyOf(pid)) ?? false;
  }

  /** Notes that the process has unlinked `pid`, which does not know yet. */
  addUnlink(pid: Pid, id: number): void {
    this.#unlinks ??= new Map();
    this.#unlinks.set(keyOf(pid), { pid, id });
  }

  /** Whether `pid` may not know yet that the process has unlinked it. */
  isUnlinking(pid: Pid): boolean {
    return this.#unlinks?.has(keyOf(pid)) ?? false;
  }

  /** Notes that `pid` knows of the unlink `id`; does nothing when there was a later one. */
  removeUnlink(pid: Pid, id: number): void {
    const key = keyOf(pid);
    if (this.#unlinks?.get(key)?.id === id) this.#unlinks.delete(key);
  }

  /** Forgets the unlinks of those for which `isLost` is true, who will not answer. */
  removeUnlinksWhere(isLost: (pid: Pid) => boolean): void {
    for (const [key, { pid }] of this.#unlinks ?? []) {
      if (isLost(pid)) this.#unlinks!.delete(key);
    }
  }

  /** Makes an alias active. */
  addAlias(number: number, alias: Alias): void {
    this.#aliases ??= new Map();
    this.#aliases.set(number, alias);
  }

  /** Takes an alias back. Returns whether it was active. */
  removeAlias(number: number): boolean {
    return this.#aliases?.delete(number) ?? false;
  }

  /** The active alias with a number. */
  alias(number: number): Alias | undefined {
    return this.#aliases?.get(number);
  }

  /** Notes what to give up when the process ends. */
  tie(tie: Tie): void {
    this.#ties ??= new Set();
    this.#ties.add(tie);
  }

  /** Forgets `tie`. */
  untie(tie: Tie): void {
    this.#ties?.delete(tie);
  }

  /** Whom the process calls and waits for. */
  callees(): Pid[] {
    const callees = [...this.#ties ?? []].map((tie) => tie.callee);
    return callees.filter((callee) => callee !== undefined);
  }

  /** Takes back the aliases, and gives up what the process waits for and owns. */
  release(): void {
    this.#aliases = undefined;
    this.#ties?.forEach((tie) => tie.cancel());
    this.#ties = undefined;
  }
}

const NONE = new Map<never, never>();
