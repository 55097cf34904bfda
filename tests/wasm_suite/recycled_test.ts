import { deepStrictEqual, strictEqual } from "node:assert";
import { assemble } from "../../wasm/instrument/testdata/text.ts";
import { RECYCLED } from "./recycled.ts";

/** What a module counts in, and what `change` does to it. `seen` is what a new instance has. */
type Row = [name: string, text: string];

// Each `change` shows in `seen`, which is 1 in a new instance.
// deno-fmt-ignore
const ROWS: Row[] = [
  ["a memory",            `(memory 1) (data (i32.const 0) "\\01") (func (export "change") (i32.store (i32.const 0) (i32.const 9))) (func (export "seen") (result i32) (i32.load (i32.const 0)))`],
  ["a memory that grew",  `(memory 1) (func (export "change") (drop (memory.grow (i32.const 1)))) (func (export "seen") (result i32) (memory.size))`],
  ["a global",            `(global $g (mut i32) (i32.const 1)) (func (export "change") (global.set $g (i32.const 9))) (func (export "seen") (result i32) (global.get $g))`],
  ["a table",             `(table $t 1 funcref) (elem declare func $f) (func $f (export "change") (table.set $t (i32.const 0) (ref.func $f))) (func (export "seen") (result i32) (ref.is_null (table.get $t (i32.const 0))))`],
  ["a table of 64 bits",  `(table $t i64 1 funcref) (elem declare func $f) (func $f (export "change") (table.set $t (i64.const 0) (ref.func $f))) (func (export "seen") (result i32) (ref.is_null (table.get $t (i64.const 0))))`],
  ["a dropped segment",   `(memory 1) (data $d "\\01") (func (export "change") (data.drop $d)) (func (export "seen") (result i32) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (i32.load (i32.const 0)))`],
  ["a start function",    `(global $g (mut i32) (i32.const 0)) (start $s) (func $s (global.set $g (i32.add (global.get $g) (i32.const 1)))) (func (export "seen") (result i32) (global.get $g))`],
  ["an endless loop",     `(global $g (mut i32) (i32.const 1)) (func (export "change") (loop $l (global.set $g (i32.const 9)) (br $l))) (func (export "seen") (result i32) (global.get $g))`],
];

for (const [name, text] of ROWS) {
  Deno.test(`RECYCLED gives an instance as new, with ${name}`, async () => {
    const bytes = await assemble(`(module ${text})`);
    const { seen } = RECYCLED.compile(bytes).instantiate({});
    strictEqual((seen as () => number)(), 1);
  });
}

Deno.test("RECYCLED hands out what was in use, but not where others see it", async () => {
  // Nothing that a new instance holds: only what is done to the outside tells.
  const used: number[] = [];
  const call =
    `(import "env" "use" (func $use)) (func (export "f") (call $use))`;
  const env = { use: () => used.push(1) };
  const importing = RECYCLED.compile(await assemble(`(module ${call})`));
  importing.instantiate({ env });
  deepStrictEqual(used, []);
});

Deno.test("RECYCLED ends a call of a used instance, not one of a recycled one", async () => {
  const text =
    `(func (export "count") (param $n i32) (result i32) (local $i i32)
    (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (local.get $n)))) (local.get $i))`;
  const bytes = await assemble(`(module ${text})`);
  const { count } = RECYCLED.compile(bytes).instantiate({});
  strictEqual((count as (n: number) => number)(5_000), 5_000);
});
