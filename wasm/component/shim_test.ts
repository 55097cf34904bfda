/** Shims as tools make them, and what only looks like one. */

import { deepStrictEqual, strictEqual } from "node:assert";

import { assemble } from "../testdata/wat.ts";
import type { CoreExport, CoreInstantiation, LoweredFunction } from "./plan.ts";
import { skipShims } from "./shim.ts";
import { readFixup, readShim } from "./trampoline.ts";

const SHIM = `(module
  (type $t (func (param i32 i64) (result i32)))
  (type $u (func))
  (table (export "$imports") 2 2 funcref)
  (func (export "0") (type $t)
    local.get 0 local.get 1 i32.const 0 call_indirect (type $t))
  (func (export "1") (type $u) i32.const 1 call_indirect (type $u)))`;

const FIXUP = `(module
  (type $t (func (param i32 i64) (result i32)))
  (import "" "0" (func $a (type $t)))
  (import "" "1" (func $b))
  (import "" "$imports" (table 2 2 funcref))
  (elem (i32.const 0) func $a $b))`;

Deno.test("readShim() reads the slots of trampolines", async () => {
  deepStrictEqual(readShim(await assemble(SHIM)), {
    table: "$imports",
    slots: new Map([
      ["0", {
        index: 0,
        signature: { params: ["i32", "i64"], results: ["i32"] },
      }],
      ["1", { index: 1, signature: { params: [], results: [] } }],
    ]),
  });
});

Deno.test("readFixup() reads what fills which slots", async () => {
  const found = readFixup(await assemble(FIXUP));
  deepStrictEqual(found, { table: 2, first: 0, functions: [0, 1] });
});

const NO_SHIMS: [what: string, text: string][] = [
  ["more sections", SHIM.replace("(table", "(memory 1) (table")],
  [
    "its parameters in another order",
    SHIM.replace(
      "local.get 0 local.get 1",
      "local.get 1 i32.wrap_i64 local.get 0 i64.extend_i32_u",
    ),
  ],
  ["something done besides", SHIM.replace("i32.const 1", "nop i32.const 1")],
  ["a slot below 0", SHIM.replace("i32.const 1", "i32.const -1")],
  ["locals", SHIM.replace("i32.const 1", "(local i32) i32.const 1")],
  [
    "another type called",
    SHIM.replace("(type $u (func))", "(type $u (func)) (type $v (func))")
      .replace("call_indirect (type $u)", "call_indirect (type $v)"),
  ],
  ["its table not exported", SHIM.replace('(export "$imports")', "")],
  [
    "its table exported twice",
    SHIM.replace('(export "$imports")', '(export "$imports") (export "b")'),
  ],
];

for (const [what, text] of NO_SHIMS) {
  Deno.test(`readShim() of a module with ${what} is undefined`, async () => {
    strictEqual(readShim(await assemble(text)), undefined);
  });
}

const NO_FIXUPS: [what: string, text: string][] = [
  ["a start function", FIXUP.replace("(elem", "(start $b) (elem")],
  [
    "an exported function",
    FIXUP.replace("(elem", '(export "b" (func $b)) (elem'),
  ],
  [
    "two segments",
    FIXUP.replace("(elem", "(elem (i32.const 1) func $b) (elem"),
  ],
  [
    "a memory imported",
    FIXUP.replace(
      '(import "" "1"',
      '(import "" "m" (memory 1)) (import "" "1"',
    ),
  ],
  [
    "two tables imported",
    FIXUP.replace(
      '(import "" "1"',
      '(import "" "t" (table 1 funcref)) (import "" "1"',
    ),
  ],
  [
    "an offset that is no constant",
    FIXUP.replace(
      '(import "" "1"',
      '(import "" "g" (global $g i32)) (import "" "1"',
    ).replace("(i32.const 0)", "(global.get $g)"),
  ],
];

for (const [what, text] of NO_FIXUPS) {
  Deno.test(`readFixup() of a module with ${what} is undefined`, async () => {
    strictEqual(readFixup(await assemble(text)), undefined);
  });
}

Deno.test("readShim() and readFixup() of what is no module are undefined", () => {
  strictEqual(readShim(Uint8Array.of(1, 2)), undefined);
  strictEqual(readFixup(Uint8Array.of(1, 2)), undefined);
});

/** A plan of a shim, a user of it, a fixup, and perhaps another user of its table. */
async function planOf(
  signature: LoweredFunction["signature"],
  isTableShared: boolean,
) {
  const modules = [SHIM, "(module)", FIXUP];
  const shim: CoreInstantiation = {
    kind: "instantiate",
    module: 0,
    imports: [],
  };
  const of = (name: string): CoreExport => ({
    kind: "export",
    sort: name === "$imports" ? "table" : "func",
    instance: shim,
    name,
  });
  const given: LoweredFunction = {
    kind: "lower",
    function: {
      kind: "import",
      name: "f",
      member: undefined,
      type: { params: [], result: undefined, isAsync: false },
    },
    options: {
      encoding: "utf8",
      memory: undefined,
      realloc: undefined,
      postReturn: undefined,
    },
    signature,
    componentInstance: 0,
  };
  const main: CoreInstantiation = {
    kind: "instantiate",
    module: 1,
    imports: [
      { module: "m", name: "f", item: of("1") },
      ...(isTableShared
        ? [{ module: "m", name: "t", item: of("$imports") }]
        : []),
    ],
  };
  const fixup: CoreInstantiation = {
    kind: "instantiate",
    module: 2,
    imports: ["0", "1", "$imports"].map((name) => ({
      module: "",
      name,
      item: name === "$imports" ? of(name) : given,
    })),
  };
  return {
    given,
    main,
    plan: skipShims({
      imports: [],
      modules: await Promise.all(modules.map(assemble)),
      steps: [shim, main, fixup],
      resources: [],
      exports: [],
      componentInstances: 1,
    }),
  };
}

const PROCEDURE = { params: [], results: [] };

Deno.test("skipShims() leaves out a shim, and the modules of no instance", async () => {
  const { given, main, plan } = await planOf(PROCEDURE, false);
  deepStrictEqual(plan.steps, [main]);
  strictEqual(main.imports[0]!.item, given);
  strictEqual(main.module, 0);
  deepStrictEqual(plan.modules, [await assemble("(module)")]);
});

Deno.test("skipShims() keeps a shim whose call would be a trap", async () => {
  const { plan } = await planOf({ params: ["i32"], results: [] }, false);
  strictEqual(plan.steps.length, 3);
});

Deno.test("skipShims() keeps a shim whose table others can write", async () => {
  const { plan } = await planOf(PROCEDURE, true);
  strictEqual(plan.steps.length, 3);
});
