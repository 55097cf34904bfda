import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";

import { NotRewritable } from "./errors.ts";
import { rewrite, type Rewritten } from "./rewrite.ts";
import { readSections, SECTION, u32, writeSections } from "./sections.ts";
import {
  exported,
  imported,
  moduleOf,
  section,
  sized,
} from "./testdata/bytes.ts";
import { ownMemories, start } from "./testdata/run.ts";
import { assemble } from "./testdata/text.ts";

const OPTIONS = { memoryBytesMax: 4 * 65_536, tableEntriesMax: 1000 };

async function rewriteText(text: string): Promise<Rewritten> {
  return rewrite(await assemble(`(module ${text})`), OPTIONS);
}

function instanceOf(rewritten: Rewritten): WebAssembly.Instance {
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  const $rusm = { epoch, overrun: () => 0, ...ownMemories(rewritten) };
  return new WebAssembly.Instance(new WebAssembly.Module(rewritten.bytes), {
    $rusm,
  });
}

Deno.test("rewrite() describes memories, globals, tables and the start function", async () => {
  const { bytes: _, offsets: __, ...described } = await rewriteText(`
    (import "env" "memory" (memory 1 9)) (import "env" "global" (global (mut i32)))
    (import "env" "table" (table 1 funcref)) (import "env" "f" (func))
    (memory 2) (memory i64 1 3) (memory 1 2 shared)
    (global i32 (i32.const 1)) (global (mut i64) (i64.const 1)) (global (mut externref) (ref.null extern))
    (table 3 5 externref) (table 1 funcref) (start $start) (func $start)`);
  const plain = { isShared: false, is64: false };
  deepStrictEqual(described, {
    memories: [
      {
        module: "env",
        field: "memory",
        min: 1,
        max: 4,
        ...plain,
        isOwn: false,
      },
      {
        module: "$rusm",
        field: "memory.1",
        min: 2,
        max: 4,
        ...plain,
        isOwn: true,
      },
      {
        module: "$rusm",
        field: "memory.2",
        min: 1,
        max: 3,
        isShared: false,
        is64: true,
        isOwn: true,
      },
      {
        module: "$rusm",
        field: "memory.3",
        min: 1,
        max: 2,
        isShared: true,
        is64: false,
        isOwn: true,
      },
    ],
    globals: [
      { index: 2, type: "i64", exportName: "$rusm.global.2" },
      { index: 3, type: "externref", exportName: "$rusm.global.3" },
    ],
    tables: [
      {
        index: 1,
        type: "externref",
        exportName: "$rusm.table.1",
        min: 3,
        max: 5,
        ...plain,
      },
      {
        index: 2,
        type: "funcref",
        exportName: "$rusm.table.2",
        min: 1,
        max: 1000,
        ...plain,
      },
    ],
    startExport: "$rusm.start",
    overrunIndex: 1,
    movedBy: 1,
    writesTables: false,
    dropsSegments: false,
    growsMemories: false,
    isRestorable: true,
    allocates: false,
    waits: false,
  });
});

// deno-fmt-ignore
const TRAITS: [text: string, isRestorable: boolean, writesTables: boolean, waits: boolean][] = [
  ["", true, false, false],
  [`(table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func)))`, true, true, false],
  [`(table 1 funcref) (func (table.fill 0 (i32.const 0) (ref.null func) (i32.const 1)))`, true, true, false],
  [`(table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 1)))`, true, true, false],
  [`(table 1 funcref) (elem func) (func (table.init 0 (i32.const 0) (i32.const 0) (i32.const 1)))`, true, true, false],
  [`(table 1 funcref) (func (drop (table.grow 0 (ref.null func) (i32.const 1))))`, false, false, false],
  [`(elem func) (func (elem.drop 0))`, true, false, false],
  [`(data "a") (func (data.drop 0))`, true, false, false],
  [`(memory 1 1 shared) (func (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0))))`, true, false, true],
];

for (const [text, isRestorable, writesTables, waits] of TRAITS) {
  Deno.test(`rewrite() finds what "${text}" does to its state`, async () => {
    const traits = await rewriteText(text);
    deepStrictEqual(
      [traits.isRestorable, traits.writesTables, traits.waits],
      [isRestorable, writesTables, waits],
    );
  });
}

const STRUCT = section(SECTION.type, [0x5f, 1, 0x7f, 1]);
const NEW_STRUCT = [0xfb, 0x01, 0, 0x0b];

