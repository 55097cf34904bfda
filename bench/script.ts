/**
 * What do guests in TypeScript cost?
 *
 * @module
 */

import { type Figures, type Noun, playVariant } from "./noun.ts";
import { rate } from "./otp/timing.ts";
import { measureBuild } from "./script/building.ts";
import { bundleWith, WORK } from "./script/bundle.ts";
import { guestCalls, hostEchoes } from "./script/calls.ts";
import {
  BATCH,
  COMPONENTS,
  CREATED,
  RESIDENTS,
  ROUND_TRIPS,
  SPAWNS,
} from "./script/counts.ts";
import { ScriptScheduler } from "./script/local.ts";
import { createAndEvaluate } from "./script/package.ts";
import { measureResidents } from "./script/residents.ts";
import { BUILD_ROWS, CALL_ROWS, PROCESS_ROWS } from "./script/rows.ts";
import { spawnRunExit } from "./wasm/spawns.ts";

/** Rows of TypeScript guests against what is below them, all in the same minutes. */
export const script: Noun = {
  name: "script",
  question: "What do guests in TypeScript cost next to QuickJS by itself?",
  rows: [...PROCESS_ROWS, ...CALL_ROWS, ...BUILD_ROWS],
};

async function spawns(): Promise<Figures> {
  const scheduler = new ScriptScheduler();
  const bundle = bundleWith(`exports.default = () => { ${WORK}; };`);
  const spawner = await scheduler.load("bench", bundle);
  const counts = { total: SPAWNS, batch: BATCH };
  const run = () => spawnRunExit(scheduler, spawner, counts);
  return { processesPerSecond: await rate(SPAWNS, run) };
}

async function created(): Promise<Figures> {
  const bundle = bundleWith(`() => { ${WORK}; }`);
  const run = () => createAndEvaluate(bundle, CREATED);
  return { processesPerSecond: await rate(CREATED, run) };
}

async function trips(run: Promise<() => Promise<number>>): Promise<Figures> {
  return { tripsPerSecond: await rate(ROUND_TRIPS, await run) };
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    spawnRunExit: spawns,
    package: created,
    residents: () => measureResidents(RESIDENTS),
    calls: () => trips(guestCalls(ROUND_TRIPS)),
    echoes: () => trips(hostEchoes(ROUND_TRIPS)),
    build: () => measureBuild(COMPONENTS),
  });
}
