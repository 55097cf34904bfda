import { deepStrictEqual, match, strictEqual } from "node:assert";
import { replay } from "./replay.ts";
import type { Command } from "./script.ts";
import { RECYCLED } from "./recycled.ts";
import { PLAIN, REWRITTEN } from "./sides.ts";
import {
  invoke,
  makeScript,
  module,
  type Modules,
  number,
} from "./testdata/make_script.ts";

const DIV = `(func (export "div") (param i32 i32) (result i32)
  (i32.div_s (local.get 0) (local.get 1)))`;
const one = number("i32", "1");
const none = number("i32", "0");

function wasm(type: string): Omit<Command, "line"> {
  return { type, filename: "m" };
}

type Row = [
  name: string,
  modules: Modules,
  commands: Omit<Command, "line">[],
  ...outcomes: string[],
];

// What each command comes to, on each side; `*` stands for anything.
// deno-fmt-ignore
const ROWS: Row[] = [
  ["results and traps", { m: DIV }, [module("m"),
    invoke("assert_return", "div", [one, one], [one]), invoke("assert_return", "div", [one, one], [none]),
    invoke("assert_trap", "div", [one, none]), invoke("assert_trap", "div", [one, one]), invoke("assert_return", "mul", [], [one])],
    "pass returned ", "pass ", "fail returned 0x1", "pass trapped: RuntimeError: divide by zero", "fail returned 0x1", "fail failed: no export mul"],
  ["vectors", { m: `(func (export "f") (param i32) (result v128) (i32x4.splat (i32.div_u (i32.const 6) (local.get 0))))` }, [module("m"),
    invoke("assert_return", "f", [one], [{ type: "v128", lane_type: "i32", value: ["6", "6", "6", "6"] }]), invoke("assert_trap", "f", [none])],
    "pass returned ", "pass ", "pass trapped: RuntimeError: divide by zero"],
  ["references", { m: `(func (export "f") (param externref) (result externref) (local.get 0))` }, [module("m"),
    invoke("assert_return", "f", [number("externref", "4")], [number("externref", "4")]),
    invoke("assert_return", "f", [number("externref", "4")], [number("externref", "5")])],
    "pass returned ", "pass ", "fail returned an object"],
  ["exhaustion", { m: `(func $f (export "f") (call $f))` }, [module("m"), invoke("assert_exhaustion", "f"), invoke("assert_trap", "f")],
    "pass returned ", "pass exhausted: RangeError: Maximum call stack size exceeded", "fail exhausted: *"],
  ["exceptions", { m: `(tag $t) (func (export "f") (throw $t))` }, [module("m"), invoke("assert_exception", "f"), invoke("assert_trap", "f")],
    "pass returned ", "pass threw: *", "fail threw: *"],
  ["invalid and malformed modules", { m: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99) }, [wasm("assert_invalid"), wasm("assert_malformed"), module("m")],
    "pass refused: ", "pass refused: ", "fail refused: "],
  ["a valid module", { m: "" }, [wasm("assert_invalid"), wasm("assert_unlinkable")], "fail returned ", "fail returned "],
  ["modules in text", {}, [{ type: "assert_malformed", filename: "a.wat", module_type: "text" }], "skip a module in text"],
  ["what it does not know", {}, [{ type: "assert_suspension" }], "skip no way to assert_suspension"],
  ["what cannot be linked", { m: `(import "no" "where" (func))`, n: `(import "spectest" "memory" (memory 9))` },
    [wasm("assert_unlinkable"), { type: "assert_unlinkable", filename: "n" }], "pass unlinkable: *", "pass unlinkable: *"],
  ["a start function that traps, or prints", { m: `(start 0) (func unreachable)`, n: `(import "spectest" "print_i32" (func (param i32))) (start 1) (func (call 0 (i32.const 5)))` },
    [wasm("assert_uninstantiable"), module("n")], "pass trapped: RuntimeError: unreachable", "pass returned ; print_i32(5)"],
  ["registered modules", { m: `(memory (export "memory") 1)`, n: `(import "M" "memory" (memory 1)) (func (export "f") (result i32) (i32.load (i32.const 0)))`, o: `(import "M" "memory" (memory 1)) (data (i32.const 0) "\\01")` },
    [module("m", "$m"), { type: "register", name: "$m", as: "M" }, module("n", "$n"), module("o"), { ...invoke("assert_return", "f", [], [one]), action: { type: "invoke", module: "$n", field: "f" } }],
    "pass returned ", "pass ", "pass returned ", "pass returned ", "pass "],
  ["definitions and their instances", { m: `(global (export "g") (mut i32) (i32.const 1)) (func (export "f") (global.set 0 (i32.const 0)))` },
    [{ type: "module_definition", name: "$D", filename: "m" }, { type: "module_instance", instance: "$a", module: "$D" }, invoke("action", "f"), { type: "module_instance", instance: "$b", module: "$D" },
      { type: "assert_return", action: { type: "get", module: "$a", field: "g" }, expected: [none] }, { type: "assert_return", action: { type: "get", field: "g" }, expected: [one] }, { type: "module_instance", module: "$no" }],
    "pass returned ", "pass returned ", "pass returned ", "pass returned ", "pass ", "pass ", "fail no such definition"],
];

for (const side of [PLAIN, ...REWRITTEN, RECYCLED]) {
  for (const [name, modules, commands, ...wanted] of ROWS) {
    Deno.test(`replay() tells of ${name}, ${side.name}`, async () => {
      const outcomes = replay(await makeScript(modules, commands), side)
        .slice(0, -1);
      strictEqual(outcomes.length, wanted.length);
      outcomes.forEach(({ verdict, detail }, index) => {
        const line = `${verdict} ${detail}`;
        const want = wanted[index]!;
        if (want.endsWith("*")) {
          strictEqual(line.startsWith(want.slice(0, -1)), true, line);
        } else strictEqual(line, want);
      });
    });
  }
}

Deno.test("replay() ends with the state of all instances, which tells who shares what", async () => {
  const modules = {
    m: `(memory (export "memory") 1) (global (export "g") i32 (i32.const 7))
      (table (export "t") 2 funcref) (elem (i32.const 0) $f) (func $f (export "f"))`,
    n: `(import "M" "memory" (memory 1)) (export "same" (memory 0))
      (import "M" "t" (table 2 funcref)) (export "table" (table 0))`,
  };
  const commands = [module("m"), { type: "register", as: "M" }, module("n")];
  const script = await makeScript(modules, commands);
  const state = replay(script, PLAIN).at(-1)!.detail.split("\n");
  deepStrictEqual(state.slice(1), [
    "g=#1 7",
    "t=#2 2,#3,null",
    "f=#3",
    state[0]!.replace("memory", "same"),
    "table=#2 2,#3,null",
  ]);
  match(state[0]!, /^memory=#0 65536:\d+$/);
});