// deno-fmt-ignore
const OBJECTS: [name: string, module: Uint8Array<ArrayBuffer>, isRestorable: boolean][] = [
  ["a global that cannot change", moduleOf(STRUCT, section(SECTION.global, [0x63, 0, 0, ...NEW_STRUCT])), false],
  ["a global that can change", moduleOf(STRUCT, section(SECTION.global, [0x63, 0, 1, ...NEW_STRUCT])), true],
  ["a table", moduleOf(STRUCT, section(SECTION.table, [0x40, 0, 0x63, 0, 0, 1, ...NEW_STRUCT])), false],
  ["a segment", moduleOf(STRUCT, section(SECTION.element, [5, 0x63, 0, 1, ...NEW_STRUCT])), false],
];

for (const [name, module, isRestorable] of OBJECTS) {
  Deno.test(`rewrite() knows that an object in ${name} ${isRestorable ? "can" : "cannot"} be made anew`, () => {
    ok(WebAssembly.validate(module.slice()));
    const rewritten = rewrite(module, OPTIONS);
    strictEqual(rewritten.isRestorable, isRestorable);
    instanceOf(rewritten);
  });
}

Deno.test("rewrite() exports a reset that gives mutable globals their first values, bit for bit", async () => {
  const rewritten = await rewriteText(`
    (global $fixed i32 (i32.const 30))
    (global $a (mut i32) (i32.add (global.get $fixed) (i32.const 3)))
    (global $b (mut f32) (f32.const nan:0x200001)) (global $c (mut v128) (v128.const i64x2 5 6))
    (global $d (mut funcref) (ref.func $change)) (global $e i64 (i64.const 1))
    (func $change (export "change") (global.set $a (i32.const 1)) (global.set $b (f32.const 2))
      (global.set $c (v128.const i64x2 0 0)) (global.set $d (ref.null func)))
    (func (export "see") (result i32 i32 i64 i32) (global.get $a) (i32.reinterpret_f32 (global.get $b))
      (i64x2.extract_lane 1 (global.get $c)) (ref.is_null (global.get $d)))`);
  const { change, see, ...exports } = instanceOf(rewritten).exports as Record<
    string,
    () => unknown
  >;
  const first = see!();
  deepStrictEqual(first, [33, 0x7fa00001, 6n, 0]);
  change!();
  deepStrictEqual(see!(), [1, 0x40000000, 0n, 1]);
  exports["$rusm.reset"]!();
  deepStrictEqual(see!(), first);
});

Deno.test("rewrite() exports mutable globals and tables that the module keeps for itself", async () => {
  const rewritten = await rewriteText(
    `(global (mut i32) (i32.const 8)) (table 3 funcref) (elem (i32.const 1) $f) (func $f)`,
  );
  const { exports } = instanceOf(rewritten);
  const global =
    exports[rewritten.globals[0]!.exportName] as WebAssembly.Global;
  const table = exports[rewritten.tables[0]!.exportName] as WebAssembly.Table;
  strictEqual(global.value, 8);
  deepStrictEqual([table.length, table.get(0), typeof table.get(1)], [
    3,
    null,
    "function",
  ]);
});

Deno.test("rewrite() leaves the start function to be called", async () => {
  const rewritten = await rewriteText(
    `(global $g (export "g") (mut i32) (i32.const 0)) (start $f) (func $f (global.set $g (i32.const 5)))`,
  );
  const { exports } = instanceOf(rewritten);
  const global = exports.g as WebAssembly.Global;
  strictEqual(global.value, 0);
  (exports[rewritten.startExport!] as () => void)();
  strictEqual(global.value, 5);
});

// deno-fmt-ignore
const CAPS: [memory: string, max: number][] = [
  ["1", 4], ["1 2", 2], ["1 9", 4], ["4", 4], ["0", 4], ["0 0", 0],
];

for (const [memory, max] of CAPS) {
  Deno.test(`rewrite() caps a memory of ${memory} at ${max} pages, imported or not`, async () => {
    const grow =
      `(func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))`;
    const own = await rewriteText(`(memory ${memory}) ${grow}`);
    strictEqual(own.memories[0]!.max, max);
    const { run } = start(own, {
      calls: [["grow", max - own.memories[0]!.min], ["grow", 1]],
    });
    deepStrictEqual(run.results.slice(1), [own.memories[0]!.min, -1]);
    const other = await rewriteText(
      `(import "env" "memory" (memory ${memory}))`,
    );
    strictEqual(other.memories[0]!.max, max);
  });
}

// deno-fmt-ignore
const WIDE_CAPS: [memory: string, max: number][] = [["1", 65_536], ["1 65536", 65_536], ["i64 65537", 262_144], ["i64 1 70000", 70_000]];

