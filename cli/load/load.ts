/**
 * `rusm load`: a server under load, and how it does.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import { EXIT_FAILED, EXIT_OK } from "../errors.ts";
import { type Io, print } from "../io.ts";
import { exitCodeOf } from "../process/stop.ts";
import { type Crew, play } from "./crew.ts";
import { type Measured, resultOf } from "./measured.ts";
import { type LoadOptions, loadOptionsOf } from "./options.ts";
import type { Plan } from "./plan.ts";
import { Progress } from "./progress.ts";
import { summaryOf } from "./summary.ts";
import { judge } from "./threshold.ts";

/**
 * Loads what `args` say, and prints what was measured.
 *
 * @returns 0; 1 when a threshold was missed or nothing was answered; 128 + n
 * when signal n ended it.
 * @throws {UsageError} `args` make no sense.
 */
export async function runLoad(args: Arguments, io: Io): Promise<number> {
  const options = await loadOptionsOf(args, io.cwd);
  const requests = io.listenForStop();
  try {
    const { crew, startAtMs } = await play(options.plan, options.threads);
    let code: number | undefined;
    requests.next().then((signal) => {
      code = exitCodeOf(signal);
      crew.stop();
    });
    await follow(crew, options, startAtMs, io);
    const seconds = secondsOf(options.plan, crew, startAtMs);
    const wasStopped = code !== undefined;
    const measured = {
      plan: options.plan,
      state: crew.state(),
      seconds,
      wasStopped,
    };
    const passed = report(measured, options, io);
    return code ?? (passed ? EXIT_OK : EXIT_FAILED);
  } finally {
    requests.close();
  }
}

async function follow(
  crew: Crew,
  { plan, isJson }: LoadOptions,
  startAtMs: number,
  io: Io,
): Promise<void> {
  if (isJson || !io.stderr.isTerminal) return await crew.done;
  const progress = new Progress(plan, crew, startAtMs, io.stderr);
  try {
    await crew.done;
  } finally {
    progress.end();
  }
}

// What is answered after the end was asked before it, so its time counts.
function secondsOf(
  { durationMs, warmupMs }: Plan,
  crew: Crew,
  startAtMs: number,
): number {
  const nowMs = performance.timeOrigin + performance.now();
  const endMs = Math.min(nowMs, startAtMs + durationMs);
  const lastMs = Math.max(endMs, crew.state().lastAtMs);
  return Math.max(0, lastMs - startAtMs - warmupMs) / 1_000;
}

/** Prints `measured`, and answers whether all is as it should be. */
function report(
  measured: Measured,
  { thresholds, isJson }: LoadOptions,
  io: Io,
): boolean {
  const verdicts = thresholds.map((threshold) => judge(measured, threshold));
  const result = resultOf(measured, verdicts);
  if (isJson) print(io.stdout, JSON.stringify(result));
  else print(io.stdout, ...summaryOf(measured, result, thresholds, io.stdout));
  return result.good > 0 && verdicts.every(({ holds }) => holds);
}
