/**
 * How fast guests come, run and go, and what instances cost without anything
 * around them.
 *
 * @module
 */

import { DONE, type Down, type ExitReason } from "@rusm/otp";
import { timeMs } from "../otp/timing.ts";
import type { LocalScheduler, Spawner } from "./local.ts";

/**
 * Spawns `total` guests that only run, `batch` at once and the next when these
 * have ended; another process monitors each of them. Returns how many
 * milliseconds that took.
 *
 * @throws {Error} Not all of them have ended normally.
 */
export async function spawnRunExit(
  scheduler: Pick<LocalScheduler, "runtime">,
  module: Spawner,
  { total, batch }: { readonly total: number; readonly batch: number },
): Promise<number> {
  let elapsedMs = NaN;
  const watcher = scheduler.runtime.spawn<Down>(async (self) => {
    elapsedMs = await timeMs(async () => {
      for (let spawned = 0; spawned < total; spawned += batch) {
        let left = batch;
        for (let nth = 0; nth < batch; nth++) {
          self.monitor(module.spawn("run").pid);
        }
        await self.receiveEach(({ reason }) => {
          insistNormal(reason);
          return --left === 0 ? DONE : undefined;
        });
      }
    });
  });
  insistNormal(await watcher.join());
  return elapsedMs;
}

/** @throws {Error} A guest has ended for another reason. */
export function insistNormal(reason: ExitReason): void {
  if (reason === "normal") return;
  throw new Error(`Cannot time what fails: ${JSON.stringify(reason)}`);
}

/**
 * Makes `total` instances of a module, and calls `run` of each. Returns how many
 * milliseconds that took; the module is compiled before.
 */
export function bareRun(
  bytes: Uint8Array<ArrayBuffer>,
  total: number,
): Promise<number> {
  const module = new WebAssembly.Module(bytes);
  return timeMs(() => {
    for (let left = total; left > 0; left--) {
      const { exports } = new WebAssembly.Instance(module);
      (exports["run"] as () => void)();
    }
  });
}
