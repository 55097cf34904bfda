/**
 * The schedulers of one permission set.
 *
 * @module
 */

import { Pid, type Runtime } from "@rusm/otp";
import type { SchedulerInfo } from "./engine_options.ts";
import type { PostedStart } from "./guests.ts";
import type { LinkAnswer, LinkReport } from "./link_desk.ts";
import { CORE_PROCESSES_MAX, PROCESSES_MAX } from "./limits.ts";
import {
  RemoteScheduler,
  type SchedulerListener,
  type SchedulerOptions,
  type Tie,
} from "./remote_scheduler.ts";
import type { Switchboard } from "./switchboard.ts";
import { makeLink } from "./wasi/files/new_link.ts";
import type { Command } from "./wire.ts";

/** Makes a component known. */
export type Load = Extract<Command, { type: "load" }>;

/** Who hears of what happens in a pool. */
export interface PoolListener {
  /** A process has ended. */
  readonly exited: SchedulerListener["exited"];
  /** A process has logged. */
  readonly logged: SchedulerListener["logged"];
  /** A process has trapped. */
  readonly dumped: SchedulerListener["dumped"];
  /** A process asks the node for something. */
  readonly asked: SchedulerListener["asked"];
  /** A message was dropped. */
  readonly refused: SchedulerListener["refused"];
  /** A scheduler was lost; its processes were reported as ended. */
  lost(scheduler: number, why: string): void;
}

/** How a pool is made. */
export interface PoolOptions {
  /** Where its processes' signals go, and who allots their pids. */
  readonly runtime: Runtime;
  /** What ties its schedulers to all others of the node. */
  readonly switchboard: Switchboard;
  /** Index of the node. */
  readonly node: number;
  /** Indices of its schedulers, which are its own. */
  readonly schedulers: readonly number[];
  /** What its Workers may do. */
  readonly permissions: Deno.PermissionOptionsObject;
  /** See {@linkcode SchedulerOptions.program}. */
  readonly program?: URL;
  /** Whether another takes the place of a scheduler that is lost; true when absent. */
  readonly isReplaced?: boolean;
}

