import { deepStrictEqual, strictEqual } from "node:assert";
import { compare } from "./compare.ts";
import { SIDES } from "./main.ts";
import { type Compiled, PLAIN, type Side } from "./sides.ts";
import { invoke, makeScript, module, number } from "./testdata/make_script.ts";

const modules = {
  m: `(memory (export "memory") 1) (func (export "f") (result i32) (i32.const 1))`,
};
const commands = [
  module("m"),
  invoke("assert_return", "f", [], [number("i32", "1")]),
  invoke("assert_return", "f", [], [number("i32", "2")]),
  { type: "assert_suspension" },
];

/** A side whose instances export something else. */
function faulty(
  change: (exports: WebAssembly.Exports) => WebAssembly.Exports,
): Side {
  const compile = (bytes: Uint8Array<ArrayBuffer>): Compiled => {
    const { instantiate } = PLAIN.compile(bytes);
    return { instantiate: (imports) => change(instantiate(imports)) };
  };
  return { name: "faulty", compile };
}

Deno.test("compare() counts what passes plain, and finds no difference where there is none", async () => {
  const script = await makeScript(modules, commands);
  deepStrictEqual(compare(script, SIDES), {
    ...{ path: "made.json", commands: 4, passed: 2, failed: 1, skipped: 1 },
    differences: [],
  });
});

// deno-fmt-ignore
const FAULTS: [name: string, side: Side, lines: number[]][] = [
  ["a result",          faulty((exports) => ({ ...exports, f: exports["memory"]! })),                            [2, 3, 0]],
  ["a missing export",  faulty(({ f: _, ...exports }) => exports),                                              [2, 3, 0]],
  ["a copied memory",   faulty((exports) => ({ ...exports, memory: new WebAssembly.Memory({ initial: 2 }) })),  [0]],
  ["a refusal",         { name: "faulty", compile: () => { throw new WebAssembly.CompileError("no"); } },       [1, 2, 3, 0]],
  ["a broken rewriter", { name: "faulty", compile: () => { throw new TypeError("oh"); } },                      [1, 2, 3, 0]],
];

for (const [name, side, lines] of FAULTS) {
  Deno.test(`compare() finds ${name}`, async () => {
    const script = await makeScript(modules, commands);
    const { differences } = compare(script, [side]);
    deepStrictEqual(differences.map(({ line }) => line), lines);
  });
}

Deno.test("compare() takes a cap for the maximum that it is", async () => {
  const many = {
    m: `(memory (export "memory") 1) (table (export "table") 1 funcref)`,
    n: `(import "M" "memory" (memory 1 9))`,
    o: `(import "M" "table" (table 1 9 funcref))`,
  };
  const script = await makeScript(many, [
    module("m"),
    { type: "register", as: "M" },
    { type: "assert_unlinkable", filename: "n" },
    { type: "assert_unlinkable", filename: "o" },
  ]);
  const { passed, differences } = compare(script, SIDES);
  strictEqual(passed, 4);
  deepStrictEqual(differences, []);
});
