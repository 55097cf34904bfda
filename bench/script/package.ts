/**
 * What the package of QuickJS does by itself, without images or processes.
 *
 * @module
 */

import { QuickJS } from "quickjs-wasi";
import { timeMs } from "../otp/timing.ts";

/**
 * Makes `total` instances, one after the other; each evaluates `bundle`, whose
 * last value is a function, calls that, and is disposed of. Returns how many
 * milliseconds that took; the module is compiled before.
 */
export async function createAndEvaluate(
  bundle: string,
  total: number,
): Promise<number> {
  const url = import.meta.resolve("quickjs-wasi/quickjs.wasm");
  const wasm = await WebAssembly.compile(await Deno.readFile(new URL(url)));
  return await timeMs(async () => {
    for (let left = total; left > 0; left--) {
      using vm = await QuickJS.create({ wasm });
      using run = vm.evalCode(bundle);
      vm.callFunction(run, vm.undefined).dispose();
    }
  });
}