/**
 * Schedulers that run processes of equal permissions.
 *
 * All of them start with the pool, ahead of need. One that is lost is replaced,
 * if it has ever run; its processes end.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #listener: PoolListener;
  readonly #schedulers = new Map<number, RemoteScheduler>();
  // By the number of the component.
  readonly #loads = new Map<number, Load>();
  #closing: Promise<void> | undefined;

  /** Starts the schedulers. When one cannot be made, those before it are closed. */
  constructor(options: PoolOptions, listener: PoolListener) {
    this.#options = options;
    this.#listener = listener;
    try {
      for (const index of options.schedulers) this.#start(index);
    } catch (failure) {
      // Nobody would have the pool to close it.
      this.close();
      throw failure;
    }
  }

  /** Resolves when all schedulers take commands; rejects when one cannot start. */
  async ready(): Promise<void> {
    const schedulers = [...this.#schedulers.values()];
    await Promise.all(schedulers.map((scheduler) => scheduler.ready));
  }

  /** Whether all its schedulers are gone, for ever. */
  get isDead(): boolean {
    return this.#schedulers.size === 0;
  }

  /** How many processes live here. */
  get aliveCount(): number {
    let count = 0;
    for (const { living } of this.#schedulers.values()) count += living.size;
    return count;
  }

  /** Its schedulers, in no order. */
  *schedulers(): Generator<SchedulerInfo> {
    for (const [scheduler, remote] of this.#schedulers) {
      const { living: { size: aliveCount }, isSilent, lastLoad: load } = remote;
      const known = load === undefined ? {} : { load };
      yield { scheduler, aliveCount, isSilent, ...known };
    }
  }

  /** The processes that live here. */
  *pids(): Generator<Pid> {
    const { node } = this.#options;
    for (const [index, { living }] of this.#schedulers) {
      for (const serial of living.keys()) yield new Pid(node, index, serial);
    }
  }

  #start(index: number): void {
    const { runtime, switchboard, isReplaced = true, ...rest } = this.#options;
    const { exchange } = switchboard;
    const options: SchedulerOptions = { ...rest, scheduler: index, exchange };
    let hasRun = false;
    const scheduler = new RemoteScheduler(options, {
      signalled: (signal) => void runtime.signal(signal),
      exited: this.#listener.exited,
      logged: this.#listener.logged,
      dumped: this.#listener.dumped,
      refused: this.#listener.refused,
      asked: this.#listener.asked,
      untagged: (tag, pid) => switchboard.tags.forget(tag, pid),
      opened: (opening) => switchboard.connect(index, opening),
      named: (report) => switchboard.names.heed(index, report),
      linking: (report) => scheduler.answer(this.#link(report)),
      lost: (why) => this.#lose(index, why, hasRun && isReplaced),
    });
    scheduler.ready.then(() => hasRun = true, () => {});
    this.#schedulers.set(index, scheduler);
    switchboard.add(index, scheduler);
    for (const load of this.#loads.values()) scheduler.load(load);
  }

  // 1. The scheduler is no longer the way to its processes, so that nothing
  //    more is sent there and monitors of them fire.
  // 2. Its processes are reported as ended.
  // 3. Only then another takes its index: pids go on where they were.
  #lose(index: number, why: string, isReplaced: boolean): void {
    const { switchboard, node } = this.#options;
    const { living } = this.#schedulers.get(index)!;
    const message = `The scheduler was lost: ${why}`;
    const reason = { type: "crashed", name: "SchedulerLost", message } as const;
    this.#schedulers.delete(index);
    switchboard.remove(index, reason);
    for (const [serial, component] of living) {
      this.#listener.exited(new Pid(node, index, serial), component, reason);
    }
    if (isReplaced) this.#start(index);
    this.#listener.lost(index, why);
  }

  // What the process may do is read here, not believed.
  #link(report: LinkReport): LinkAnswer {
    const load = this.#loads.get(report.component);
    const errno = makeLink(load?.capability.preopens ?? [], report);
    return { type: "linked", pid: report.pid, errno };
  }

  /** Makes a component known to all schedulers, also to those that start later. */
  load(load: Load): void {
    this.#loads.set(load.component, load);
    for (const scheduler of this.#schedulers.values()) scheduler.load(load);
  }

  /** Makes all schedulers forget a component, whose processes have ended. */
  unload(component: number): void {
    this.#loads.delete(component);
    for (const scheduler of this.#schedulers.values()) {
      scheduler.unload(component);
    }
  }

  /**
   * Spawns a process on the scheduler with the fewest. Undefined when all are
   * full, or silent: what is spawned on a scheduler that may be stuck would be
   * lost with it.
   *
   * @param tie See {@linkcode RemoteScheduler.spawn}.
   */
  spawn(component: number, start: PostedStart, tie?: Tie): Pid | undefined {
    const place = this.#leastLoaded(this.#roomFor(component));
    if (place === undefined) return undefined;
    const [index, scheduler] = place;
    const pid = this.#options.runtime.allot(index);
    scheduler.spawn(pid, component, start, tie);
    return pid;
  }

  // A script takes megabytes, and nobody but its scheduler counts them.
  #roomFor(component: number): number {
    const load = this.#loads.get(component);
    const isScript = load === undefined || load.code.type === "script";
    return isScript ? PROCESSES_MAX : CORE_PROCESSES_MAX;
  }

  #leastLoaded(
    max: number,
  ): [index: number, scheduler: RemoteScheduler] | undefined {
    let least: [number, RemoteScheduler] | undefined;
    let count = max;
    for (const entry of this.#schedulers) {
      const { isSilent, living: { size } } = entry[1];
      if (!isSilent && size < count) [least, count] = [entry, size];
    }
    return least;
  }

  /** Asks every scheduler for a sign of life. */
  ping(): void {
    for (const scheduler of [...this.#schedulers.values()]) scheduler.ping();
  }

  /**
   * Closes the schedulers, whose processes have ended, when all that they have
   * sent is on its way.
   */
  async retire(): Promise<void> {
    await Promise.all(
      [...this.#schedulers].map(([index, scheduler]) =>
        this.#retire(index, scheduler)
      ),
    );
  }

  async #retire(index: number, scheduler: RemoteScheduler): Promise<void> {
    await scheduler.retire();
    // It can be lost or closed while it retires.
    if (this.#schedulers.get(index) !== scheduler) return;
    const { switchboard } = this.#options;
    this.#schedulers.delete(index);
    switchboard.remove(index, "noproc");
  }

  /**
   * Ends all processes at once, and then the schedulers. Idempotent.
   *
   * @returns Resolves when the Workers are gone, or were terminated.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { switchboard } = this.#options;
    const closings = [...this.#schedulers].map(([index, scheduler]) => {
      const closing = scheduler.close();
      switchboard.remove(index, "shutdown");
      return closing;
    });
    this.#schedulers.clear();
    await Promise.all(closings);
  }
}
