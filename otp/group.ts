/**
 * Process groups: processes that are addressed, watched or killed as one.
 *
 * @module
 */

import {
  type GroupChange,
  type GroupMonitor,
  type GroupMonitorRef,
  GroupMonitors,
} from "./group_monitor.ts";
import { findProcess, Membership } from "./membership.ts";
import type { Pid } from "./pid.ts";
import type { Runtime } from "./runtime.ts";

/** Told of members, as they join and leave. Must not throw. */
export interface GroupWatcher<Group = string> {
  /** `pid` is in `group` from now on. */
  joined(group: Group, pid: Pid): void;
  /** `pid` is in `group` no more. Told before anybody hears of its end. */
  left(group: Group, pid: Pid): void;
}

/**
 * The process groups of one runtime.
 *
 * A group is there for as long as it has a member. A process can be in many
 * groups; it has left them all when it ends, before any watcher or link is told.
 * Only living processes of the runtime can join; an alias stands for its
 * process. Joining and leaving takes the same time however large the group is.
 *
 * RUSM calls a group a tag: `register-tag`, `unregister-tag`, `whereis-tag` and
 * `kill-tag` of its guest interface are {@linkcode Groups.join},
 * {@linkcode Groups.leave}, {@linkcode Groups.members} and
 * {@linkcode Groups.killTag}.
 *
 * @typeParam Group Compared as the keys of a `Map`: an object equals only itself.
 * @typeParam Message What the members accept.
 *
 * @see Erlang `pg`. Differs: a process is in a group or not, where pg counts
 * how often it joined and has it leave as often; members are listed in the order
 * they joined; groups of other nodes are not seen.
 *
 * @example Workers that stop together
 * ```ts
 * import { Groups, Runtime } from "@rusm/otp";
 * import { deepStrictEqual, strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const groups = new Groups<string, string>(runtime);
 * const body = () => new Promise(() => {});
 * const one = runtime.spawn<string>(body);
 * const other = runtime.spawn<string>(body);
 * groups.join("workers", one.pid);
 * groups.join("workers", other.pid);
 *
 * strictEqual(groups.broadcast("workers", "hurry"), 2);
 * groups.leave("workers", one.pid);
 * deepStrictEqual(groups.members("workers"), [other.pid]);
 * strictEqual(groups.killTag("workers"), 1);
 * deepStrictEqual(groups.whichGroups(), []);
 * one.kill();
 * ```
 */
export class Groups<Group = string, Message = never> {
  readonly #runtime: Runtime;
  readonly #members: Membership<Group, Pid<Message>>;
  readonly #monitors: GroupMonitors<Group, Message>;
  readonly #watcher: GroupWatcher<Group> | undefined;

  /**
   * No groups yet.
   *
   * @param runtime Whose processes can join.
   * @param watcher Told of all who join and leave; nobody is when absent.
   */
  constructor(runtime: Runtime, watcher?: GroupWatcher<Group>) {
    const monitors = new GroupMonitors<Group, Message>(runtime);
    this.#runtime = runtime;
    this.#monitors = monitors;
    this.#watcher = watcher;
    this.#members = new Membership((group, pid) => {
      monitors.tell("leave", group, pid);
      watcher?.left(group, pid);
    });
  }

  /**
   * Adds a process to a group, unless it is in there.
   *
   * @returns Whether it is a member now; false when it is not alive here.
   *
   * @see Erlang `pg:join/2`.
   */
  join(group: Group, pid: Pid<Message>): boolean {
    const process = findProcess(this.#runtime, pid);
    if (process === undefined) return false;
    if (this.#members.add(group, process, process.pid)) {
      this.#monitors.tell("join", group, process.pid);
      this.#watcher?.joined(group, process.pid);
    }
    return true;
  }

  /**
   * Takes a process out of a group.
   *
   * @returns False when it was not a member.
   *
   * @see Erlang `pg:leave/2`.
   */
  leave(group: Group, pid: Pid): boolean {
    const process = findProcess(this.#runtime, pid);
    return process !== undefined && this.#members.remove(group, process);
  }

  /**
   * The members of a group as it is now, the oldest membership first; none when
   * there is no such group. Owned by the caller.
   *
   * @see Erlang `pg:get_members/1`.
   */
  members(group: Group): Pid<Message>[] {
    return this.#members.of(group);
  }

  /** How many members a group has. */
  countOf(group: Group): number {
    return this.#members.countOf(group);
  }

  /**
   * The groups that have a member, the one that has had any for longest first.
   *
   * @see Erlang `pg:which_groups/0`.
   */
  whichGroups(): Group[] {
    return this.#members.keys();
  }

  /**
   * The groups of a process, in the order it joined them; none when it is not
   * alive here.
   */
  groupsOf(pid: Pid): Group[] {
    const process = findProcess(this.#runtime, pid);
    return process === undefined ? [] : this.#members.keysOf(process);
  }

  /**
   * Sends `message` to the members of a group, the oldest membership first.
   * Never waits. One whose mailbox is full does not get it, which
   * {@linkcode Runtime.counters} counts; the others do.
   *
   * @param message Shared, not copied.
   * @returns How many got it.
   */
  broadcast(group: Group, message: NoInfer<Message>): number {
    let reached = 0;
    for (const pid of this.members(group)) {
      if (this.#runtime.send(pid, message)) reached++;
    }
    return reached;
  }

  /**
   * Kills the members that a group has now, the caller too if it is one. Who
   * joins meanwhile is spared.
   *
   * @returns How many have ended, by the kill or by a link with one of them.
   *
   * @see RUSM `kill_tag`.
   */
  killTag(group: Group): number {
    const pids = this.members(group);
    for (const pid of pids) this.#runtime.kill(pid);
    return pids.length;
  }

  /**
   * Tells `watcher` of each process that joins or leaves a group from now on,
   * also by its end, by a {@linkcode GroupChange}. The group need not be there
   * yet. Every call is a monitor of its own, which goes when the watcher ends.
   *
   * A change is an ordinary message: a full mailbox refuses it, which
   * {@linkcode Runtime.counters} counts.
   *
   * @returns Undefined when `watcher` is not alive here.
   *
   * @see Erlang `pg:monitor/1`.
   */
  monitor(
    group: Group,
    watcher: Pid<GroupChange<Group, Message>>,
  ): GroupMonitor<Message> | undefined {
    const ref = this.#monitors.add(group, watcher);
    return ref && { ref, pids: this.members(group) };
  }

  /**
   * Ends a monitor. Changes that are already in the mailbox stay there.
   *
   * @returns False when it was not there.
   *
   * @see Erlang `pg:demonitor/1`.
   */
  demonitor(ref: GroupMonitorRef): boolean {
    return this.#monitors.remove(ref);
  }
}
