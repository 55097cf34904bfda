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

/**
 * How long it takes to make a component ready, the same again, and to compile
 * its module, medians of `count` in microseconds. V8 remembers what it has
 * compiled, so each is of bytes that nobody has seen.
 */
export async function measureLoads(
  count: number,
  cachedCount: number,
): Promise<Figures> {
  const cache = new ComponentCache(new ModuleCache());
  const [loads, cached, compiles]: number[][] = [[], [], []];
  for (let nth = 0; nth < 2 * count; nth += 2) {
    const component = wrapped(unlike(workload(), nth), "sha256");
    const core = unlike(workload(), nth + 1);
    const loadMs = await timeMs(() => prepareBy(cache, component));
    const compileMs = await timeMs(() => WebAssembly.compile(core));
    const cachedMs = await timeMs(async () => {
      for (let left = cachedCount; left > 0; left--) {
        await prepareBy(cache, component);
      }
    });
    loads!.push(loadMs * 1_000);
    compiles!.push(compileMs * 1_000);
    cached!.push(cachedMs / cachedCount * 1_000);
  }
  return {
    loadUs: spreadOf(loads!).median,
    compileUs: spreadOf(compiles!).median,
    cachedUs: spreadOf(cached!).median,
  };
}
