/**
 * What is invalid, and would not be after it was rewritten: each names something
 * that is only there then, or is wrong in something that does not get there.
 */

import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";

import { NotRewritable } from "./errors.ts";
import { rewrite } from "./rewrite.ts";
import { readSections, SECTION } from "./sections.ts";
import {
  body,
  exported,
  imported,
  moduleOf,
  section,
  sized,
} from "./testdata/bytes.ts";
import { assemble } from "./testdata/text.ts";
import { insistValid } from "./valid.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const OPTIONS = {
  memoryBytesMax: 2 ** 32,
  tableEntriesMax: 1000,
  isCompiled: true,
};

const EMPTY = [0x60, 0, 0];
const TYPE = section(SECTION.type, EMPTY);
const FUNCTION = section(SECTION.function, [0]);
const TABLE = section(SECTION.table, [0x70, 0, 1]);
const MEMORY = section(SECTION.memory, [0, 1]);
const CODE = section(SECTION.code, body());

// Index 0 is the function that is defined, 1 the one that checks call, 2 the
// reset; type 0 is its own, 1 to 3 are added; memory 1 is that of the epoch.
function coded(...code: number[]): Bytes {
  return moduleOf(TYPE, FUNCTION, TABLE, MEMORY, section(10, body(code)));
}

function withLocals(...locals: number[]): Bytes {
  const code = section(SECTION.code, sized([...locals, 0x0b]));
  return moduleOf(TYPE, FUNCTION, MEMORY, code);
}

function before(added: { id: number; bytes: Uint8Array }): Bytes {
  const all = [TYPE, FUNCTION, MEMORY].filter(({ id }) => id !== added.id);
  const at = all.findIndex(({ id }) => id > added.id);
  return moduleOf(...all.toSpliced(at < 0 ? all.length : at, 0, added), CODE);
}

function behind(added: { id: number; bytes: Uint8Array }): Bytes {
  return moduleOf(TYPE, FUNCTION, TABLE, MEMORY, added, CODE);
}

const ADDRESS = [0x41, 0];
const TWO = [...ADDRESS, ...ADDRESS];
const THREE = [...TWO, ...ADDRESS];
const DROP = 0x1a;
const NO_INIT = [0x41, 0, 0x0b];

/** A module, or one whose own function has this index. */
type Invalid = Bytes | string | ((at: number) => Bytes);

