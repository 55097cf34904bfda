/**
 * Loads components that are cut off or changed at random.
 *
 * @module
 */

import type { Capability } from "../../wasm/capability.ts";
import { describeComponent } from "../../wasm/component/describe.ts";
import {
  InvalidComponent,
  NeedsPreview3,
} from "../../wasm/component/errors.ts";
import { planComponent } from "../../wasm/component/plan_component.ts";
import { ComponentCache } from "../../wasm/component/prepare.ts";
import { HostRegistry } from "../../wasm/component/registry.ts";
import { ROOMY } from "../../wasm/component/testdata/run.ts";
import { ModuleCache } from "../../wasm/core/module_cache.ts";
import { LoadFailed } from "../../wasm/errors.ts";
import { type Fault, mutate } from "../wasm_suite/mutations.ts";
import { makeHosts } from "./hosts.ts";

/** A file with a component. */
export type Binary = readonly [path: string, bytes: Uint8Array<ArrayBuffer>];

/** What came of the mutations of some components. */
export interface MutationReport {
  /** How many components there were, the originals included. */
  readonly tried: number;
  /** How many of them have a plan. */
  readonly planned: number;
  /** How many of those can be loaded. */
  readonly loaded: number;
  /** Where it went wrong. */
  readonly faults: readonly Fault[];
}

/** What is done with the bytes of a component. */
export interface Reading {
  /** Makes a plan. */
  readonly plan: (bytes: Uint8Array) => unknown;
  /** Describes it. */
  readonly describe: (bytes: Uint8Array) => unknown;
  /** Makes it ready to run. */
  readonly load: (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>;
}

// On a busy machine; a hang takes longer.
const STEP_MS_MAX = 5_000;

/**
 * Plans, describes and loads each component, and `count` mutations of each.
 *
 * Each step must do what it does, or refuse with an error of its own, in a few
 * seconds.
 */
export async function loadMutations(
  components: Iterable<Binary>,
  count: number,
  reading: Reading = newReading(),
): Promise<MutationReport> {
  const faults: Fault[] = [];
  let tried = 0, planned = 0, loaded = 0;
  for (const [path, bytes] of components) {
    for (let nth = 0; nth <= count; nth++, tried++) {
      const mutated = mutate(path, bytes, nth);
      const tell = (message: string) => faults.push({ path, nth, message });
      await attempt(() => reading.describe(mutated), tell);
      if (!await attempt(() => reading.plan(mutated), tell)) continue;
      planned++;
      if (await attempt(() => reading.load(mutated), tell)) loaded++;
    }
  }
  return { tried, planned, loaded, faults };
}

function newReading(): Reading {
  const registry = new HostRegistry(makeHosts());
  const capability: Capability = ROOMY;
  return {
    plan: planComponent,
    describe: describeComponent,
    load: (bytes) =>
      new ComponentCache(new ModuleCache(), registry)
        .prepare("mutation", bytes, capability),
  };
}

/** Whether `step` did what it does. */
async function attempt(
  step: () => unknown,
  tell: (message: string) => void,
): Promise<boolean> {
  const startMs = performance.now();
  let isDone = true;
  try {
    await step();
  } catch (error) {
    // What it throws is what is being asked for.
    isDone = false;
    if (!isRefusal(error)) tell(`Threw ${error}`);
  }
  const spanMs = performance.now() - startMs;
  if (spanMs > STEP_MS_MAX) tell(`Took ${Math.round(spanMs)} ms`);
  return isDone;
}

function isRefusal(error: unknown): boolean {
  return error instanceof InvalidComponent || error instanceof NeedsPreview3 ||
    error instanceof LoadFailed;
}
