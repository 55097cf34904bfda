/**
 * Processes that have a scheduler, and so a thread, of their own.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";
import { permissionsOf } from "./capability.ts";
import type { SchedulerInfo } from "./engine_options.ts";
import type { PostedStart } from "./guests.ts";
import type { Indices } from "./indices.ts";
import {
  type Load,
  Pool,
  type PoolListener,
  type PoolOptions,
} from "./pool.ts";
import type { Tie } from "./remote_scheduler.ts";

/** What all dedicated schedulers of an engine have in common. */
export type DedicatedOptions =
  & Pick<PoolOptions, "runtime" | "switchboard" | "node">
  & {
    /** Where their indices come from, and go back to. */
    readonly indices: Indices;
    /** How many processes may live at once. */
    readonly processesMax: number;
  };

/**
 * Starts a scheduler for each process, and closes it when the process has
 * ended. One that is lost is not replaced: its process is gone.
 */
export class Dedicated {
  readonly #options: DedicatedOptions;
  readonly #listener: PoolListener;
  readonly #loads = new Map<number, Load>();
  // Each of one scheduler, by its index.
  readonly #pools = new Map<number, Pool>();
  #closing: Promise<void> | undefined;

  /** Without a process. */
  constructor(options: DedicatedOptions, listener: PoolListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** How many processes live. */
  get aliveCount(): number {
    let count = 0;
    for (const pool of this.#pools.values()) count += pool.aliveCount;
    return count;
  }

  /** Their schedulers, in no order. */
  *schedulers(): Generator<SchedulerInfo> {
    for (const pool of this.#pools.values()) yield* pool.schedulers();
  }

  /** The processes that live. */
  *pids(): Generator<Pid> {
    for (const pool of this.#pools.values()) yield* pool.pids();
  }

  /** Makes a component known. */
  load(load: Load): void {
    this.#loads.set(load.component, load);
  }

  /** Forgets a component, whose processes have ended. */
  unload(component: number): void {
    this.#loads.delete(component);
  }

  /** Resolves at once: there is nothing to start before there is a process. */
  ready(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Spawns a process on a scheduler of its own. Undefined when there are too
   * many of them, or of schedulers.
   *
   * @param tie See {@linkcode RemoteScheduler.spawn}.
   * @throws The Worker cannot be made; then nothing is left behind.
   */
  spawn(component: number, start: PostedStart, tie?: Tie): Pid | undefined {
    const isFull = this.#pools.size >= this.#options.processesMax;
    if (isFull || this.#closing !== undefined) return undefined;
    const index = this.#options.indices.take(1)?.[0];
    if (index === undefined) return undefined;
    try {
      const pool = this.#start(index, this.#loads.get(component)!);
      return pool.spawn(component, start, tie);
    } catch (failure) {
      this.#options.indices.give(index);
      throw failure;
    }
  }

  #start(index: number, load: Load): Pool {
    const { indices: _indices, processesMax: _max, ...rest } = this.#options;
    const permissions = permissionsOf(load.capability);
    const options = { ...rest, permissions, schedulers: [index] };
    const pool = new Pool({ ...options, isReplaced: false }, {
      ...this.#listener,
      exited: (pid, component, reason, linkedTo) => {
        this.#listener.exited(pid, component, reason, linkedTo);
        this.#retire(index, pool);
      },
      lost: (scheduler, why) => {
        this.#release(index, pool);
        this.#listener.lost(scheduler, why);
      },
    });
    this.#pools.set(index, pool);
    pool.load(load);
    return pool;
  }

  async #retire(index: number, pool: Pool): Promise<void> {
    await pool.retire();
    this.#release(index, pool);
  }

  // Called twice for one that is lost while it is retired.
  #release(index: number, pool: Pool): void {
    if (this.#pools.get(index) !== pool) return;
    this.#pools.delete(index);
    this.#options.indices.give(index);
  }

  /** Asks every scheduler for a sign of life. */
  ping(): void {
    for (const pool of [...this.#pools.values()]) pool.ping();
  }

  /** Ends all processes at once, and then their schedulers; see {@linkcode Pool.close}. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }
}
