/** What the engine links, by its own word: each row is linked, and compared. */

import { ok, strictEqual, throws } from "node:assert";

import { assemble } from "../testdata/wat.ts";
import { formatExtern, isFit } from "./core_fit.ts";
import { type CoreExtern, readCoreInterface } from "./core_module.ts";
import { InvalidComponent } from "./errors.ts";
import { planComponent } from "./plan_component.ts";
import { component, raw, section, text } from "./testdata/encode.ts";

// deno-fmt-ignore
const SHAPES: [shape: string, definition: string, text: string][] = [
  ["func", `(func (export "x"))`, "func () -> ()"],
  ["func (param i32)", `(func (export "x") (param i32))`, "func (i32) -> ()"],
  ["memory 1", `(memory (export "x") 1)`, "memory 1"],
  ["memory 2", `(memory (export "x") 2)`, "memory 2"],
  ["memory 1 2", `(memory (export "x") 1 2)`, "memory 1 2"],
  ["memory 1 3", `(memory (export "x") 1 3)`, "memory 1 3"],
  ["memory 1 2 shared", `(memory (export "x") 1 2 shared)`, "memory 1 2 shared"],
  ["memory i64 1", `(memory (export "x") i64 1)`, "memory i64 1"],
  ["table 1 funcref", `(table (export "x") 1 funcref)`, "table 1 funcref"],
  ["table 2 funcref", `(table (export "x") 2 funcref)`, "table 2 funcref"],
  ["table 1 2 funcref", `(table (export "x") 1 2 funcref)`, "table 1 2 funcref"],
  ["table 1 3 funcref", `(table (export "x") 1 3 funcref)`, "table 1 3 funcref"],
  ["table 1 externref", `(table (export "x") 1 externref)`, "table 1 externref"],
  ["global i32", `(global (export "x") i32 (i32.const 0))`, "global i32"],
  ["global (mut i32)", `(global (export "x") (mut i32) (i32.const 0))`, "global (mut i32)"],
  ["global i64", `(global (export "x") i64 (i64.const 0))`, "global i64"],
  ["global v128", `(global (export "x") v128 (v128.const i64x2 0 0))`, "global v128"],
  ["global funcref", `(global (export "x") funcref (ref.null func))`, "global funcref"],
  ["global externref", `(global (export "x") externref (ref.null extern))`, "global externref"],
];

const PLACE = { section: "core module", offset: 0 };

interface Shape {
  readonly name: string;
  readonly exporter: Uint8Array<ArrayBuffer>;
  readonly importer: Uint8Array<ArrayBuffer>;
  readonly type: CoreExtern;
}

const shapes = await Promise.all(
  SHAPES.map(async ([name, definition]): Promise<Shape> => {
    const exporter = await assemble(`(module ${definition})`);
    const importer = await assemble(`(module (import "a" "x" (${name})))`);
    const type = readCoreInterface(exporter, PLACE).exports.get("x")!;
    return { name, exporter, importer, type };
  }),
);

// Two tags, which the assembler does not know: without and with a parameter.
for (const params of [[], [0x7f]]) {
  const type = section(1, [0x60, params.length, ...params, 0]);
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const exported = section(7, [...text("x"), 4, 0]);
  const imported = section(2, [...text("a"), ...text("x"), 4, 0, 0]);
  const exporter = [...header, ...type, ...section(13, [0, 0]), ...exported];
  const bytes = Uint8Array.from(exporter);
  shapes.push({
    name: `tag of ${params.length} parameters`,
    exporter: bytes,
    importer: Uint8Array.from([...header, ...type, ...imported]),
    type: readCoreInterface(bytes, PLACE).exports.get("x")!,
  });
}

for (const { name, importer, type: wanted } of shapes) {
  Deno.test(`isFit() says of what is imported as ${name} what the engine says`, () => {
    for (const { name: other, exporter, type: found } of shapes) {
      // JavaScript may give a function for a global, but no component may.
      const links = found.kind === wanted.kind && doesLink(importer, exporter);
      strictEqual(isFit(wanted, found), links, other);
    }
  });

  Deno.test(`planComponent() takes what fits ${name}, and names what does not`, () => {
    for (const { exporter, type: found } of shapes) {
      const bytes = linked(exporter, importer);
      if (isFit(wanted, found)) planComponent(bytes);
      else {
        throws(() => planComponent(bytes), (error: Error) => {
          ok(error instanceof InvalidComponent);
          const start = `Cannot satisfy import "a" "x" of core module 1, ${
            formatExtern(wanted)
          }: found ${formatExtern(found)} (core instance section, offset `;
          return error.message.startsWith(start);
        });
      }
    }
  });
}

for (const [name, definition, text] of SHAPES) {
  Deno.test(`formatExtern() writes ${name}`, async () => {
    const module = await assemble(`(module ${definition})`);
    const type = readCoreInterface(module, PLACE).exports.get("x")!;
    strictEqual(formatExtern(type), text);
  });
}

Deno.test("isFit() leaves references without a name of their own to the engine, but not numbers", () => {
  const global = (type: "ref" | "funcref" | "i32"): CoreExtern => ({
    ...{ kind: "global", type, isMutable: false },
  });
  strictEqual(isFit(global("ref"), global("funcref")), true);
  strictEqual(isFit(global("funcref"), global("ref")), true);
  strictEqual(isFit(global("ref"), global("i32")), false);
  strictEqual(isFit(global("i32"), global("ref")), false);
});

function doesLink(
  importer: Uint8Array<ArrayBuffer>,
  exporter: Uint8Array<ArrayBuffer>,
): boolean {
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(exporter),
  );
  const module = new WebAssembly.Module(importer);
  try {
    new WebAssembly.Instance(module, { a: exports });
    return true;
  } catch (error) {
    // That it says so is what is asked.
    if (error instanceof WebAssembly.LinkError) return false;
    throw error;
  }
}

function linked(exporter: Uint8Array, importer: Uint8Array): Uint8Array {
  const instances = section(
    2,
    [0, 0, 0],
    [0, 1, 1, ...text("a"), 0x12, 0],
  );
  return component(raw(1, [...exporter]), raw(1, [...importer]), instances);
}
