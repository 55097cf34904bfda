/**
 * Components that run in the test's own thread, without a Worker.
 *
 * @module
 */

import {
  type ExitReason,
  type ProcessHandle,
  Runtime,
} from "@rusm/otp";

import { type Capability, defineProfile } from "../../capability.ts";
import { Ceilings } from "../../ceilings.ts";
import { CoreProcess } from "../../core/core_process.ts";
import { ModuleCache } from "../../core/module_cache.ts";
import type { Guest } from "../../core/slot.ts";
import { Epoch } from "../../epoch.ts";
import { GUEST_MAILBOX_MAX } from "../../limits.ts";
import type { GuestMessage } from "../../message.ts";
import { RunQueue } from "../../run_queue.ts";
import { componentCrashReports } from "../crash.ts";
import type { HostInterface } from "../host.ts";
import type { ComponentInstance } from "../instance.ts";
import { ComponentPool } from "../pool.ts";
import { ComponentCache, type PreparedComponent } from "../prepare.ts";
import { HostRegistry } from "../registry.ts";

/** Little memory, and time enough on a busy machine. */
export const ROOMY: Capability = defineProfile("roomy", {
  cpuMsMax: 10_000,
  memoryMbMax: 8,
});

/** How a component is run. */
export interface RunOptions {
  /** What it can import. */
  readonly hosts?: readonly HostInterface[];
  /** What its processes may do. */
  readonly capability?: Capability;
  /** One that only ticks when it is told to, when absent. */
  readonly epoch?: Epoch;
  /** What guests may take. */
  readonly ceilings?: Ceilings;
}

/** A component, whose processes run in this thread. */
export class LocalComponent {
  /** Where they run. */
  readonly runtime: Runtime = new Runtime();
  /** What they have logged. */
  readonly logs: string[] = [];
  /** Their instances. */
  readonly pool: ComponentPool;
  /** The component. */
  readonly prepared: PreparedComponent;
  readonly #capability: Capability;
  readonly #runQueue = new RunQueue();
  readonly #epoch: Epoch;

  private constructor(
    prepared: PreparedComponent,
    registry: HostRegistry,
    { capability = ROOMY, epoch = new Epoch(), ceilings = new Ceilings() }:
      RunOptions,
  ) {
    this.prepared = prepared;
    this.#capability = capability;
    this.#epoch = epoch;
    this.pool = new ComponentPool(prepared, {
      ...{ capability, epoch, ceilings, registry },
    });
  }

  /** Makes `bytes` ready, and posts them as to a Worker. */
  static async load(
    bytes: Uint8Array,
    options: RunOptions = {},
  ): Promise<LocalComponent> {
    const { hosts = [], capability = ROOMY } = options;
    const registry = new HostRegistry(hosts);
    const cache = new ComponentCache(new ModuleCache(), registry);
    const prepared = await cache.prepare(
      "guest",
      bytes as Uint8Array<ArrayBuffer>,
      capability,
    );
    return new LocalComponent(structuredClone(prepared), registry, options);
  }

  /** Starts a process. */
  spawn(entry = "run"): ProcessHandle<GuestMessage> {
    const parts = {
      ...{ pool: this.pool, capability: this.#capability },
      ...{ runQueue: this.#runQueue, epoch: this.#epoch },
    };
    const body = new CoreProcess(parts, {
      entry,
      log: (_level, text) => void this.logs.push(text),
      crashOf: componentCrashReports("guest", this.prepared.modules),
    });
    return this.runtime.spawn(body, { mailboxMax: GUEST_MAILBOX_MAX });
  }

  /** An instance of a process that does nothing else. */
  instance(): ComponentInstance {
    const nobody: Partial<Guest> = {
      isStopped: false,
      overrun: () => 0,
      wait: (promise) => promise,
    };
    return this.pool.take(nobody as Guest);
  }

  /** Runs a process to its end. */
  run(entry?: string): Promise<ExitReason> {
    return this.spawn(entry).join();
  }
}
