/**
 * How fast code runs, as it was compiled and as a guest.
 *
 * @module
 */

import { timeMs } from "../otp/timing.ts";
import { LocalScheduler } from "./local.ts";
import { insistNormal } from "./spawns.ts";

const WARMUP_MS = 500;
const RUNS = 10;

/** Runs an export of a module, and returns how many milliseconds that took. */
export type Runner = (entry: string) => Promise<number>;

/** Runs a module without anything around it: each time in the same instance. */
export function plainRunner(bytes: Uint8Array<ArrayBuffer>): Runner {
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module);
  return (entry) => timeMs(exports[entry] as () => void);
}

/** Runs `play` with a runner for which each run is a guest, preempted as all are. */
export async function withGuestRunner<Result>(
  bytes: Uint8Array<ArrayBuffer>,
  play: (run: Runner) => Promise<Result>,
): Promise<Result> {
  using scheduler = new LocalScheduler();
  const module = await scheduler.load(bytes);
  return await play((entry) =>
    timeMs(async () => insistNormal(await module.spawn(entry).join()))
  );
}

/** The fastest of some runs, when it is warm. */
export async function fastestMs(
  run: Runner,
  entry: string,
): Promise<number> {
  for (let warmMs = 0; warmMs < WARMUP_MS;) warmMs += await run(entry);
  let fastestMs = Infinity;
  for (let left = RUNS; left > 0; left--) {
    fastestMs = Math.min(fastestMs, await run(entry));
  }
  return fastestMs;
}
