import { deepStrictEqual, throws } from "node:assert";
import { rewrite } from "../../wasm/instrument/rewrite.ts";
import { assemble } from "../../wasm/instrument/testdata/text.ts";
import { overrunAlways } from "./overrun_always.ts";
import { epochOf, WIDE_CAPS } from "./sides.ts";

// A loop that takes its count as a parameter, which is not unrolled.
const LOOP = `(func (export "f") (param $n i32) (i32.const 0)
  (loop $l (param i32) (drop) (i32.const 0) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))) (drop)))`;
// So many that an index takes two bytes.
const GLOBALS = "(global i32 (i32.const 0))".repeat(200);

for (const text of [LOOP, GLOBALS + LOOP]) {
  Deno.test(`overrunAlways() makes each check fire, with ${text.length} letters`, async () => {
    const bytes = await assemble(`(module ${text})`);
    const rewritten = rewrite(bytes, WIDE_CAPS).bytes;
    const counts = [
      overrunsOf(rewritten),
      overrunsOf(overrunAlways(rewritten)),
    ];
    // One for each round; the function is a leaf.
    deepStrictEqual(counts, [1, 10]);
  });
}

Deno.test("overrunAlways() refuses what was not rewritten", async () => {
  const error = { name: "TypeError", message: /^Cannot find / };
  for (const text of ["", LOOP, LOOP + LOOP.replace(`"f"`, `"g"`)]) {
    const bytes = await assemble(`(module ${text})`);
    throws(() => overrunAlways(bytes), error);
  }
});

function overrunsOf(bytes: Uint8Array<ArrayBuffer>): number {
  let count = 0;
  const overrun = () => {
    count++;
    return 0;
  };
  const module = new WebAssembly.Module(bytes);
  const $rusm = { epoch: epochOf(1), overrun };
  const { exports } = new WebAssembly.Instance(module, { $rusm });
  (exports["f"] as (n: number) => void)(10);
  return count;
}
