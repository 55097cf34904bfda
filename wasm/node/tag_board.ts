/**
 * Groups over all schedulers of a node, as the main thread has them.
 *
 * @module
 */

import { Groups, type Pid, type Runtime } from "@rusm/otp";
import type { Crier } from "../name_board.ts";
import type { Tiding } from "../wire.ts";
import { AwayTags } from "./away_tags.ts";
import { NODE_TAGS_MAX } from "./limits.ts";

/** The groups of a node. */
export interface Tags {
  /**
   * Adds a process of the main thread to a group, unless it is in there.
   *
   * @returns Whether it is a member now; false when it is not alive here.
   */
  join(tag: string, pid: Pid<never>): boolean;

  /** Takes a process of the main thread out of a group. Returns false when it was not in there. */
  leave(tag: string, pid: Pid): boolean;

  /** The members of a group, of all threads, as far as this one has heard. */
  members(tag: string): Pid[];

  /** How many members each group has; none has 0. */
  counts(): ReadonlyMap<string, number>;

  /** Kills the members of a group. Returns how many they were. */
  kill(tag: string): number;
}

/**
 * Tells all schedulers who is in which group.
 *
 * Each scheduler decides for its own processes, and has a copy of all others'.
 * A guest goes on after it has joined when all schedulers were told:
 *
 * 1. a guest that has joined a group and tells another of it
 * 2. is found in it by that one, as with names.
 */
export class TagBoard implements Tags {
  readonly #runtime: Runtime;
  readonly #crier: Crier;
  readonly #away = new AwayTags();
  readonly #own: Groups<string>;

  /** No groups yet. Processes of `runtime` can be in them, too. */
  constructor(runtime: Runtime, crier: Crier) {
    this.#runtime = runtime;
    this.#crier = crier;
    this.#own = new Groups<string>(runtime, {
      joined: (tag, pid) => this.#tell("tagged", tag, pid),
      left: (tag, pid) => this.#tell("untagged", tag, pid),
    });
  }

  #tell(type: "tagged" | "untagged", tag: string, pid: Pid): void {
    this.#crier.tellAll({ type, tag, pid }, undefined);
  }

  /** All groups, for a scheduler that is new. */
  all(): Tiding {
    const own = this.#own.whichGroups().map((tag) =>
      [tag, this.#own.members(tag).map((pid) => pid.toBigInt())] as const
    );
    return { type: "tags", tags: [...own, ...this.#away.all()] };
  }

  join(tag: string, pid: Pid<never>): boolean {
    return this.#own.join(tag, pid);
  }

  leave(tag: string, pid: Pid): boolean {
    return this.#own.leave(tag, pid);
  }

  members(tag: string): Pid[] {
    return [...this.#own.members(tag), ...this.#away.of(tag)];
  }

  counts(): ReadonlyMap<string, number> {
    const counts = new Map(this.#away.counts());
    for (const tag of this.#own.whichGroups()) {
      counts.set(tag, (counts.get(tag) ?? 0) + this.#own.countOf(tag));
    }
    return counts;
  }

  kill(tag: string): number {
    const pids = this.members(tag);
    for (const pid of pids) this.#runtime.kill(pid);
    return pids.length;
  }

  /** Notes a member on another scheduler. Returns false when there are too many. */
  note(tag: string, pid: Pid): boolean {
    if (this.#away.count >= NODE_TAGS_MAX) return false;
    if (this.#away.add(tag, pid)) this.#spread("tagged", tag, pid);
    return true;
  }

  /** Forgets a member on another scheduler. */
  forget(tag: string, pid: Pid): void {
    if (this.#away.remove(tag, pid)) this.#spread("untagged", tag, pid);
  }

  // Its own scheduler knows, and leaves it out.
  #spread(type: "tagged" | "untagged", tag: string, pid: Pid): void {
    this.#crier.tellAll({ type, tag, pid }, pid.scheduler);
  }

  /** Forgets the members on a scheduler that is gone; the others hear of that themselves. */
  lost(scheduler: number): void {
    this.#away.lose(scheduler);
  }
}