for (const [memory, max] of WIDE_CAPS) {
  Deno.test(`rewrite() caps a memory of ${memory} at ${max} pages, where it may use 16 GiB`, async () => {
    const options = { memoryBytesMax: 2 ** 34, tableEntriesMax: 1 };
    for (
      const text of [`(memory ${memory})`, `(import "" "" (memory ${memory}))`]
    ) {
      const rewritten = rewrite(await assemble(`(module ${text})`), options);
      strictEqual(rewritten.memories[0]!.max, max);
      strictEqual(WebAssembly.validate(rewritten.bytes), true);
    }
  });
}

function importing(module: string, field: string): Uint8Array<ArrayBuffer> {
  return moduleOf(
    section(SECTION.import, [...sized(module), ...sized(field), 3, 0x7f, 0]),
  );
}

Deno.test("rewrite() caps tables", async () => {
  const rewritten = await rewriteText(`(table 999 funcref) (table 0 5 externref)
    (func (export "grow") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0)))`);
  deepStrictEqual(rewritten.tables.map(({ max }) => max), [1000, 5]);
  const { run } = start(rewritten, {
    calls: [["grow", 2], ["grow", 1], ["grow", 1]],
  });
  deepStrictEqual(run.results.slice(1), [-1, 999, -1]);
});

// deno-fmt-ignore
const REFUSED: [name: string, module: Uint8Array<ArrayBuffer> | string, message: RegExp][] = [
  ["a component", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), /header of version 1: header, offset 0$/],
  ["nothing", Uint8Array.of(), /header, offset 0$/],
  ["a memory above the cap", "(memory 5)", /memory of 5 pages at 4 pages: memory section, offset 11$/],
  ["a table above the cap", "(table 1001 funcref)", /table of 1001 entries at 1000 entries: table section, offset 12$/],
  ["an imported memory above the cap", `(import "a" "b" (memory 5))`, /5 pages at 4 pages: import section, offset 16$/],
  ["pages of another size", moduleOf(section(SECTION.memory, [8, 0, 0])), /limits of an unknown form: memory section, offset 11$/],
  ["a reserved import", importing("$rusm", "epoch"), /reserved module \$rusm: import section, offset 11$/],
  ["a reserved export", `(func (export "$rusm.reset"))`, /begins with \$rusm\.: export section/],
  ["an unknown section", writeSections([{ id: 14, bytes: Uint8Array.of(0) }]), /unknown section: 14 section, offset 10$/],
  ["sections out of order", moduleOf(section(SECTION.import), section(SECTION.type)), /out of order: type section, offset 13$/],
  ["a section twice", moduleOf(section(SECTION.type), section(SECTION.type)), /out of order: type section, offset 13$/],
  ["an unknown type", moduleOf(section(SECTION.type, [0x5d, 0])), /unknown form of type: type section, offset 11$/],
  ["an unknown import", moduleOf(section(SECTION.import, imported("a", 9, 0))), /unknown import: import section, offset 17$/],
  ["an unknown segment", moduleOf(section(SECTION.element, [8, 0])), /unknown form: element section, offset 11$/],
  ["an unknown instruction", moduleOf(section(SECTION.code, [3, 0, 0xff, 0x0b])), /unknown instruction: code section, offset 13$/],
  ["a function past the end", moduleOf(section(SECTION.code, [9, 0, 0x0b])), /past the end: code section/],
  ["a section with more in it", moduleOf({ id: SECTION.memory, bytes: Uint8Array.of(0, 1) }), /what is left: memory section, offset 11$/],
  ["a custom section without a name", writeSections([{ id: 0, bytes: Uint8Array.of(5, 1) }]), /past the end: custom section, offset 11$/],
  ["a function that gets too long", "(func " + "(loop)".repeat(600_000) + ")", /longer than 7654321 bytes: code section/],
];

// Each names something that is there only when it is rewritten.
// deno-fmt-ignore
const OUT_OF_RANGE: [name: string, ...code: number[]][] = [
  ["a load of the epoch", 0x41, 0, 0x28, 0x42, 1, 0, 0x1a],
  ["a store to the epoch", 0x41, 0, 0x41, 9, 0x36, 0x42, 1, 0],
  ["a read of the epoch last seen", 0x23, 0, 0x1a],
  ["a write of the epoch last seen", 0x41, 9, 0x24, 0],
  ["a call of the function that checks call", 0x10, 1],
  ["a call of the reset", 0x10, 2],
  ["a type that is added", 0x02, 2, 0x0b],
];

for (const [name, ...code] of OUT_OF_RANGE) {
  Deno.test(`rewrite() refuses ${name}`, () => {
    const module = moduleOf(
      section(SECTION.type, [0x60, 0, 0]),
      section(SECTION.function, [0]),
      section(SECTION.memory, [0, 1]),
      section(SECTION.code, sized([0, ...code, 0x0b])),
    );
    throws(() => rewrite(module, OPTIONS), {
      name: "NotRewritable",
      message: /invalid module: .*: code section, offset \d+$/,
    });
  });
}

