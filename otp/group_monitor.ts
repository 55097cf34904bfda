/**
 * Monitors of process groups.
 *
 * @module
 */

import { findProcess, Membership } from "./membership.ts";
import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import type { Runtime } from "./runtime.ts";

/** Names one monitor for the life of its {@linkcode Groups}. */
export type GroupMonitorRef = number & { readonly __groupMonitor: true };

/** What {@linkcode Groups.monitor} returns. */
export interface GroupMonitor<in Message> {
  /** Names the monitor. */
  readonly ref: GroupMonitorRef;
  /** The members to which the changes apply, the oldest membership first. */
  readonly pids: readonly Pid<Message>[];
}

/**
 * Tells a watcher who joined or left a group. One that left by its end is told
 * of before its {@linkcode Down}.
 *
 * @see Erlang `{Ref, join, Group, Pids}`.
 */
export interface GroupChange<Group = string, in Message = never> {
  /** The tag. */
  readonly type: "join" | "leave";
  /** Whose monitor it is for. */
  readonly ref: GroupMonitorRef;
  /** The group. */
  readonly group: Group;
  /** Who joined or left, at least one. */
  readonly pids: readonly Pid<Message>[];
}

/** A monitor, as it is kept. */
interface Watch<Group> {
  readonly group: Group;
  readonly watcher: Process;
}

/**
 * The monitors of the groups of one runtime.
 *
 * Invariant: a monitor is among `#watches` for as long as it is in `#watchers`.
 */
export class GroupMonitors<Group, Message> {
  readonly #runtime: Runtime;
  // Who watches each group, by monitor.
  readonly #watchers = new Map<Group, Map<GroupMonitorRef, Process>>();
  readonly #watches: Membership<GroupMonitorRef, Watch<Group>>;
  #refs = 0;

  /** No monitors yet. */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#watches = new Membership((ref, { group }) => {
      this.#forget(ref, group);
    });
  }

  /** Starts a monitor; undefined when `pid` is not alive here. */
  add(group: Group, pid: Pid): GroupMonitorRef | undefined {
    const watcher = findProcess(this.#runtime, pid);
    if (watcher === undefined) return undefined;
    const ref = ++this.#refs as GroupMonitorRef;
    const watchers = this.#watchers.get(group) ?? new Map();
    this.#watchers.set(group, watchers.set(ref, watcher));
    this.#watches.add(ref, watcher, { group, watcher });
    return ref;
  }

  /** Ends a monitor. Returns false when it is not there. */
  remove(ref: GroupMonitorRef): boolean {
    const [watch] = this.#watches.of(ref);
    return watch !== undefined && this.#watches.remove(ref, watch.watcher);
  }

  #forget(ref: GroupMonitorRef, group: Group): void {
    const watchers = this.#watchers.get(group)!;
    watchers.delete(ref);
    if (watchers.size === 0) this.#watchers.delete(group);
  }

  /** Tells the watchers of a group, the oldest monitor first. */
  tell(type: GroupChange["type"], group: Group, pid: Pid<Message>): void {
    const watchers = this.#watchers.get(group);
    if (watchers === undefined) return;
    // What a message sets off can start or end monitors.
    for (const [ref, { pid: to }] of [...watchers]) {
      const change: GroupChange<Group, Message> = {
        type,
        ref,
        group,
        pids: [pid],
      };
      this.#runtime.send(to, change);
    }
  }
}
