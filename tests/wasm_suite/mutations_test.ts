import {
  deepStrictEqual,
  notDeepStrictEqual,
  ok,
  strictEqual,
} from "node:assert";
import { assemble } from "../../wasm/instrument/testdata/text.ts";
import { rewrite } from "../../wasm/instrument/rewrite.ts";
import { mutate, rewriteMutations } from "./mutations.ts";

const EMPTY = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

const TEXT = `(module (memory 1) (func (export "f") (param i32) (result i32)
  (loop $l (br_if $l (i32.load (local.get 0)))) (i32.const 77)))`;

Deno.test("mutate() gives the same bytes again, others each time, and keeps the header", async () => {
  const bytes = await assemble(TEXT);
  const before = bytes.slice();
  strictEqual(mutate("a", bytes, 0), bytes);
  for (let nth = 1; nth < 20; nth++) {
    const mutated = mutate("a", bytes, nth);
    deepStrictEqual(mutate("a", bytes, nth), mutated);
    notDeepStrictEqual(mutate("b", bytes, nth), mutated);
    deepStrictEqual(mutated.subarray(0, 8), bytes.subarray(0, 8));
    strictEqual(mutated.length < bytes.length, nth % 4 === 0, `${nth}`);
  }
  deepStrictEqual(bytes, before);
});

Deno.test("rewriteMutations() counts valid modules, and finds no fault in the rewriter", async () => {
  const bytes = await assemble(TEXT);
  const report = rewriteMutations([["a", bytes], ["b", bytes]], 200);
  strictEqual(report.tried, 402);
  ok(report.valid > 2 && report.valid < 402, `${report.valid}`);
  deepStrictEqual(report.refused, new Map());
  deepStrictEqual(report.faults, []);
});

Deno.test("rewriteMutations() tells why a valid module was refused", async () => {
  const bytes = await assemble(`(module (func (export "$rusm.f")))`);
  deepStrictEqual(rewriteMutations([["a", bytes]], 0), {
    ...{ tried: 1, valid: 1, faults: [] },
    refused: new Map([[
      "Cannot rewrite an export whose name begins with $rusm.",
      1,
    ]]),
  });
});

// deno-fmt-ignore
const FAULTS: [message: string, module: string, rewriter: typeof rewrite][] = [
  ["Threw RangeError: oh",             "(module)", () => { throw new RangeError("oh"); }],
  ["Gave what the engine refuses",     "(module)", (bytes, options) => ({ ...rewrite(bytes, options), bytes: Uint8Array.of(1) })],
  ["Rewrote what the engine refuses",  "",         (_, options) => rewrite(EMPTY, options)],
];

for (const [message, text, rewriter] of FAULTS) {
  Deno.test(`rewriteMutations() finds a fault: ${message}`, async () => {
    const bytes = text === "" ? Uint8Array.of(9) : await assemble(text);
    const { faults } = rewriteMutations([["a", bytes]], 0, rewriter);
    deepStrictEqual(faults, [{ path: "a", nth: 0, message }]);
  });
}
