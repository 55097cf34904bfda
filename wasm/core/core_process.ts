/**
 * The body of a process that runs a core module: one instance, and one call of
 * an export of it.
 *
 * @module
 */

import {
  type Context,
  crashOf,
  type ExitReason,
  type ProcessBody,
  TIMEOUT,
} from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { Epoch } from "../epoch.ts";
import { bytesOf, type GuestMessage } from "../message.ts";
import type { RunQueue } from "../run_queue.ts";
import { GuestStopped } from "../script/guest_error.ts";
import type { CoreInstance } from "./instance.ts";
import type { InstancePool } from "./instance_pool.ts";
import type { Guest } from "./slot.ts";

/** All that a core process is made from. */
export interface CoreOptions {
  /** Instances of its module. */
  readonly pool: InstancePool;
  /** What the process may do. */
  readonly capability: Capability;
  /** Name of the exported function that it runs; takes nothing. */
  readonly entry: string;
  /** Who runs on this scheduler. */
  readonly runQueue: RunQueue;
  /** The clock that it is preempted by. */
  readonly epoch: Epoch;
}

/** A process that runs a core module. */
export class CoreProcess implements ProcessBody<GuestMessage>, Guest {
  readonly capability: Capability;
  readonly #options: CoreOptions;
  #self: Context<GuestMessage> | undefined;
  #outcome: ExitReason | undefined;
  #isStopped = false;
  // Ends the wait of a guest that was stopped.
  #abandon: ((stopped: GuestStopped) => void) | undefined;
  // Epochs since it waited last, without those of this slice.
  #usedEpochs = 0;
  #sliceEpoch = 0;

  /** A process that has not started. */
  constructor(options: CoreOptions) {
    this.#options = options;
    this.capability = options.capability;
  }

  get self(): Context<GuestMessage> {
    return this.#self!;
  }

  async start(self: Context<GuestMessage>): Promise<void> {
    this.#self = self;
    if (!this.#tryEnter()) await this.#enter();
    if (!this.#isStopped) await this.#run();
    else this.#leave();
    if (this.#outcome !== undefined) self.exit(this.#outcome);
  }

  // The turn ends last, so that the instance is there for the next guest.
  async #run(): Promise<void> {
    const { pool, entry } = this.#options;
    let instance: CoreInstance | undefined;
    try {
      instance = pool.take(this);
      await this.#call(instance, entry);
    } catch (thrown) {
      // The guest boundary: what a guest throws ends its process, no more.
      if (!this.#isStopped) this.#outcome ??= crashOf(thrown);
    } finally {
      if (instance !== undefined) pool.give(instance);
      this.#leave();
    }
  }

  async #call(instance: CoreInstance, entry: string): Promise<void> {
    if (!instance.has(entry)) {
      throw new TypeError(`Cannot find an exported function: ${entry}`);
    }
    if (instance.startExport !== undefined) {
      await instance.call(instance.startExport);
    }
    await instance.call(entry);
  }

  stop(): void {
    this.#isStopped = true;
    this.#abandon?.(new GuestStopped());
  }

  #tryEnter(): boolean {
    if (!this.#options.runQueue.tryEnter()) return false;
    this.#sliceEpoch = this.#options.epoch.now();
    return true;
  }

  async #enter(): Promise<void> {
    await this.#options.runQueue.enter();
    this.#sliceEpoch = this.#options.epoch.now();
  }

  #leave(): void {
    this.#usedEpochs += this.#sliceEpochs();
    this.#options.runQueue.leave();
  }

  #sliceEpochs(): number {
    return (this.#options.epoch.now() - this.#sliceEpoch) | 0;
  }

  overrun(): number | Promise<number> {
    if (this.#isStopped) return 1;
    const sliceEpochs = this.#sliceEpochs();
    if (sliceEpochs === 0) return 0;
    const { epoch } = this.#options;
    const { cpuMsMax } = this.capability;
    if ((this.#usedEpochs + sliceEpochs) * epoch.periodMs > cpuMsMax) {
      const message =
        `Used more than ${cpuMsMax} ms of CPU time without waiting`;
      this.#outcome ??= { type: "limit", limit: "cpu", message };
      return 1;
    }
    return this.#yield();
  }

  // Behind the others, and behind the event loop.
  async #yield(): Promise<number> {
    const { host } = this.self.runtime;
    this.#leave();
    await new Promise<void>((resolve) => host.macrotask(resolve));
    await this.#enter();
    return Number(this.#isStopped);
  }

  receive(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (this.#isStopped) throw new GuestStopped();
    const message = timeoutMs === undefined
      ? this.self.receive()
      : this.self.receive({ timeoutMs });
    if (!(message instanceof Promise)) return bytesOf(message);
    return this.#receiveLater(message);
  }

  async #receiveLater(
    message: Promise<GuestMessage | typeof TIMEOUT>,
  ): Promise<Uint8Array | undefined> {
    const received = await this.wait(message);
    return received === TIMEOUT ? undefined : bytesOf(received);
  }

  async wait<Value>(value: Promise<Value>): Promise<Value> {
    this.#leave();
    // A process that has waited let others run: its allowance is new.
    this.#usedEpochs = 0;
    try {
      return await this.#unlessStopped(value);
    } finally {
      if (!this.#tryEnter()) await this.#enter();
    }
  }

  // What a process waits for that has ended would never come.
  #unlessStopped<Value>(value: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#abandon = reject;
      value.then(resolve, reject);
      if (this.#isStopped) reject(new GuestStopped());
    });
  }
}
