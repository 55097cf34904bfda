/**
 * What it takes until a component can be instantiated.
 *
 * @module
 */

import { ComponentCache } from "../../wasm/component/prepare.ts";
import { ModuleCache } from "../../wasm/core/module_cache.ts";
import type { Figures } from "../noun.ts";
import { timeMs } from "../otp/timing.ts";
import { spreadOf } from "../statistics.ts";
import { workload } from "../wasm/modules.ts";
import { unlike, wrapped } from "./components.ts";
import { prepareBy } from "./local.ts";

/** How many components are made ready, see `counts.ts`. */
export interface LoadCounts {
  /** While the program is cold. */
  readonly cold: number;
  /** While it gets warm. */
  readonly warming: number;
  /** When it is warm. */
  readonly warm: number;
  /** How often one more is made ready again. */
  readonly cached: number;
}

/**
 * How long it takes to make a component ready, the same again, and to compile
 * its module, medians in microseconds; and the same when nothing was made ready
 * before, and the very first time. V8 remembers what it has compiled, so each
 * is of bytes that nobody has seen.
 */
export async function measureLoads(
  { cold, warming, warm, cached }: LoadCounts,
): Promise<Figures> {
  const first = await measureSome(0, cold);
  await measureSome(cold, warming);
  const last = await measureSome(cold + warming, warm);
  const cachedUs = await measureCached(cold + warming + warm, cached);
  return {
    loadUs: spreadOf(last.loadsUs).median,
    compileUs: spreadOf(last.compilesUs).median,
    cachedUs,
    coldLoadUs: spreadOf(first.loadsUs).median,
    coldCompileUs: spreadOf(first.compilesUs).median,
    firstLoadUs: first.loadsUs[0]!,
  };
}

/** What each took. */
interface Times {
  readonly loadsUs: number[];
  readonly compilesUs: number[];
}

async function measureSome(from: number, count: number): Promise<Times> {
  const times: Times = { loadsUs: [], compilesUs: [] };
  // All at first, since to make them leaves much to collect.
  const pairs = Array.from({ length: count }, (_, nth) => pairOf(from + nth));
  for (const { component, core } of pairs) {
    // In a cache of its own: nobody keeps what the other side compiles.
    const cache = newCache();
    const load = () => prepareBy(cache, component);
    times.loadsUs.push(await timeUs(load));
    times.compilesUs.push(await timeUs(() => WebAssembly.compile(core)));
  }
  return times;
}

async function measureCached(nth: number, count: number): Promise<number> {
  const cache = newCache();
  const { component } = pairOf(nth);
  const load = () => prepareBy(cache, component);
  await load();
  const timesUs: number[] = [];
  for (let left = count; left > 0; left--) timesUs.push(await timeUs(load));
  return spreadOf(timesUs).median;
}

function newCache(): ComponentCache {
  return new ComponentCache(new ModuleCache());
}

/** A component that nobody has seen, and a module like the one in it. */
function pairOf(nth: number): {
  component: Uint8Array<ArrayBuffer>;
  core: Uint8Array<ArrayBuffer>;
} {
  const module = workload();
  return {
    component: wrapped(unlike(module, 2 * nth), "sha256"),
    core: unlike(module, 2 * nth + 1),
  };
}

async function timeUs(work: () => unknown): Promise<number> {
  return await timeMs(work) * 1_000;
}
