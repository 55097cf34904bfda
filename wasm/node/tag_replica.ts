/**
 * Groups over all schedulers of a node, as a scheduler in a Worker sees them.
 *
 * @module
 */

import { Groups, Pid, type Runtime } from "@rusm/otp";
import type { TagTiding } from "../wire.ts";
import { AwayTags } from "./away_tags.ts";

/** What a replica tells the main thread. */
export interface TagTeller {
  /** Asks to make a membership known. Resolves to whether there was room for it. */
  joined(tag: string, pid: Pid): Promise<boolean>;
  /** Tells of one that is no more. */
  left(tag: string, pid: Pid): void;
}

/**
 * The groups of the processes of one scheduler, and a copy of all others.
 *
 * A process leaves its groups with its end, before anybody hears of that here;
 * elsewhere that is known when the main thread has told.
 */
export class TagReplica {
  readonly #runtime: Runtime;
  readonly #scheduler: number;
  readonly #teller: TagTeller;
  readonly #own: Groups<string>;
  readonly #away = new AwayTags();

  /** No groups yet. */
  constructor(runtime: Runtime, scheduler: number, teller: TagTeller) {
    this.#runtime = runtime;
    this.#scheduler = scheduler;
    this.#teller = teller;
    this.#own = new Groups<string>(runtime, {
      joined: () => {},
      left: (tag, pid) => teller.left(tag, pid),
    });
  }

  /**
   * Adds a process of this scheduler to a group, unless it is in there.
   *
   * @returns Whether it is a member now, and all schedulers were told. False
   * when there are too many members on the node.
   */
  join(tag: string, pid: Pid<never>): boolean | Promise<boolean> {
    if (this.isMember(tag, pid)) return true;
    if (!this.#own.join(tag, pid)) return false;
    return this.#spread(tag, pid);
  }

  async #spread(tag: string, pid: Pid): Promise<boolean> {
    const isNoted = await this.#teller.joined(tag, pid);
    if (!isNoted) this.#own.leave(tag, pid);
    return isNoted;
  }

  /** Whether a process of this scheduler is in a group. */
  isMember(tag: string, pid: Pid): boolean {
    return this.tagsOf(pid).includes(tag);
  }

  /** The groups of a process of this scheduler. */
  tagsOf(pid: Pid): string[] {
    return this.#own.groupsOf(pid);
  }

  /** Takes a process of this scheduler out of a group. Returns false when it was not in there. */
  leave(tag: string, pid: Pid): boolean {
    return this.#own.leave(tag, pid);
  }

  /** The members of a group, as far as this scheduler has heard; its own first. */
  members(tag: string): Pid[] {
    return [...this.#own.members(tag), ...this.#away.of(tag)];
  }

  /** Kills the members of a group, the last of which can be `self`. Returns how many they were. */
  kill(tag: string, self: Pid): number {
    const pids = this.members(tag);
    const others = pids.filter((pid) => !pid.equals(self));
    for (const pid of others) this.#runtime.kill(pid);
    if (others.length < pids.length) this.#runtime.kill(self);
    return pids.length;
  }

  /** Takes what the main thread has told. */
  heed(tiding: TagTiding): void {
    switch (tiding.type) {
      case "tags":
        for (const [tag, pids] of tiding.tags) {
          for (const pid of pids) this.#note(tag, Pid.fromBigInt(pid));
        }
        return;
      case "tagged":
        return this.#note(tiding.tag, tiding.pid);
      case "untagged":
        return void this.#away.remove(tiding.tag, tiding.pid);
    }
  }

  #note(tag: string, pid: Pid): void {
    if (pid.scheduler !== this.#scheduler) this.#away.add(tag, pid);
  }

  /** Forgets the members on a scheduler that is gone. */
  lost(scheduler: number): void {
    this.#away.lose(scheduler);
  }
}
