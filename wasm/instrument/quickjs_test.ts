/** A large program, compiled from C: QuickJS, plain and rewritten. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { QuickJS } from "quickjs-wasi";

import { rewrite } from "./rewrite.ts";
import { ownMemories } from "./testdata/run.ts";

const CAPS = { memoryBytesMax: 2 ** 25, tableEntriesMax: 10_000 };

const PROGRAM = `
  const words = Array.from({ length: 500 }, (_, index) => (index * 2654435761 >>> 0).toString(36));
  const sorted = words.toSorted((a, b) => a < b ? -1 : 1);
  class Point { #x; constructor(x) { this.#x = x; } get x() { return this.#x; } }
  function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
  let caught;
  try { null.nothing; } catch (error) { caught = String(error); }
  JSON.stringify({
    caught, fib: fib(15), point: new Point(4).x, sorted: sorted.slice(0, 9), pi: Math.atan2(1, 1) * 4,
    big: (2n ** 200n).toString(), match: "a1b22c333".match(/\\d+/g), map: [...new Map([[1, "a"], [2, "b"]])],
    generated: [...(function* () { yield* [3, 1, 2]; })()].sort(), date: new Date(0).toISOString(),
  });`;

async function evaluate(wasm: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const vm = await QuickJS.create({ wasm });
  try {
    return JSON.parse(vm.evalCode(PROGRAM).toString());
  } finally {
    vm.dispose();
  }
}

/** Adds `imports` to those of all that `run` instantiates. */
async function withImports<Result>(
  imports: WebAssembly.ModuleImports,
  run: () => Promise<Result>,
): Promise<Result> {
  const { instantiate } = WebAssembly;
  const adding = (module: WebAssembly.Module, own: WebAssembly.Imports) =>
    instantiate(module, { ...own, $rusm: imports });
  // The package takes no imports but its own.
  WebAssembly.instantiate = adding as typeof instantiate;
  try {
    return await run();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

Deno.test("rewrite() keeps the meaning of QuickJS, with few checks and with many", async () => {
  const url = import.meta.resolve("quickjs-wasi/quickjs.wasm");
  const module = await Deno.readFile(new URL(url));
  const plain = await evaluate(module);
  strictEqual((plain as { fib: number }).fib, 610);
  for (const straightBytesMax of [0, 1024]) {
    const rewritten = rewrite(module, { ...CAPS, straightBytesMax });
    ok(rewritten.isRestorable);
    const epoch = new WebAssembly.Memory({
      initial: 1,
      maximum: 1,
      shared: true,
    });
    let asked = 0;
    const overrun = () => {
      asked++;
      return 0;
    };
    new Int32Array(epoch.buffer)[0] = 1;
    const imports = { epoch, overrun, ...ownMemories(rewritten) };
    deepStrictEqual(
      await withImports(imports, () => evaluate(rewritten.bytes)),
      plain,
    );
    strictEqual(asked, 1);
  }
});
