/**
 * Who of other threads is in which group.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";

/** Memberships that this thread was told of. */
export class AwayTags {
  // Both in the order they were told. By pid as a u64.
  readonly #members = new Map<string, Map<bigint, Pid>>();
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The members of a group, the oldest first. */
  of(tag: string): Pid[] {
    return [...this.#members.get(tag)?.values() ?? []];
  }

  /** How many members each group has. */
  counts(): [tag: string, count: number][] {
    return [...this.#members].map(([tag, { size }]) => [tag, size]);
  }

  /** All memberships. */
  all(): [tag: string, pids: bigint[]][] {
    return [...this.#members].map(([tag, pids]) => [tag, [...pids.keys()]]);
  }

  /** Whether a process is in a group. */
  has(tag: string, pid: Pid): boolean {
    return this.#members.get(tag)?.has(pid.toBigInt()) ?? false;
  }

  /** Notes one. Returns false when it is there. */
  add(tag: string, pid: Pid): boolean {
    const key = pid.toBigInt();
    const members = this.#members.get(tag) ?? new Map<bigint, Pid>();
    if (members.has(key)) return false;
    this.#members.set(tag, members.set(key, pid));
    this.#count++;
    return true;
  }

  /** Forgets one. Returns false when it is not there. */
  remove(tag: string, pid: Pid): boolean {
    const members = this.#members.get(tag);
    if (!members?.delete(pid.toBigInt())) return false;
    if (members.size === 0) this.#members.delete(tag);
    this.#count--;
    return true;
  }

  /** Forgets those of a scheduler. */
  lose(scheduler: number): void {
    for (const [tag, members] of this.#members) {
      for (const pid of members.values()) {
        if (pid.scheduler === scheduler) this.remove(tag, pid);
      }
    }
  }
}