// deno-fmt-ignore
const INVALID: [name: string, module: Invalid][] = [
  ["a load of the epoch", coded(...ADDRESS, 0x28, 0x42, 1, 0, DROP)],
  ["a store to the epoch", coded(...TWO, 0x36, 0x42, 1, 0)],
  ["a vector from the epoch", coded(...ADDRESS, 0xfd, 0, 0x40, 1, 0, DROP)],
  ["a lane from the epoch", coded(...ADDRESS, 0xfd, 12, ...new Array(16).fill(0), 0xfd, 0x54, 0x40, 1, 0, 0, DROP)],
  ["an atomic load of the epoch", coded(...ADDRESS, 0xfe, 0x10, 0x42, 1, 0, DROP)],
  ["the size of the epoch", coded(0x3f, 1, DROP)],
  ["the epoch growing", coded(...ADDRESS, 0x40, 1, DROP)],
  ["filling the epoch", coded(...THREE, 0xfc, 11, 1)],
  ["a copy to the epoch", coded(...THREE, 0xfc, 10, 1, 0)],
  ["a copy from the epoch", coded(...THREE, 0xfc, 10, 0, 1)],
  ["a load without a memory", moduleOf(TYPE, FUNCTION, section(10, body([...ADDRESS, 0x28, 2, 0, DROP])))],
  ["a segment without a memory", moduleOf(section(SECTION.data, [0, ...NO_INIT, 1, 7]))],
  ["a segment of the epoch", moduleOf(MEMORY, section(SECTION.data, [2, 1, ...NO_INIT, 1, 7]))],
  ["an export of the epoch", before(section(SECTION.export, exported("e", 2, 1)))],
  ["a read of the epoch last seen", coded(0x23, 0, DROP)],
  ["a write of the epoch last seen", coded(...ADDRESS, 0x24, 0)],
  ["an export of the epoch last seen", before(section(SECTION.export, exported("e", 3, 0)))],
  ["a read of who calls", coded(0x23, 1, DROP)],
  ["a write of who calls", coded(0xd0, 0x6f, 0x24, 1)],
  ["an export of who calls", before(section(SECTION.export, exported("e", 3, 1)))],
  ["a call of the function that checks call", (at) => coded(0x10, at + 1)],
  ["a tail call of it", (at) => coded(0x12, at + 1)],
  ["a call of the reset", (at) => coded(0x10, at + 2)],
  ["a reference to the reset", (at) => coded(0xd2, at + 2, DROP)],
  ["an export of the reset", (at) => before(section(SECTION.export, exported("e", 0, at + 2)))],
  ["the reset in a segment", (at) => behind(section(SECTION.element, [0, ...NO_INIT, 1, at + 2]))],
  ["a reference to the reset in a segment", (at) => behind(section(SECTION.element, [5, 0x70, 1, 0xd2, at + 2, 0x0b]))],
  ["the reset in a global", (at) => before(section(SECTION.global, [0x70, 0, 0xd2, at + 2, 0x0b]))],
  ["the reset in a table", (at) => moduleOf(TYPE, FUNCTION, section(SECTION.table, [0x40, 0, 0x70, 0, 1, 0xd2, at + 2, 0x0b]), MEMORY, CODE)],
  ["a block of a type that is added", coded(0x02, 2, 0x0b)],
  ["a loop of a type that is added", coded(0x03, 2, 0x0b)],
  ["a block of such a type, in two bytes", coded(0x02, 0x82, 0, 0x0b)],
  ["a block of such a reference", coded(0x02, 0x63, 2, 0xd0, 0, 0x0b, DROP)],
  ["an indirect call of a type that is added", coded(...ADDRESS, 0x11, 2, 0)],
  ["an indirect call of a type that is added for imports", coded(...ADDRESS, 0x11, 4, 0)],
  ["an import of a type that is added for imports", before(section(SECTION.import, imported("f", 0, 4)))],
  ["a block of a type that is added for imports", coded(0x02, 4, 0x0b)],
  ["an indirect tail call of a type that is added", coded(...ADDRESS, 0x13, 2, 0)],
  ["a call of such a reference", coded(0x00, 0x14, 2)],
  ["a null of a type that is added", coded(0xd0, 2, DROP)],
  ["a choice of a type that is added", coded(0x00, 0x1c, 1, 0x63, 2, DROP)],
  ["a test for a type that is added", coded(0x00, 0xfb, 0x15, 2, DROP)],
  ["a local of a type that is added", withLocals(1, 1, 0x63, 2)],
  ["a global of a type that is added", before(section(SECTION.global, [0x63, 2, 0, 0xd0, 0x70, 0x0b]))],
  ["a table of a type that is added", moduleOf(TYPE, section(SECTION.table, [0x63, 2, 0, 1]), MEMORY)],
  ["a segment of a type that is added", behind(section(SECTION.element, [5, 0x63, 2, 0]))],
  ["a function of a type that is added", moduleOf(TYPE, section(SECTION.function, [2]), MEMORY, CODE)],
  ["an import of a type that is added", before(section(SECTION.import, imported("f", 0, 2)))],
  ["an imported global of a type that is added", before(section(SECTION.import, imported("g", 3, 0x63, 2, 0)))],
  ["an imported table of a type that is added", before(section(SECTION.import, imported("t", 1, 0x63, 2, 0, 1)))],
  ["an imported tag of a type that is added", before(section(SECTION.import, imported("t", 4, 0, 2)))],
  ["a tag of a type that is added", moduleOf(TYPE, MEMORY, section(SECTION.tag, [0, 2]))],
  ["a drop of a segment that is not there", coded(0xfc, 9, 3)],
  ["a memory that ends below its start", moduleOf(section(SECTION.memory, [1, 2, 1]))],
  ["a memory of too many pages", moduleOf(section(SECTION.memory, [1, 1, 0x81, 0x80, 4]))],
  ["a shared memory without an end", moduleOf(section(SECTION.memory, [2, 1]))],
  ["a memory with a size too long", moduleOf(section(SECTION.memory, [0, 0x81, 0x80, 0x80, 0x80, 0x80, 0]))],
  ["an imported memory that ends below its start", moduleOf(section(SECTION.import, imported("m", 2, 1, 2, 1)))],
  ["an imported memory of too many pages", moduleOf(section(SECTION.import, imported("m", 2, 1, 1, 0x81, 0x80, 4)))],
  ["a table that ends below its start", moduleOf(section(SECTION.table, [0x70, 1, 2, 1]), MEMORY)],
  ["a shared table", moduleOf(section(SECTION.table, [0x70, 3, 1, 1]), MEMORY)],
  ["a start that takes something", "(memory 1) (func $f (param i32)) (start $f)"],
  ["a start that is added", (at) => moduleOf(TYPE, FUNCTION, MEMORY, { id: SECTION.start, bytes: Uint8Array.of(at + 1) }, CODE)],
  ["a reference to the start", (at) => moduleOf(TYPE, FUNCTION, MEMORY, { id: SECTION.start, bytes: Uint8Array.of(at) }, section(10, body([0xd2, at, DROP])))],
  ["a name that is none, of what is left out", moduleOf(MEMORY, { id: 0, bytes: Uint8Array.from([15, ...new TextEncoder().encode("metadata.code."), 0xff]) })],
];

