/**
 * Core modules that run in the test's own thread, without a Worker.
 *
 * @module
 */

import { type ExitReason, type ProcessHandle, Runtime } from "@rusm/otp";

import { type Capability, defineProfile } from "../../capability.ts";
import { Ceilings } from "../../ceilings.ts";
import { CoreProcess } from "../../core/core_process.ts";
import type { CoreInstance } from "../../core/instance.ts";
import { InstancePool } from "../../core/instance_pool.ts";
import { type CoreModule, prepareModule } from "../../core/module.ts";
import { Epoch } from "../../epoch.ts";
import { assemble } from "../../instrument/testdata/text.ts";
import { GUEST_MAILBOX_MAX } from "../../limits.ts";
import type { GuestMessage } from "../../message.ts";
import { RunQueue } from "../../run_queue.ts";
import { WaitingBytes, WaitingTotal } from "../../waiting_bytes.ts";

/** Little memory, and time enough on a busy machine. */
export const ROOMY: Capability = defineProfile("roomy", {
  cpuMsMax: 10_000,
  memoryMbMax: 8,
});

/** May end and list others. */
export const CONTROLLING: Capability = { ...ROOMY, processControl: true };

/** All functions of `rusm`, by their field. */
export const RUSM = `
  (import "rusm" "own_pid" (func $own_pid (result i64)))
  (import "rusm" "notify" (func $notify))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "list_processes" (func $list_processes (param i32 i32) (result i32)))
  (import "rusm" "is_alive" (func $is_alive (param i64) (result i32)))
  (import "rusm" "kill" (func $kill (param i64) (result i32)))
  (import "rusm" "register" (func $register (param i32 i32) (result i32)))
  (import "rusm" "unregister" (func $unregister (param i32 i32) (result i32)))
  (import "rusm" "whereis" (func $whereis (param i32 i32) (result i64)))
  (import "rusm" "set_label" (func $set_label (param i32 i32)))
  (import "rusm" "stream_open" (func $stream_open (param i64) (result i32)))
  (import "rusm" "stream_write" (func $stream_write (param i32 i32 i32) (result i32)))
  (import "rusm" "stream_close" (func $stream_close (param i32)))
  (import "rusm" "stream_accept" (func $stream_accept (result i32)))
  (import "rusm" "stream_read" (func $stream_read (param i32 i32 i32) (result i32)))`;

/** Makes a module of text, with all imports of `rusm`. */
export async function prepare(
  text: string,
  capability: Capability = ROOMY,
): Promise<CoreModule> {
  const bytes = await assemble(`(module ${RUSM} ${text})`);
  return await prepareModule("guest", bytes, capability);
}

/** A pool whose instances can be counted. */
class WatchedPool extends InstancePool {
  #outCount = 0;

  /** How many instances processes have. */
  get outCount(): number {
    return this.#outCount;
  }

  override take(
    ...args: Parameters<InstancePool["take"]>
  ): CoreInstance {
    const instance = super.take(...args);
    this.#outCount++;
    return instance;
  }

  override give(instance: CoreInstance): void {
    this.#outCount--;
    super.give(instance);
  }
}

/** What a scheduler holds. */
export class LocalScheduler {
  readonly runtime: Runtime = new Runtime();
  readonly runQueue: RunQueue = new RunQueue();
  readonly epoch: Epoch;
  readonly ceilings: Ceilings;
  readonly waiting: WaitingTotal = new WaitingTotal();

  /** A scheduler whose epoch only ticks when it is told to, if no other is given. */
  constructor(epoch = new Epoch(), ceilings = new Ceilings()) {
    this.epoch = epoch;
    this.ceilings = ceilings;
  }

  /** Makes processes of a module. */
  async module(
    text: string,
    capability: Capability = ROOMY,
  ): Promise<LocalModule> {
    return new LocalModule(this, await prepare(text, capability), capability);
  }
}

/** A module, whose processes run in this thread. */
export class LocalModule {
  readonly scheduler: LocalScheduler;
  readonly pool: WatchedPool;
  readonly capability: Capability;
  alwaysHibernates = false;

  constructor(
    scheduler: LocalScheduler,
    module: CoreModule,
    capability: Capability,
  ) {
    this.scheduler = scheduler;
    this.capability = capability;
    const { epoch, ceilings } = scheduler;
    this.pool = new WatchedPool(module, epoch, ceilings);
  }

  /** Starts a process. */
  spawn(entry = "run"): ProcessHandle<GuestMessage> {
    const { pool, capability, alwaysHibernates, scheduler } = this;
    const { runQueue, epoch, runtime } = scheduler;
    const parts = { pool, capability, runQueue, epoch, alwaysHibernates };
    const body = new CoreProcess(parts, { entry });
    const quota = new WaitingBytes(scheduler.waiting);
    return runtime.spawn(body, { mailboxMax: GUEST_MAILBOX_MAX, quota });
  }

  /** Runs a process to its end. */
  run(entry?: string): Promise<ExitReason> {
    return this.spawn(entry).join();
  }
}

/** A module made of text, on a scheduler of its own. */
export function moduleOf(
  text: string,
  capability?: Capability,
): Promise<LocalModule> {
  return new LocalScheduler().module(text, capability);
}

/** Lets all that is ready run. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}

/** A host process that takes messages for a test. */
export class Probe {
  readonly #handle: ProcessHandle<Uint8Array>;
  readonly #seen: Uint8Array[] = [];
  #wake: (() => void) | undefined;

  constructor({ runtime }: LocalScheduler) {
    this.#handle = runtime.spawn<Uint8Array>((self) =>
      self.receiveEach((message) => {
        this.#seen.push(message);
        this.#wake?.();
      })
    );
    runtime.register("probe", this.#handle.pid);
  }

  /** The next message. */
  async next(): Promise<Uint8Array> {
    while (this.#seen.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#seen.shift()!;
  }

  /** What came and was not taken. */
  get waitingCount(): number {
    return this.#seen.length;
  }

  /** Ends it. */
  close(): void {
    this.#handle.kill();
  }
}
