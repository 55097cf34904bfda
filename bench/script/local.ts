/**
 * Scripts on a scheduler in this thread: the same processes as in a Worker.
 *
 * @module
 */

import { type ProcessHandle, Runtime } from "@rusm/otp";
import { defineProfile, type GuestMessage } from "@rusm/wasm";
import {
  GUEST_MAILBOX_MAX,
  REDUCTIONS_PER_SLICE,
  SLICE_MS_MIN,
} from "../../wasm/limits.ts";
import { RunQueue } from "../../wasm/run_queue.ts";
import { bake } from "../../wasm/script/image.ts";
import { ScriptProcess } from "../../wasm/script/script_process.ts";
import { VmPool } from "../../wasm/script/vm_pool.ts";
import type { Spawner } from "../wasm/local.ts";

/** May do what its processes do to each other, and has time to be measured. */
const CAPABILITY = defineProfile("bench", {
  cpuMsMax: 120_000,
  spawn: true,
  processControl: true,
});

/** Runs scripts in this thread. */
export class ScriptScheduler {
  /** Where its processes live. */
  readonly runtime: Runtime = new Runtime({
    reductionsPerSlice: REDUCTIONS_PER_SLICE,
    sliceMsMin: SLICE_MS_MIN,
  });
  readonly #runQueue = new RunQueue();

  /** Bakes the image of a bundle; its processes run what it exports. */
  async load(name: string, bundle: string): Promise<Spawner> {
    const image = await bake(name, bundle, CAPABILITY, () => {});
    const parts = {
      ...{ image, pool: new VmPool(image), capability: CAPABILITY },
      ...{ runQueue: this.#runQueue, log: () => {}, entry: "run" as const },
    };
    const spawn = (): ProcessHandle<GuestMessage> =>
      this.runtime.spawn(new ScriptProcess(parts), {
        mailboxMax: GUEST_MAILBOX_MAX,
      });
    return { spawn };
  }
}
