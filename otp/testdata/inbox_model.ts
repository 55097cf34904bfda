/**
 * What a process does with its mail, as plain arrays.
 *
 * @module
 */

import type { Overflow } from "../overflow.ts";

/** Processes that the process monitors. */
export const TARGETS = 4;

/** What is received, as a value: numbers of the program, words of the system. */
export type Key = number | string;

/** What the process does, one after the other. */
export type Act =
  | {
    readonly type: "receive";
    readonly of: "any" | "signals" | number;
    readonly timeoutMs: number | undefined;
  }
  | { readonly type: "each"; readonly count: number; readonly isAsync: boolean }
  | { readonly type: "stash" | "unstash" }
  | {
    readonly type: "demonitor";
    readonly target: number;
    readonly flush: boolean;
  };

/** By which pid a message is sent with priority, or without. */
export type Way =
  | "pid"
  | "alias"
  | "plainByUrgent"
  | "urgentByPid"
  | "urgentByAlias"
  | "urgent";

/** What is done to the process. */
export type Command =
  | { readonly type: "send"; readonly way: Way; readonly isTagged: boolean }
  | { readonly type: "sendWhenRoom" | "exit" }
  | { readonly type: "end"; readonly target: number }
  | { readonly type: "advance"; readonly ms: number };

/** How the mailbox is bounded. */
export interface Bounds {
  readonly mailboxMax: number;
  readonly overflow: Overflow;
}

/** Whether the process monitors each target with priority. */
export function isUrgentTarget(target: number): boolean {
  return target % 2 === 1;
}

/** A message, and the tag in its metadata. */
export interface Item {
  readonly key: Key;
  readonly tag: number | undefined;
}

/** What a receive returned, and the tag that was seen then. */
export type Received = [Key, tag: number | undefined];

/** What a process does, with plain arrays. */
export class Model {
  urgent: Item[] = [];
  ordinary: Item[] = [];
  stash: Item[] = [];
  readonly received: Received[] = [];
  readonly arrivals: [number, boolean][] = [];
  refused = 0;
  dropped = 0;
  readonly #acts: Act[];
  readonly #bounds: Bounds | undefined;
  readonly #waiting: Item[] = [];
  readonly #watched = new Set(Array(TARGETS).keys());
  #last: Key = "none";
  #tag: number | undefined;
  #left: number | undefined;
  #nowMs = 0;
  #dueMs: number | undefined;

  constructor(acts: readonly Act[], bounds: Bounds | undefined) {
    this.#acts = [...acts];
    this.#bounds = bounds;
  }

  get isDone(): boolean {
    return this.#acts.length === 0;
  }

  get depth(): number {
    return this.urgent.length + this.ordinary.length + this.stash.length;
  }

  get isFull(): boolean {
    return this.depth >= (this.#bounds?.mailboxMax ?? Infinity);
  }

  settle(): void {
    while (this.#acts.length > 0 && this.#do(this.#acts[0]!)) {
      this.#acts.shift();
    }
  }

  #do(act: Act): boolean {
    switch (act.type) {
      case "receive":
        return this.#receive(act);
      case "each":
        return this.#each(act.count);
      case "stash":
        if (typeof this.#last === "number") {
          this.stash.push({ key: this.#last, tag: this.#tag });
        }
        return true;
      case "unstash":
        this.ordinary.unshift(...this.stash);
        this.stash = [];
        return true;
      case "demonitor":
        return this.#demonitor(act);
    }
  }

  #receive({ of, timeoutMs = Infinity }: Act & { type: "receive" }): boolean {
    this.#dueMs ??= this.#nowMs + timeoutMs;
    const isMatch = ({ key }: Item) => matches(of, key);
    const isTaken = this.#take(isMatch);
    if (!isTaken && this.#dueMs > this.#nowMs) return false;
    this.#dueMs = undefined;
    if (!isTaken) this.received.push(["timeout", this.#tag]);
    return true;
  }

  #each(count: number): boolean {
    this.#left ??= count;
    while (this.#left > 0) {
      if (!this.#take(() => true)) return false;
      this.#left--;
    }
    this.#left = undefined;
    return true;
  }

  #take(isMatch: (item: Item) => boolean): boolean {
    for (const queue of [this.urgent, this.ordinary]) {
      const index = queue.findIndex(isMatch);
      if (index < 0) continue;
      const [{ key, tag }] = queue.splice(index, 1) as [Item];
      this.#admit();
      this.#last = key;
      this.#tag = tag;
      this.received.push([key, tag]);
      return true;
    }
    return false;
  }

  #admit(): void {
    while (!this.isFull && this.#waiting.length > 0) {
      const item = this.#waiting.shift()!;
      this.ordinary.push(item);
      this.arrivals.push([item.key as number, true]);
    }
  }

  #demonitor({ target, flush }: Act & { type: "demonitor" }): boolean {
    const isThere = this.#watched.delete(target);
    this.received.push([`demonitor ${isThere}`, this.#tag]);
    if (isThere || !flush) return true;
    const stays = ({ key }: Item) => key !== `down ${target}`;
    this.urgent = this.urgent.filter(stays);
    this.ordinary = this.ordinary.filter(stays);
    this.#admit();
    return true;
  }

  send(item: Item): boolean {
    if (!this.isFull) return this.ordinary.push(item) > 0;
    const { overflow } = this.#bounds!;
    if (overflow === "reject" || overflow === "backPressure") {
      this.refused++;
      return false;
    }
    this.dropped++;
    if (overflow === "dropNewest") return true;
    const isOurs = ({ key }: Item) => typeof key === "number";
    const oldest = this.ordinary.findIndex(isOurs);
    if (oldest < 0) return true;
    this.ordinary.splice(oldest, 1);
    this.ordinary.push(item);
    return true;
  }

  sendWhenRoom(item: Item): void {
    const waits = this.#bounds?.overflow === "backPressure" && this.isFull;
    if (waits) this.#waiting.push(item);
    else this.arrivals.push([item.key as number, this.send(item)]);
  }

  end(target: number): void {
    if (!this.#watched.delete(target)) return;
    const queue = isUrgentTarget(target) ? this.urgent : this.ordinary;
    queue.push({ key: `down ${target}`, tag: undefined });
  }

  kill(): void {
    for (const { key } of this.#waiting) {
      this.arrivals.push([key as number, false]);
    }
    this.#waiting.length = 0;
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    this.settle();
    while (this.#dueMs !== undefined && this.#dueMs <= endMs) {
      this.#nowMs = this.#dueMs;
      this.settle();
    }
    this.#nowMs = endMs;
  }
}

/** Whether a receive takes what is received as `key`. */
export function matches(of: "any" | "signals" | number, key: Key): boolean {
  if (of === "any") return true;
  if (of === "signals") return typeof key === "string";
  return typeof key === "number" && key % of === 0;
}
