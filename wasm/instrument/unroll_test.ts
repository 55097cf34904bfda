/** Which loops are unrolled, and that nobody can tell. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { FUNCTION_BYTES_MAX } from "./code.ts";
import { rewrite } from "./rewrite.ts";
import { body, exported, moduleOf, section, sized } from "./testdata/bytes.ts";
import { type Call, insistSame } from "./testdata/run.ts";
import { assemble } from "./testdata/text.ts";
import { UNROLLED_FUNCTION_BYTES_MAX } from "./unroll.ts";

const OPTIONS = { memoryBytesMax: 2 ** 20, tableEntriesMax: 1000 };

const TURN = "(br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))";
// deno-fmt-ignore
const TURNS: [name: string, code: string, turns: number][] = [
  ["a short loop", `(loop $l ${TURN})`, 4],
  ["a loop with a result", `(drop (loop $l (result i32) ${TURN} (i32.const 1)))`, 4],
  ["a loop of blocks", `(loop $l (block (br_if 0 (local.get 0))) (if (local.get 0) (then (br $l))))`, 4],
  ["the longest loop that is", `(loop $l ${TURN} ${"(nop)".repeat(119)})`, 4],
  ["a longer loop", `(loop $l ${TURN} ${"(nop)".repeat(120)})`, 3],
  ["one of the longest loop", `(loop $l ${TURN} ${"(nop)".repeat(247)})`, 2],
  ["a loop that is too long", `(loop $l ${TURN} ${"(nop)".repeat(248)})`, 1],
  ["a loop that nothing goes back to", "(loop $l (nop))", 1],
  ["a loop around another", `(loop $l (loop $i (br_if $i (local.get 0))) ${TURN})`, 4],
  ["a loop with a call", `(loop $l (call $f (i32.const 0)) ${TURN})`, 1],
  ["a loop with a reference to a function", `(loop $l (drop (ref.func $f)) ${TURN})`, 1],
  ["a loop with parameters", `(i32.const 1) (loop $l (param i32) (drop) (br_if $l (i32.const 1) (local.get 0)) (drop))`, 1],
  ["a loop with an instruction that takes long", `(loop $l (memory.fill (i32.const 0) (i32.const 0) (local.get 0)) ${TURN})`, 1],
  ["a loop that catches by a table", `(loop $l (block $h (try_table (catch_all $h))) ${TURN})`, 1],
  ["a loop that tries", `(loop $l (try (do) (catch_all)) ${TURN})`, 4],
  ["a loop with a branch far out", `(loop $l ${TURN} (br_if 124 (local.get 0)))`, 4],
  ["a loop with a branch further out", `(loop $l ${TURN} (br_if 126 (local.get 0)))`, 1],
  ["a loop with a table that goes further out", `(loop $l ${TURN} (br_table 0 126 0 (local.get 0)))`, 1],
];

for (const [name, code, turns] of TURNS) {
  Deno.test(`rewrite() puts ${turns} turns in a row of ${name}`, async () => {
    const nested = "(block ".repeat(130) + code + ")".repeat(130);
    const module = await assemble(
      `(module (memory 1) (elem declare func $f) (func $f (param i32) ${nested}))`,
    );
    strictEqual(turnsOf(rewrite(module, OPTIONS).bytes), turns);
    const checked = rewrite(module, { ...OPTIONS, straightBytesMax: 0 });
    strictEqual(turnsOf(checked.bytes), 1);
  });
}

// A branch out, an end, and the block of the next turn or the last turn.
function turnsOf(bytes: Uint8Array): number {
  const ends = bytes.filter((byte, at) =>
    byte === 0x0c && bytes[at + 1] === 2 && bytes[at + 2] === 0x0b
  );
  return 1 + ends.length;
}

const COUNT = "(local.set $n (i32.add (local.get $n) (i32.const 1)))";
const IS = "(i32.eq (local.get $n) (local.get 0))";
const LESS = "(i32.lt_u (local.get $n) (i32.const 9))";

// Each is a function of two parameters whose loop has up to nine turns.
// deno-fmt-ignore
const LOOPS: [name: string, code: string][] = [
  ["that is left from any turn", `(block $a (loop $l ${COUNT} (br_if $a ${IS}) (br_if $l ${LESS}))) (local.get $n)`],
  ["that goes on from within", `(loop $l ${COUNT} (if ${IS} (then (br $l))) (local.set $m (i32.add (local.get $m) (local.get $n))) (br_if $l ${LESS})) (local.get $m)`],
  ["that returns", `(loop $l ${COUNT} (if ${IS} (then (return (i32.const 77)))) (br_if $l ${LESS})) (local.get $n)`],
  ["that traps", `(loop $l ${COUNT} (if ${IS} (then (unreachable))) (br_if $l ${LESS})) (local.get $n)`],
  ["with a result", `(block $a (result i32) (i32.add (i32.const 1) (loop $l (result i32) ${COUNT} (drop (br_if $a (local.get $n) ${IS})) (br_if $l ${LESS}) (i32.mul (local.get $n) (i32.const 5)))))`],
  ["with a result and an end that is not reached", `(block $a (result i32) (loop $l (result i32) ${COUNT} (br_if $l (i32.and ${LESS} (i32.eqz ${IS}))) (br $a (local.get $n)) (i32.add)))`],
  ["of a branch table", `(block $a (block $b (loop $l ${COUNT} (block $c (br_table $l $c $a $b $l $l (i32.sub (local.get $n) (local.get 0)))) (br_if $l ${LESS})) (return (i32.const 1))) (return (i32.const 2))) (local.get $n)`],
  ["that throws", `(try (result i32) (do (loop $l (result i32) ${COUNT} (if ${IS} (then (throw $t (local.get $n)))) (br_if $l ${LESS}) (i32.const 3))) (catch $t (i32.add (i32.const 100))))`],
  ["that catches", `(loop $l (try (do ${COUNT} (if ${IS} (then (throw $t (i32.const 50))))) (catch $t (local.set $m))) (br_if $l ${LESS})) (i32.add (local.get $m) (local.get $n))`],
  ["that throws again", `(try (result i32) (do (throw $t (i32.const 40))) (catch $t (local.set $m) (loop $l ${COUNT} (if ${IS} (then (rethrow 2))) (br_if $l ${LESS})) (local.get $m)))`],
  ["that delegates", `(try $o (result i32) (do (loop $l ${COUNT} (try (do (if ${IS} (then (throw $t (i32.const 30))))) (delegate $o)) (br_if $l ${LESS})) (i32.const 4)) (catch $t (i32.add (local.get $n))))`],
];

for (const [name, code] of LOOPS) {
  Deno.test(`rewrite() keeps the meaning of a loop ${name}`, async () => {
    const module = await assemble(`(module (tag $t (param i32))
      (func (export "run") (param i32) (result i32) (local $n i32) (local $m i32) ${code}))`);
    strictEqual(turnsOf(rewrite(module, OPTIONS).bytes), 4);
    const calls = Array.from({ length: 12 }, (_, n): Call => ["run", n]);
    insistSame(module, { calls });
  });
}

// deno-fmt-ignore
const REFERENCES: [name: string, type: number, code: number[]][] = [
  ["br_on_null to the loop", 0x6f, [0x02, 0x40, 0x03, 0x40, 0x20, 1, 0x41, 1, 0x6a, 0x22, 1, 0x41, 10, 0x4b, 0x0d, 1, 0x20, 0, 0xd5, 0, 0x1a, 0x0b, 0x0b]],
  ["br_on_null out of the loop", 0x6f, [0x02, 0x40, 0x03, 0x40, 0x20, 1, 0x41, 1, 0x6a, 0x22, 1, 0x41, 10, 0x4b, 0x0d, 1, 0x20, 0, 0xd5, 1, 0x1a, 0x0c, 0, 0x0b, 0x0b]],
  ["br_on_cast out of the loop", 0x6e, [0x02, 0x6e, 0x03, 0x40, 0x20, 1, 0x41, 1, 0x6a, 0x22, 1, 0x41, 10, 0x4b, 0x04, 0x40, 0x20, 0, 0x0c, 2, 0x0b, 0x20, 0, 0xfb, 0x18, 3, 1, 0x6e, 0x6c, 0x1a, 0x0c, 0, 0x0b, 0x00, 0x0b, 0x1a]],
];

for (const [name, type, code] of REFERENCES) {
  Deno.test(`rewrite() keeps the meaning of ${name}`, () => {
    const module = moduleOf(
      section(1, [0x60, 2, type, 0x7f, 1, 0x7f]),
      section(3, [0]),
      section(7, exported("run", 0, 0)),
      section(10, body([...code, 0x20, 1])),
    );
    strictEqual(turnsOf(rewrite(module, OPTIONS).bytes), 4);
    const calls: Call[] = [["run", null, 0], ["run", 5, 0], ["run", "x", 4]];
    const { results } = insistSame(module, { calls });
    deepStrictEqual(results.length, 4);
  });
}

const SHORTEST = [0x03, 0x40, 0x0c, 0, 0x0b];

Deno.test("rewrite() makes no function too long by unrolling", () => {
  const count = Math.floor(UNROLLED_FUNCTION_BYTES_MAX / SHORTEST.length) - 1;
  const unrolled = rewrite(loopsOf(count), OPTIONS).bytes.length;
  const checked = rewrite(loopsOf(count + 2), OPTIONS).bytes.length;
  ok(unrolled > checked * 2);
  ok(unrolled < FUNCTION_BYTES_MAX);
  ok(unrolled < UNROLLED_FUNCTION_BYTES_MAX * 10);
});

function loopsOf(count: number): Uint8Array<ArrayBuffer> {
  const code = new Array(count).fill(SHORTEST).flat();
  return moduleOf(
    section(1, [0x60, 0, 0]),
    section(3, [0]),
    section(10, sized([0, ...code, 0x0b])),
  );
}