for (const [name, module, message] of REFUSED) {
  Deno.test(`rewrite() refuses ${name}`, async () => {
    const bytes = typeof module === "string"
      ? await assemble(`(module ${module})`)
      : module;
    throws(
      () => rewrite(bytes, OPTIONS),
      (error: Error) =>
        error instanceof NotRewritable && message.test(error.message),
    );
  });
}

Deno.test("rewrite() refuses what it has made", async () => {
  const { bytes } = await rewriteText("(memory 1)");
  throws(() => rewrite(bytes, OPTIONS), /reserved module/);
});

Deno.test("rewrite() keeps custom sections in their places, and leaves out what tells of single instructions", () => {
  const custom = (name: string, ...bytes: number[]) => ({
    id: SECTION.custom,
    bytes: Uint8Array.from([...sized(name), ...bytes]),
  });
  const module = moduleOf(
    custom("first", 1),
    section(SECTION.type, [0x60, 0, 0]),
    custom("metadata.code.trace_inst", 0),
    custom("second", 2),
    section(SECTION.function, [0]),
    section(SECTION.export, exported("f", 0, 0)),
    section(SECTION.code, [2, 0, 0x0b]),
    custom(".debug_line", 1, 2, 3),
    custom("producers", 0),
  );
  const names = readSections(rewrite(module, OPTIONS).bytes).map((
    { id, bytes },
  ) =>
    id === 0 ? new TextDecoder().decode(bytes.subarray(1, 1 + bytes[0]!)) : id
  );
  // deno-fmt-ignore
  deepStrictEqual(names, [
    "first", 1, "second", 2, 3, 4, 6, 7, 9, "metadata.code.branch_hint", 10, ".debug_line", "producers",
  ]);
});

Deno.test("rewrite() keeps names at the functions, locals and labels they are of", async () => {
  const module = await assemble(
    `(module $m (import "env" "f" (func $imported)) (func $first (param $x i32) (local $y i32) (block $label)) (func $second (unreachable)) (start $second))`,
    true,
  );
  const rewritten = rewrite(module, OPTIONS);
  const compiled = new WebAssembly.Module(rewritten.bytes);
  const [before, after] = [module, rewritten.bytes].map((bytes) =>
    readSections(bytes).filter(({ id }) => id === 0).map((
      { bytes },
    ) => [...bytes])
      .find((bytes) => String.fromCharCode(...bytes.slice(1, 5)) === "name")!
  );
  const name = (index: number, text: string) => [index, ...sized(text)];
  const has = (bytes: number[], part: number[]) =>
    bytes.join().includes(part.join());
  ok(
    has(before!, [
      3,
      ...name(0, "imported"),
      ...name(1, "first"),
      ...name(2, "second"),
    ]),
  );
  ok(
    has(after!, [
      3,
      ...name(0, "imported"),
      ...name(2, "first"),
      ...name(3, "second"),
    ]),
  );
  ok(has(after!, [2, 2, ...name(0, "x"), ...name(1, "y")]));
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  const $rusm = { epoch, overrun: () => 0 };
  const { exports } = new WebAssembly.Instance(compiled, {
    $rusm,
    env: { f() {} },
  });
  throws(
    () => (exports["$rusm.start"] as () => void)(),
    ({ stack }: Error) => /at m\.second|at second/.test(stack!),
  );
});

Deno.test("rewrite() leaves a name section as it is that cannot be read", () => {
  const name = { id: 0, bytes: Uint8Array.from([...sized("name"), 1, 99]) };
  const { bytes } = rewrite(moduleOf(name), OPTIONS);
  deepStrictEqual(
    readSections(bytes).find(({ id }) => id === 0)!.bytes,
    name.bytes,
  );
  ok(WebAssembly.validate(bytes));
});

Deno.test("rewrite() keeps the width of an index that a linker has padded", () => {
  const padded = [0x80, 0x80, 0x80, 0x80, 0x00];
  const code = [0x10, ...padded, 0x0b];
  const module = moduleOf(
    section(SECTION.type, [0x60, 0, 0]),
    section(SECTION.function, [0]),
    section(SECTION.code, sized([0, ...code])),
  );
  const { bytes } = rewrite(module, OPTIONS);
  ok(WebAssembly.validate(bytes));
  ok(
    [...bytes].join().includes(
      [0x10, 0x81, 0x80, 0x80, 0x80, 0x00, 0x0b].join(),
    ),
  );
  strictEqual(u32(1).length, 1);
});
