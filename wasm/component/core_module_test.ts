import { deepStrictEqual, strictEqual, throws } from "node:assert";

import { assemble } from "../testdata/wat.ts";
import {
  formatSignature,
  isSameSignature,
  readCoreInterface,
} from "./core_module.ts";

const PLACE = { section: "core module", offset: 100 };

Deno.test("readCoreInterface() reads imports in order and exports by name", async () => {
  const module = await assemble(`(module
    (import "a" "f" (func (param i32 i64) (result f32)))
    (import "a" "t" (table 1 funcref))
    (import "b" "m" (memory i64 1))
    (import "b" "g" (global (mut f64)))
    (func (export "run"))
    (memory (export "shared") 1 2 shared)
    (global (export "g") i32 (i32.const 1))
    (global (export "h") (mut i64) (i64.const -1))
    (table (export "t") 1 externref))`);
  const { imports, exports } = readCoreInterface(module, PLACE);
  const signature = { params: ["i32", "i64"], results: ["f32"] };
  const limits = { max: undefined, isShared: false, is64: false };
  deepStrictEqual(imports, [
    { module: "a", name: "f", type: { kind: "func", signature } },
    {
      ...{ module: "a", name: "t" },
      type: { kind: "table", type: "funcref", limits: { ...limits, min: 1 } },
    },
    {
      ...{ module: "b", name: "m" },
      type: { kind: "memory", limits: { ...limits, min: 1, is64: true } },
    },
    {
      ...{ module: "b", name: "g" },
      type: { kind: "global", type: "f64", isMutable: true },
    },
  ]);
  deepStrictEqual([...exports], [
    ["run", { kind: "func", signature: { params: [], results: [] } }],
    ["shared", {
      kind: "memory",
      limits: { min: 1, max: 2, isShared: true, is64: false },
    }],
    ["g", { kind: "global", type: "i32", isMutable: false }],
    ["h", { kind: "global", type: "i64", isMutable: true }],
    ["t", {
      kind: "table",
      type: "externref",
      limits: { ...limits, min: 1 },
    }],
  ]);
});

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

// deno-fmt-ignore
const MODULES: [what: string, sections: number[], message: RegExp][] = [
  ["a section past the end", [1, 9], /^Cannot read a core module: .*past the end of its module.*\(core module section, offset 108\)$/],
  ["a structure", [1, 3, 1, 0x5f, 0], /a type that is no function's: type section, offset 11 \(core module section, offset 111\)$/],
  ["an import that is not known", [2, 4, 1, 0, 0, 9], /Cannot read an import/],
  ["a function of no type", [3, 2, 1, 0], /Cannot find the type of a function/],
  ["a table with a first value", [4, 6, 1, 0x40, 0, 0x70, 0, 1], /a table with a first value/],
  ["globals without end", [6, 5, 0xff, 0xff, 0xff, 0xff, 0x0f], /Cannot read on: global section/],
  ["a value without end", [6, 5, 1, 0x7f, 0, 0x41, 0], /Cannot read a core module: .*global section/],
  ["a tag of no type", [13, 3, 1, 0, 0], /Cannot find the type of a tag/],
  ["an export of what is not there", [7, 4, 1, 0, 0, 0], /Cannot find what is exported/],
  ["an export that is not known", [7, 4, 1, 0, 9, 0], /Cannot find what is exported/],
  ["an export twice", [5, 3, 1, 0, 1, 7, 7, 2, 0, 2, 0, 0, 2, 0], /export a name twice: ""/],
];

for (const [what, sections, message] of MODULES) {
  Deno.test(`readCoreInterface() refuses a module with ${what}`, () => {
    const module = Uint8Array.from([...HEADER, ...sections]);
    throws(() => readCoreInterface(module, PLACE), {
      name: "InvalidComponent",
      message,
    });
  });
}

Deno.test("readCoreInterface() reads tags", () => {
  const type = [1, 4, 1, 0x60, 0, 0];
  const tag = [13, 3, 1, 0, 0, 7, 5, 1, 1, 0x65, 4, 0];
  const imported = [2, 8, 1, 1, 0x61, 1, 0x62, 4, 0, 0];
  const module = Uint8Array.from([...HEADER, ...type, ...imported, ...tag]);
  const { imports, exports } = readCoreInterface(module, PLACE);
  const found = { kind: "tag", signature: { params: [], results: [] } };
  deepStrictEqual(imports, [{ module: "a", name: "b", type: found }]);
  deepStrictEqual([...exports], [["e", found]]);
});

Deno.test("isSameSignature() compares parameters and results", () => {
  const one = { params: ["i32"], results: [] };
  strictEqual(formatSignature(one), "(i32) -> ()");
  strictEqual(isSameSignature(one, { params: ["i32"], results: [] }), true);
  strictEqual(isSameSignature(one, { params: [], results: ["i32"] }), false);
});
