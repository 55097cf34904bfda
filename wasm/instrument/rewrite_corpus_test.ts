/** A module of each proposal and each form of immediates, plain and rewritten. */

import { strictEqual } from "node:assert";

import { assemble } from "./testdata/text.ts";
import { type Call, insistSame, type MakeImports } from "./testdata/run.ts";

function makeImports(log: Parameters<MakeImports>[0]): WebAssembly.Imports {
  const env = {
    log: (value: unknown) => log(value),
    twice: (value: number) => value * 2,
    fail: () => {
      throw new RangeError("host");
    },
    memory: new WebAssembly.Memory({ initial: 1, maximum: 3 }),
    table: new WebAssembly.Table({
      initial: 4,
      maximum: 8,
      element: "anyfunc",
    }),
    fixed: new WebAssembly.Global({ value: "i32" }, 40),
    mutable: new WebAssembly.Global({ value: "i64", mutable: true }, 7n),
  };
  return { env };
}

const LOG = `(import "env" "log" (func $log (param i32)))`;
const TWICE = `(import "env" "twice" (func $twice (param i32) (result i32)))`;

// deno-fmt-ignore
const CORPUS: [name: string, text: string, ...calls: Call[]][] = [
  ["constants", `
    (func (export "i32") (result i32 i32 i32) i32.const -1 i32.const 2147483647 i32.const 64)
    (func (export "i64") (result i64 i64) i64.const -9223372036854775808 i64.const 8589934592)
    (func (export "f32") (result f32 f32) f32.const 0x1.8p3 f32.const nan)
    (func (export "f64") (result f64 f64) f64.const 1e308 f64.const -inf)`,
    ["i32"], ["i64"], ["f32"], ["f64"]],
  ["traps", `
    (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (export "unreachable") unreachable)
    (func (export "trunc") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))`,
    ["div", 7, 2], ["div", 1, 0], ["div", -2147483648, -1], ["unreachable"], ["trunc", 1e20]],
  ["sign extension and saturation", `
    (func (export "extend") (param i32) (result i32) (i32.extend8_s (local.get 0)))
    (func (export "saturate") (param f64) (result i64) (i64.trunc_sat_f64_u (local.get 0)))`,
    ["extend", 255], ["saturate", 1e30], ["saturate", -1]],
  ["memory", `(memory (export "memory") 1 5) (data (i32.const 8) "abcdefgh")
    (func (export "load") (param i32) (result i64) (i64.load offset=4 align=1 (local.get 0)))
    (func (export "store") (param i32 i32) (i32.store16 offset=300 (local.get 0) (local.get 1)))
    (func (export "grow") (param i32) (result i32 i32) (memory.grow (local.get 0)) memory.size)`,
    ["load", 4], ["load", 65530], ["store", 1, 99], ["store", -1, 0], ["grow", 2], ["grow", 9], ["store", 100000, 7]],
  ["an imported memory", `(import "env" "memory" (memory 1 3)) (export "memory" (memory 0))
    (data (i32.const 0) "hello")
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))`,
    ["grow", 1], ["grow", 5], ["load", 1], ["load", 131072]],
  ["several memories, imported and not", `
    (import "env" "memory" (memory $in 1 3)) (memory $a (export "a") 1) (memory $b (export "b") 2 2)
    (data (i32.const 0) "aaaa")
    (func (export "move") (param i32 i32 i32) (memory.copy $b $a (local.get 0) (local.get 1) (local.get 2)))
    (func (export "fill") (param i32) (memory.fill $in (i32.const 0) (local.get 0) (i32.const 9)))
    (func (export "load") (param i32) (result i32 i32 i32)
      (i32.load $in (local.get 0)) (i32.load8_u $a offset=1 (local.get 0)) (i32.load16_s $b (local.get 0)))
    (func (export "size") (result i32 i32 i32) (memory.size $in) (memory.size $a) (memory.grow $b (i32.const 1)))`,
    ["move", 16, 0, 4], ["fill", 7], ["load", 0], ["load", 65535], ["size"], ["move", 0, 65535, 2]],
  ["a 64-bit memory", `(memory (export "memory") i64 1 4)
    (func (export "store") (param i64 i32) (i32.store offset=8 (local.get 0) (local.get 1)))
    (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
    (func (export "fill") (memory.fill (i64.const 3) (i32.const 1) (i64.const 5)))`,
    ["store", 0n, 5], ["store", 2n ** 40n, 5], ["grow", 1n], ["grow", 9n], ["fill"]],
  ["bulk memory", `(memory (export "memory") 1) (data $p "passive") (data (i32.const 100) "active")
    (func (export "init") (param i32 i32 i32) (memory.init $p (local.get 0) (local.get 1) (local.get 2)))
    (func (export "drop") (data.drop $p))
    (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))`,
    ["init", 0, 0, 7], ["init", 50, 3, 5], ["fill", 20, 66, 10], ["fill", 65530, 1, 10], ["copy", 21, 98, 9], ["drop"], ["init", 0, 0, 0], ["init", 0, 0, 1]],
  ["globals", `(import "env" "fixed" (global $fixed i32)) (import "env" "mutable" (global $mutable (mut i64)))
    (global $a (export "a") (mut i32) (i32.const 5)) (global $b (export "b") (mut f64) (f64.const 1.5))
    (global $c i32 (i32.add (global.get $fixed) (i32.mul (i32.const 2) (i32.const 3)))) (global $d (export "d") (mut funcref) (ref.func $get))
    (global $e (export "e") (mut externref) (ref.null extern))
    (func $get (export "get") (result i32 f64 i32 i64) (global.get $a) (global.get $b) (global.get $c) (global.get $mutable))
    (func (export "set") (param i32 f64 i64) (global.set $a (local.get 0)) (global.set $b (local.get 1)) (global.set $mutable (local.get 2)))`,
    ["get"], ["set", 1, 2.5, 3n], ["get"]],
  ["all forms of elements", `${TWICE} (import "env" "table" (table $in 4 8 funcref))
    (type $t (func (result i32)))
    (table $a (export "a") 8 8 funcref) (table $b 8 funcref) (table $x 2 externref)
    (elem (table $in) (i32.const 0) func $f $g) (elem (table $a) (offset (i32.const 1)) func $f $g $h)
    (elem $passive func $h $g $twice) (elem declare func $f) (elem (table $a) (i32.const 5) funcref (ref.func $h) (ref.null func))
    (elem $exprs funcref (ref.func $g) (item (ref.func $f))) (elem (table $b) (offset (i32.const 0)) funcref (ref.func $g))
    (elem declare funcref (ref.func $h))
    (func $f (type $t) (i32.const 10)) (func $g (type $t) (i32.const 20)) (func $h (type $t) (call $twice (i32.const 15)))
    (func (export "in") (param i32) (result i32) (call_indirect $in (type $t) (local.get 0)))
    (func (export "callA") (param i32) (result i32) (call_indirect $a (type $t) (local.get 0)))
    (func (export "callB") (param i32) (result i32) (call_indirect $b (type $t) (local.get 0)))
    (func (export "init") (param i32 i32 i32) (table.init $b $passive (local.get 0) (local.get 1) (local.get 2)))
    (func (export "initExprs") (table.init $a $exprs (i32.const 0) (i32.const 0) (i32.const 2)))
    (func (export "drop") (elem.drop $passive))
    (func (export "set") (param i32) (table.set $b (local.get 0) (ref.func $f)))
    (func (export "get") (param i32) (result i32) (ref.is_null (table.get $a (local.get 0))))
    (func (export "grow") (result i32 i32) (table.grow $b (ref.func $h) (i32.const 2)) (table.size $b))
    (func (export "copy") (table.copy $a $b (i32.const 6) (i32.const 0) (i32.const 2)))
    (func (export "fill") (param externref) (table.fill $x (i32.const 0) (local.get 0) (i32.const 2)))`,
    ["in", 0], ["in", 1], ["in", 2], ["callA", 1], ["callA", 3], ["callA", 5], ["callA", 6], ["callB", 0], ["init", 1, 0, 3], ["callB", 1], ["callB", 3],
    ["initExprs"], ["callA", 0], ["drop"], ["init", 1, 0, 1], ["set", 4], ["callB", 4], ["get", 7], ["get", 9], ["grow"], ["callB", 9], ["copy"], ["callA", 6], ["fill", 5]],
  ["a start function", `${LOG} (memory (export "memory") 1) (global $g (export "g") (mut i32) (i32.const 1)) (start $go)
    (func $go (call $log (global.get $g)) (global.set $g (i32.const 2)) (i32.store (i32.const 4) (i32.const 77)))
    (func (export "get") (result i32) (global.get $g))`, ["get"]],
  ["a start function that traps", `(start $go) (func $go unreachable)`],
  ["imports behind other functions, exported again", `${LOG} ${TWICE} (import "env" "fail" (func $fail))
    (export "again" (func $twice)) (export "fail" (func $fail))
    (func (export "quad") (param i32) (result i32) (call $log (local.get 0)) (call $twice (call $twice (local.get 0))))
    (func (export "failing") (call $fail))`, ["again", 4], ["quad", 3], ["fail"], ["failing"]],
  ["several values", `
    (func $swap (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
    (func (export "swap") (param i32 i64) (result i64 i32) (call $swap (local.get 0) (local.get 1)))
    (func (export "sum") (param i32) (result i32 i32) (local $n i32)
      (i32.const 0) (local.get 0)
      (loop $l (param i32 i32) (result i32 i32)
        (local.set $n) (i32.add (local.get $n)) (i32.sub (local.get $n) (i32.const 1)) (local.tee $n)
        (br_if $l (local.get $n))))
    (func (export "block") (param i32) (result i32 i32)
      (block (result i32 i32) (i32.const 1) (i32.const 2) (br_if 0 (local.get 0)) (i32.add (i32.const 5))))`,
    ["swap", 1, 2n], ["sum", 10], ["block", 0], ["block", 1]],
  ["control", `
    (func (export "table") (param i32) (result i32)
      (block $c (block $b (block $a (br_table $a $b $c $b $a (local.get 0))) (return (i32.const 1))) (return (i32.const 2))) (i32.const 3))
    (func (export "nested") (param i32) (result i32) (local i32 i64 f32) (local $s i32)
      (loop $o (loop $i (local.set $s (i32.add (local.get $s) (i32.const 1)))
        (br_if $i (i32.rem_u (local.get $s) (i32.const 7)))) (br_if $o (i32.lt_u (local.get $s) (local.get 0)))) (local.get $s))
    (func (export "if") (param i32) (result i32) (if (result i32) (local.get 0) (then (loop (result i32) (i32.const 4))) (else (nop) (i32.const 5))))
    (func (export "dead") (result i32) (return (i32.const 1)) (loop $l (br $l)) (unreachable))
    (func (export "select") (param i32 i64 i64) (result i64) (select (result i64) (local.get 1) (local.get 2) (local.get 0)))
    (func (export "tee") (param i32) (result i32) (local.tee 0 (i32.add (local.get 0) (i32.const 1))))`,
    ["table", 0], ["table", 1], ["table", 2], ["table", 4], ["table", 99], ["nested", 50], ["if", 0], ["if", 1], ["dead"], ["select", 1, 2n, 3n], ["tee", 4]],
  ["tail calls", `(type $t (func (param i32 i32) (result i32))) (table 4 funcref) (elem (i32.const 1) $count $div)
    (func $count (export "count") (param i32 i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $count (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 2))))
    (func $div (type $t) (i32.div_u (local.get 0) (local.get 1)))
    (func (export "indirect") (param i32 i32 i32) (result i32) (return_call_indirect (type $t) (local.get 0) (local.get 1) (local.get 2)))`,
    ["count", 100000, 0], ["indirect", 9, 3, 2], ["indirect", 9, 0, 2], ["indirect", 9, 0, 0], ["indirect", 9, 0, 7]],
  ["legacy exceptions", `(import "env" "fail" (func $fail)) (tag $t (param i32)) (tag $u (export "tag"))
    (func $throw (param i32) (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $t (i32.const 11))))
      (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $u))) (if (i32.eq (local.get 0) (i32.const 3)) (then (call $fail))) (if (i32.eq (local.get 0) (i32.const 4)) (then unreachable)))
    (func (export "catch") (param i32) (result i32)
      (try (result i32) (do (call $throw (local.get 0)) (loop (result i32) (i32.const 0))) (catch $t) (catch_all (loop (nop)) (i32.const 22))))
    (func (export "rethrow") (param i32) (result i32)
      (try (result i32) (do (call $throw (local.get 0)) (i32.const 0)) (catch $t (drop) (rethrow 0))))
    (func (export "delegate") (param i32) (result i32)
      (try $o (result i32) (do (try (do (call $throw (local.get 0))) (delegate $o)) (i32.const 1)) (catch_all (i32.const 33))))`,
    ["catch", 0], ["catch", 1], ["catch", 2], ["catch", 3], ["catch", 4], ["rethrow", 0], ["rethrow", 1], ["rethrow", 2], ["delegate", 0], ["delegate", 1], ["delegate", 3]],
  ["vectors", `(memory (export "memory") 1) (data (i32.const 0) "0123456789abcdef0123456789abcdef")
    (global $v (mut v128) (v128.const i32x4 1 2 3 4))
    (func (export "lanes") (param i32) (result i32 i64 f32) (local v128)
      (local.set 1 (i8x16.replace_lane 3 (v128.load offset=2 align=1 (i32.const 0)) (local.get 0)))
      (i8x16.extract_lane_u 3 (local.get 1)) (i64x2.extract_lane 1 (local.get 1)) (f32x4.extract_lane 2 (local.get 1)))
    (func (export "shuffle") (result i32) (i32x4.extract_lane 1 (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (v128.load (i32.const 0)) (global.get $v))))
    (func (export "lane") (param i32) (v128.store8_lane offset=40 5 (local.get 0) (v128.load16_lane offset=1 7 (local.get 0) (global.get $v))))
    (func (export "zero") (param i32) (result i64) (i64x2.extract_lane 0 (v128.load32_zero (local.get 0))))
    (func (export "multiply") (result i32) (i32x4.extract_lane 2 (i32x4.mul (global.get $v) (i32x4.splat (i32.const 5)))))
    (func (export "relaxed") (result f32) (f32x4.extract_lane 0 (f32x4.relaxed_madd (f32x4.splat (f32.const 2)) (f32x4.splat (f32.const 3)) (f32x4.splat (f32.const 4)))))`,
    ["lanes", 200], ["shuffle"], ["lane", 3], ["lane", 65530], ["zero", 1], ["multiply"], ["relaxed"]],
  ["atomics", `(memory (export "memory") 1 2 shared)
    (func (export "add") (param i32 i64) (result i64) (i64.atomic.rmw.add offset=8 (local.get 0) (local.get 1)))
    (func (export "swap") (param i32 i32) (result i32) (atomic.fence) (i32.atomic.rmw8.cmpxchg_u (local.get 0) (i32.const 0) (local.get 1)))
    (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1)))
    (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 9) (i64.const 0)))
    (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0)))`,
    ["add", 0, 5n], ["add", 0, 6n], ["add", 3, 1n], ["swap", 3, 9], ["notify"], ["wait"], ["load", 0], ["load", 65536]],
  ["atomics on a memory that is not shared", `(memory 1) (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 9) (i64.const 0)))
    (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1)))`, ["wait"], ["notify"]],
  ["no memory, table or global", `(func (export "f") (result i32) (loop $l (result i32) (i32.const 3)))`, ["f"]],
  ["many functions, so that indices get longer", `${LOG} ${manyFunctions(300)}`, ["f0"], ["f125"], ["f126"], ["f127"], ["f128"], ["f255"], ["f299"], ["sum"]],
];

// Each calls the next, and has its index in many places.
function manyFunctions(count: number): string {
  const functions = Array.from({ length: count }, (_, index) => `
    (func $f${index} (export "f${index}") (result i32)
      ${
    index % 50 === 49
      ? `(i32.const ${index})`
      : `(i32.add (call $f${index + 1}) (i32.const 1))`
  })`);
  const all = Array.from({ length: count }, (_, index) => `$f${index}`).join(
    " ",
  );
  return `${
    functions.join("")
  } (type $t (func (result i32))) (table funcref (elem ${all}))
    (func (export "sum") (result i32) (local $i i32) (local $s i32)
      (loop $l (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 3)) (call_indirect (type $t) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (i32.const ${count})))) (local.get $s))`;
}

for (const [name, text, ...calls] of CORPUS) {
  Deno.test(`rewrite() keeps the meaning of ${name}`, async () => {
    const module = await assemble(`(module ${text})`);
    new WebAssembly.Module(module);
    const { results } = insistSame(module, { calls, imports: makeImports });
    // One for instantiation, and one for each call that could be made.
    strictEqual(results.length, calls.length + 1);
  });
}
