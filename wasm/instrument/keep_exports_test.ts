import { deepStrictEqual, throws } from "node:assert";
import { assemble } from "../testdata/wat.ts";
import { NotRewritable } from "./errors.ts";
import { keepExports } from "./keep_exports.ts";

const TEXT = `(module
  (memory (export "memory") 1)
  (global (export "zero") i32 (i32.const 0))
  (func (export "one") (result i32) (i32.const 1))
  (func (export "two") (result i32) (i32.const 2)))`;

// deno-fmt-ignore
const ROWS: [names: string[], kept: string[]][] = [
  [[], []],
  [["two"], ["two"]],
  [["two", "memory", "absent"], ["memory", "two"]],
  [["memory", "zero", "one", "two"], ["memory", "zero", "one", "two"]],
];

for (const [names, kept] of ROWS) {
  Deno.test(`keepExports() keeps ${kept.join(", ") || "nothing"}`, async () => {
    const bytes = keepExports(await assemble(TEXT), new Set(names));
    const module = new WebAssembly.Module(bytes);
    const exports = WebAssembly.Module.exports(module);
    deepStrictEqual(exports.map(({ name }) => name), kept);
  });
}

Deno.test("keepExports() exports what was exported under the name", async () => {
  const bytes = keepExports(await assemble(TEXT), new Set(["two"]));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  deepStrictEqual((exports.two as () => number)(), 2);
});

Deno.test("keepExports() refuses what is no module", () => {
  throws(() => keepExports(new Uint8Array(8), new Set()), NotRewritable);
});
