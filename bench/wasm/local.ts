/**
 * A scheduler in this thread: the same processes as in a Worker, with the same
 * settings, and nothing between them and the clock.
 *
 * @module
 */

import { DONE, type Pid, type ProcessHandle, Runtime } from "@rusm/otp";
import { type Capability, defineProfile, type GuestMessage } from "@rusm/wasm";
import { CoreProcess } from "../../wasm/core/core_process.ts";
import { InstancePool } from "../../wasm/core/instance_pool.ts";
import { type CoreModule, prepareModule } from "../../wasm/core/module.ts";
import type { ProcessPool } from "../../wasm/core/process_pool.ts";
import type { Epoch } from "../../wasm/epoch.ts";
import {
  GUEST_MAILBOX_MAX,
  REDUCTIONS_PER_SLICE,
  SLICE_MS_MIN,
} from "../../wasm/limits.ts";
import { RunQueue } from "../../wasm/run_queue.ts";
import { Ticker } from "../../wasm/ticker.ts";
import { timeMs } from "../otp/timing.ts";
import { insistNormal } from "./spawns.ts";

/** Grants nothing, and time enough to be measured. */
export const ROOMY: Capability = defineProfile("roomy", { cpuMsMax: 120_000 });

/** How long all answers together may take, in milliseconds. */
const ANSWERS_MS_MAX = 60_000;

/** What a {@linkcode LocalScheduler} starts processes of. */
export interface Spawner {
  /** Starts a process. */
  spawn(entry: string): ProcessHandle<GuestMessage>;
}

/** A module that a {@linkcode LocalScheduler} runs processes of. */
export interface LocalModule extends Spawner {
  /** As it was prepared. */
  readonly core: CoreModule;
  /** Its instances. */
  readonly pool: InstancePool;
}

/** Runs guests in this thread, and its ticker in another. */
export class LocalScheduler implements Disposable {
  /** Where its processes live. */
  readonly runtime: Runtime = new Runtime({
    reductionsPerSlice: REDUCTIONS_PER_SLICE,
    sliceMsMin: SLICE_MS_MIN,
  });
  readonly #runQueue = new RunQueue();
  readonly #ticker = new Ticker();

  /** What its processes are preempted by. */
  get epoch(): Epoch {
    return this.#ticker.epoch;
  }

  /**
   * Makes a module ready.
   *
   * @param alwaysHibernates Whether its services give their instances back
   * whenever they wait.
   */
  async load(
    bytes: Uint8Array<ArrayBuffer>,
    alwaysHibernates = false,
  ): Promise<LocalModule> {
    const { epoch } = this;
    const core = await prepareModule("bench", bytes, ROOMY);
    const pool = new InstancePool(core, epoch);
    const spawn = (entry: string) => this.spawn(pool, entry, alwaysHibernates);
    return { core, pool, spawn };
  }

  /** Starts a process that has an instance of `pool`. */
  spawn(
    pool: ProcessPool,
    entry: string,
    alwaysHibernates = false,
  ): ProcessHandle<GuestMessage> {
    const body = new CoreProcess({
      ...{ pool, epoch: this.epoch, capability: ROOMY },
      ...{ runQueue: this.#runQueue, alwaysHibernates },
    }, { entry });
    return this.runtime.spawn(body, { mailboxMax: GUEST_MAILBOX_MAX });
  }

  /** Stops the ticker. Processes are left to the end of the program. */
  [Symbol.dispose](): void {
    this.#ticker.close();
  }
}

/**
 * Lets `ask` send the pid that it is given to guests, and resolves when they
 * have sent `count` messages to it. Returns how many milliseconds that took.
 *
 * @throws {Error} They have not within a minute.
 */
export async function answersMs(
  runtime: Runtime,
  count: number,
  ask: (pid: Uint8Array<ArrayBuffer>) => void,
): Promise<number> {
  let elapsedMs = NaN;
  const asker = runtime.spawn<Uint8Array>(async (self) => {
    let left = count;
    elapsedMs = await timeMs(async () => {
      ask(pidBytes(self.pid));
      await self.receiveEach(() => --left === 0 ? DONE : undefined);
    });
  });
  // A guest that the machine has no room for ends, and answers nothing.
  const timer = setTimeout(() => asker.kill(), ANSWERS_MS_MAX);
  insistNormal(await asker.join());
  clearTimeout(timer);
  return elapsedMs;
}

/** A pid as guests hold it. */
export function pidBytes(pid: Pid): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, pid.toBigInt(), true);
  return bytes;
}
