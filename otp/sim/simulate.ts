/**
 * Many simulations of one thing.
 *
 * @module
 */

import { SIM_RUNS } from "../limits.ts";
import { crashOf, formatReason } from "../reason.ts";
import { Sim } from "../sim.ts";

/** How {@linkcode simulate} goes about it. */
export interface SimulateOptions {
  /** The seed of the first simulation; the others follow on it. Drawn when absent. */
  readonly seed?: number;
  /** How many simulations run; 100 when absent. */
  readonly runs?: number;
  /** See {@linkcode SimOptions.stepsMax}. */
  readonly stepsMax?: number;
}

/**
 * Runs `property` for one simulation after the other, each with a seed of its
 * own, until it throws.
 *
 * @param property Builds what it needs in the simulation, runs it, and throws
 * when something is wrong.
 * @throws {Error} What `property` threw is the cause; the message names the
 * seed, and how to run that simulation alone.
 * @throws {RangeError} `options.seed` is out of range.
 *
 * @example Three schedulers that nothing may bring down
 * ```ts
 * import { Runtime, simulate } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * await simulate({ runs: 10 }, async (sim) => {
 *   const cluster = sim.cluster({ schedulers: 3 });
 *   cluster.chaos({ crashes: 2, partitions: 2, untilMs: 1_000 });
 *   await sim.run();
 *   strictEqual(cluster.schedulers.every(({ isUp }) => isUp), true);
 * });
 * ```
 */
export async function simulate(
  options: SimulateOptions,
  property: (sim: Sim) => unknown,
): Promise<void> {
  const { runs = SIM_RUNS, seed, stepsMax } = options;
  const simOptions = stepsMax === undefined ? {} : { stepsMax };
  let sim = new Sim(seed === undefined ? simOptions : { ...simOptions, seed });
  for (let run = 0; run < runs; run++) {
    await runOne(sim, property);
    sim = new Sim({ ...simOptions, seed: sim.seed + 1 });
  }
}

// Who reads of the failure needs the seed to see it again.
async function runOne(
  sim: Sim,
  property: (sim: Sim) => unknown,
): Promise<void> {
  try {
    await property(sim);
  } catch (cause) {
    const what = formatReason(crashOf(cause));
    throw new Error(
      `Cannot keep a property, as simulate({ seed: ${sim.seed}, runs: 1 }, …) shows: ${what}`,
      { cause },
    );
  }
}
