import { deepStrictEqual, strictEqual } from "node:assert";

import { promising } from "../fiber.ts";
import {
  body,
  exported,
  moduleOf,
  section,
  sized,
} from "../instrument/testdata/bytes.ts";
import { assemble } from "../instrument/testdata/text.ts";
import type { TrapKind } from "./kinds.ts";
import {
  type Bytes,
  instantiate,
  namesOf,
  rejectionOf,
  thrownBy,
  trapBy,
} from "./testdata/guest.ts";
import { trapOf } from "./trap.ts";

function run(text: string): Promise<Bytes> {
  return assemble(
    `(module ${text.includes("$run") ? text : `(func $run ${text})`}
     (export "run" (func $run)))`,
    true,
  );
}

// deno-fmt-ignore
const KINDS: readonly (readonly [TrapKind, string])[] = [
  ["unreachable",                   "unreachable"],
  ["out of bounds memory access",   "(memory 1) (func $run (drop (i32.load (i32.const -1))))"],
  ["out of bounds memory access",   "(memory 1) (func $run (i64.store8 (i32.const 65536) (i64.const 1)))"],
  ["out of bounds memory access",   "(memory 1) (func $run (drop (v128.load (i32.const -1))))"],
  ["out of bounds memory access",   "(memory 1) (func $run (memory.fill (i32.const 65536) (i32.const 9) (i32.const 9)))"],
  ["out of bounds memory access",   `(memory 1) (data "x") (func $run (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 2)))`],
  ["out of bounds memory access",   "(memory 1 2) (func $run (drop (memory.grow (i32.const 1))) (drop (i32.load (i32.const 131069))))"],
  ["unaligned atomic",              "(memory 1 1 shared) (func $run (drop (i32.atomic.load (i32.const 1))))"],
  ["integer divide by zero",        "(drop (i32.div_s (i32.const 1) (i32.const 0)))"],
  ["integer divide by zero",        "(drop (i64.rem_u (i64.const 1) (i64.const 0)))"],
  ["integer overflow",              "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))"],
  ["invalid conversion to integer", "(drop (i32.trunc_f32_s (f32.const nan)))"],
  ["invalid conversion to integer", "(drop (i64.trunc_f64_u (f64.const 1e30)))"],
  ["out of bounds table access",    "(table 1 funcref) (func $run (drop (table.get 0 (i32.const 1))))"],
  ["out of bounds table access",    "(table 1 funcref) (func $run (call_indirect (i32.const 1)))"],
  ["out of bounds table access",    "(table 1 funcref) (func $run (table.init 0 (i32.const 0) (i32.const 0) (i32.const 2))) (elem func $run)"],
  ["uninitialized element",         "(table 1 funcref) (func $run (call_indirect (i32.const 0)))"],
  ["indirect call type mismatch",   "(table funcref (elem $run)) (func $run (drop (call_indirect (result i32) (i32.const 0))))"],
  ["call stack exhausted",          "(func $run (call $run) (call $run))"],
  ["uncaught exception",            "(tag $t (param i32)) (func $run (throw $t (i32.const 1)))"],
];

for (const [kind, text] of KINDS) {
  Deno.test(`trapOf() says ${kind} of ${text}`, async () => {
    const { run: guest } = instantiate(await run(text));
    const thrown = [
      thrownBy(guest!),
      await rejectionOf(promising(guest!)()),
    ];
    for (const each of thrown) {
      const trap = trapOf(each);
      strictEqual(trap?.kind, kind);
      if (kind !== "uncaught exception") {
        strictEqual(namesOf(trap)?.at(0), "run");
      }
    }
  });
}

const RUN_EXPORT = section(7, exported("run", 0, 0));

// Types: that of `run`, an array of i32, a structure, an array of functions. No
// assembler here knows what is done with them.
function garbageCollected(...code: number[]): Bytes {
  const types = section(
    1,
    [0x60, 0, 0],
    [0x5e, 0x7f, 1],
    [0x5f, 1, 0x7f, 0],
    [0x5e, 0x70, 1],
  );
  // Passive, of functions: one, which is `run`.
  const elements = section(9, [1, 0, 1, 0]);
  return moduleOf(
    types,
    section(3, [0]),
    RUN_EXPORT,
    elements,
    { id: 12, bytes: Uint8Array.of(1) },
    section(10, body(code)),
    section(11, [1, ...sized("abcd")]),
  );
}

// deno-fmt-ignore
const GARBAGE_COLLECTED: readonly (readonly [TrapKind, string, number[]])[] = [
  ["null reference",              "ref.as_non_null", [0xd0, 0x70, 0xd4, 0x1a]],
  ["null reference",              "struct.get",      [0xd0, 0x02, 0xfb, 0x02, 2, 0, 0x1a]],
  ["null reference",              "call_ref",        [0xd0, 0x00, 0x14, 0]],
  ["cast failure",                "ref.cast",        [0xfb, 0x01, 2, 0xfb, 0x16, 0x6c, 0x1a]],
  ["out of bounds array access",  "array.get",       [0x41, 1, 0xfb, 0x07, 1, 0x41, 1, 0xfb, 0x0b, 1, 0x1a]],
  ["allocation size too large",   "array.new",       [0x41, 0x7f, 0xfb, 0x07, 1, 0x1a]],
  ["out of bounds memory access", "array.new_data",  [0x41, 0, 0x41, 9, 0xfb, 0x09, 1, 0, 0x1a]],
  ["out of bounds table access",  "array.new_elem",  [0x41, 0, 0x41, 9, 0xfb, 0x0a, 3, 0, 0x1a]],
  ["null exception reference",    "throw_ref",       [0xd0, 0x69, 0x0a]],
];

for (const [kind, instruction, code] of GARBAGE_COLLECTED) {
  Deno.test(`trapOf() says ${kind} of ${instruction}`, () => {
    const { run } = instantiate(garbageCollected(...code));
    strictEqual(trapBy(run!).kind, kind);
  });
}

// deno-fmt-ignore
const INSTANTIATIONS: readonly (readonly [TrapKind, string, string[]])[] = [
  ["out of bounds memory access", `(memory 1) (data (i32.const 65535) "ab")`,              []],
  ["out of bounds table access",  "(table 1 funcref) (func $f) (elem (i32.const 5) $f)",    []],
  ["unreachable",                 "(func $f unreachable) (func $g (call $f)) (start $g)",   ["f", "g"]],
];

for (const [kind, text, names] of INSTANTIATIONS) {
  Deno.test(`trapOf() says ${kind} when ${text} is instantiated`, async () => {
    const module = await assemble(`(module ${text})`, true);
    const trap = trapBy(() => instantiate(module));
    strictEqual(trap.kind, kind);
    deepStrictEqual(namesOf(trap), names);
  });
}