// deno-fmt-ignore
const BINDINGS: [imports: number, bindsImports: boolean | boolean[]][] = [
  [0, false], [0, true], [0, []], [0, [true, false]],
  [2, false], [2, true], [2, []], [2, [true]], [2, [false, true]],
  [2, [true, false]], [2, [true, true]], [2, [false, false]],
  [3, [true, false, true]], [3, [false, true, false]],
];

for (const [name, module] of INVALID) {
  for (const [imports, bindsImports] of BINDINGS) {
    Deno.test(`rewrite() refuses ${name}, also when the result is compiled, of ${imports} imports bound: ${bindsImports}`, async () => {
      const bytes = importing(imports, await bytesOf(module, imports));
      strictEqual(WebAssembly.validate(bytes), false);
      throws(
        () => rewrite(bytes, { ...OPTIONS, bindsImports }),
        (error: Error) => error instanceof NotRewritable,
      );
    });
  }
}

async function bytesOf(module: Invalid, imports: number): Promise<Bytes> {
  if (typeof module === "string") return await assemble(`(module ${module})`);
  return typeof module === "function" ? module(imports) : module;
}

/** A module with so many functions imported in front of what it imports. */
function importing(count: number, module: Bytes): Bytes {
  if (count === 0) return module;
  const sections = readSections(module);
  const find = (id: number) => sections.find((section) => section.id === id);
  const functions = new Array(count).fill(imported("f", 0, 0)).flat();
  const [had = 0, ...others] = find(SECTION.import)?.bytes ?? [];
  const bytes = Uint8Array.of(count + had, ...functions, ...others);
  const isOther = ({ id }: { id: number }) =>
    id !== SECTION.type && id !== SECTION.import;
  const imports = { id: SECTION.import, bytes };
  const type = find(SECTION.type) ?? TYPE;
  return moduleOf(type, imports, ...sections.filter(isOther));
}

// What is invalid by itself stays so, and needs no other look at the original.
// deno-fmt-ignore
const LEFT: [name: string, code: number[]][] = [
  ["a missing operand", [0x6a]],
  ["a type that does not fit", [0x42, 0, DROP, 0x41, 0, 0x8c, DROP]],
  ["a label that is not there", [0x0c, 5]],
  ["a local that is not there", [0x20, 5, DROP]],
  ["a branch out of an unrolled loop that is not there", [0x03, 0x40, 0x0d, 0, 0x0c, 9, 0x0b]],
  ["too much on the stack of an unrolled loop", [0x03, 0x40, 0x41, 0, 0x41, 1, 0x0d, 0, 0x0b]],
];

for (const [name, code] of LEFT) {
  for (const [imports, bindsImports] of BINDINGS) {
    Deno.test(`rewrite() leaves ${name} to who compiles the result, of ${imports} imports bound: ${bindsImports}`, () => {
      const module = importing(imports, coded(...code));
      const options = { ...OPTIONS, bindsImports };
      strictEqual(WebAssembly.validate(module), false);
      const { bytes } = rewrite(module, options);
      strictEqual(WebAssembly.validate(bytes), false);
      throws(() => insistValid(module), NotRewritable);
      const isCompiled = false;
      throws(() => rewrite(module, { ...options, isCompiled }), NotRewritable);
    });
  }
}

Deno.test("rewrite() gives the same whether or not the result is compiled", async () => {
  const module = await assemble(`(module
    (import "env" "f" (func $f (param i32) (result i32)))
    (import "env" "h" (func $h (param i64)))
    (memory (export "memory") 1 9) (table 2 5 funcref) (elem (i32.const 0) $f $g)
    (global $g (mut i32) (i32.const 7)) (data (i32.const 8) "hello")
    (func $g (export "g") (param i32) (result i32)
      (loop $l (result i32) (br_if $l (i32.load (local.get 0)))
        (memory.copy (i32.const 0) (i32.const 8) (i32.const 5))
        (global.set $g (call $f (local.get 0)))
        (call_indirect (param i32) (result i32) (global.get $g) (i32.const 0)))))`);
  ok(WebAssembly.validate(module));
  const isCompiled = false;
  for (const bindsImports of [false, true, [], [true, false], [false, true]]) {
    const options = { ...OPTIONS, bindsImports };
    deepStrictEqual(
      rewrite(module, options),
      rewrite(module, { ...options, isCompiled }),
    );
  }
});
