/**
 * The rows of `script`: what is held against what, and how well it must do.
 *
 * @module
 */

import { denoVariant, type RowPlan, type Variant } from "../noun.ts";
import {
  BATCH,
  BUNDLE_BYTES,
  COMPONENTS,
  CREATED,
  RESIDENTS,
  ROUND_TRIPS,
  SPAWNS,
} from "./counts.ts";

const FILE = `${import.meta.dirname}/../script.ts`;

const PROCESSES = { unit: "processes/s", figure: "processesPerSecond" };
const TRIPS = { unit: "round trips/s", figure: "tripsPerSecond" };

/** What a process in TypeScript costs. */
export const PROCESS_ROWS: readonly RowPlan[] = [
  {
    name: "spawnRunExit",
    what: `${many(SPAWNS)} processes of a bundle of ${
      many(BUNDLE_BYTES)
    } bytes, ${BATCH} alive at once, on one thread: spawned, its default export run, its end seen. Held against the package of QuickJS: ${CREATED} instances one after the other, each evaluates the same bundle and runs the same function.`,
    ...PROCESSES,
    variant: rusm("spawnRunExit"),
    against: denoVariant(FILE, "package", "quickjs-wasi"),
    bar: 20,
  },
  {
    name: "residentMemory",
    what: `Growth of the resident set per service, of ${
      many(RESIDENTS)
    } that have answered one call and wait for the next.`,
    unit: "bytes",
    figure: "residentBytes",
    variant: rusm("residents"),
    against: { name: "0.6 MB", figure: "allowedBytes" },
    bar: 1,
  },
];

/** What a call costs. */
export const CALL_ROWS: readonly RowPlan[] = [
  {
    name: "calls",
    what: `${
      many(ROUND_TRIPS)
    } calls by one guest of another's function on one scheduler, by a typed proxy, each awaited. Held against a native process that sends as many bytes to a guest, which sends them back.`,
    ...TRIPS,
    variant: rusm("calls"),
    against: rusm("echoes"),
    bar: 0.3,
  },
];

/** What a build costs that has nothing to do. */
export const BUILD_ROWS: readonly RowPlan[] = [
  {
    name: "buildUnchanged",
    what:
      `rusm build, as a user starts it, of an app of ${COMPONENTS} components with nothing changed. Held against the same build with an empty cache.`,
    unit: "ms",
    figure: "unchangedMs",
    variant: rusm("build"),
    against: { name: "cold", figure: "coldMs" },
    bar: 0.2,
  },
];

function rusm(id: string): Variant {
  return denoVariant(FILE, id, "rusm");
}

function many(count: number): string {
  return count.toLocaleString("en");
}
