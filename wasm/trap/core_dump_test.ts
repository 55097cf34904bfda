import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import wabt from "wabt";

import { Reader } from "../instrument/reader.ts";
import { readSections, SECTION } from "../instrument/sections.ts";
import { assemble } from "../instrument/testdata/text.ts";
import {
  coreDump,
  coreDumpChunks,
  DUMP_CHUNK_BYTES_MAX,
  DUMP_CONTENT_BYTES_MAX,
  type DumpSource,
} from "./core_dump.ts";
import { partHead } from "./dump_memory.ts";
import { trapOf } from "./trap.ts";

const PAGE = 65_536;

const EMPTY: DumpSource = {
  processName: "worker<0.7>",
  moduleName: "module.wasm",
  frames: [],
  memories: [],
  globals: [],
};

function customOf(dump: Uint8Array, wanted: string): Reader {
  for (const each of readSections(dump)) {
    if (each.id !== SECTION.custom) continue;
    const reader = new Reader(each);
    if (reader.name() === wanted) return reader;
  }
  throw new Error(`Cannot find a section: ${wanted}`);
}

/** Reads as the format says, in its words. */
function read(dump: Uint8Array): unknown {
  const core = customOf(dump, "core");
  const process = [core.byte(), core.name()];
  const modules: unknown[] = [];
  const coremodules = customOf(dump, "coremodules");
  coremodules.vector(() =>
    modules.push([coremodules.byte(), coremodules.name()])
  );
  const instances: unknown[] = [];
  const coreinstances = customOf(dump, "coreinstances");
  coreinstances.vector(() => instances.push(readInstance(coreinstances)));
  const corestack = customOf(dump, "corestack");
  const thread = [corestack.byte(), corestack.name()];
  const frames: unknown[] = [];
  corestack.vector(() => frames.push(readFrame(corestack)));
  for (const reader of [core, coremodules, coreinstances, corestack]) {
    reader.end();
  }
  return { process, modules, instances, thread, frames };
}

function readInstance(reader: Reader): unknown {
  const [version, module] = [reader.byte(), reader.u32()];
  const memories: number[] = [];
  reader.vector(() => memories.push(reader.u32()));
  const globals: number[] = [];
  reader.vector(() => globals.push(reader.u32()));
  return { version, module, memories, globals };
}

function readFrame(reader: Reader): unknown {
  const version = reader.byte();
  const [instance, functionIndex, codeOffset, locals, stack] = Array.from(
    { length: 5 },
    () => reader.u32(),
  );
  deepStrictEqual([version, instance, locals, stack], [0, 0, 0, 0]);
  return [functionIndex, codeOffset];
}

// Exports what a dump holds, and lets the engine read it.
function load(
  dump: Uint8Array,
  { memories, globals }: DumpSource,
): WebAssembly.Exports {
  const exports = [
    ...memories.map((_, index) => [2, index]),
    ...globals.map(({ index }) => [3, index]),
  ].flatMap(([kind, index]) => {
    const name = [...new TextEncoder().encode(`${kind}.${index}`)];
    return [name.length, ...name, kind!, index!];
  });
  const contents = [memories.length + globals.length, ...exports];
  const data = readSections(dump).find(({ id }) => id === SECTION.data)!;
  // Section, id and size of the data section are in front of its contents.
  const at = dump.lastIndexOf(SECTION.data, data.offset - 2);
  const module = Uint8Array.from([
    ...dump.subarray(0, at),
    SECTION.export,
    ...[contents.length | 0x80, contents.length >> 7],
    ...contents,
    ...dump.subarray(at),
  ]);
  return new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
}

async function insistWabtReads(dump: Uint8Array): Promise<void> {
  const toolkit = await wabt();
  const module = toolkit.readWasm(dump, FEATURES);
  // Its types do not know that it takes features too.
  const { validate }: { validate: (features: object) => void } = module;
  validate.call(module, FEATURES);
  module.destroy();
}

// The types of wabt do not know them all, so they stand in a variable.
const FEATURES = { readDebugNames: true, multi_memory: true, memory64: true };

Deno.test("coreDump() is a module that holds process, module, instance and stack", async () => {
  const source: DumpSource = {
    ...EMPTY,
    frames: [
      { type: "guest", functionIndex: 300, name: "f", offset: 99 },
      { type: "host" },
      { type: "guest", functionIndex: 1, name: undefined, offset: 9 },
    ],
    memories: [
      { buffer: new ArrayBuffer(PAGE), is64: false },
      { buffer: new ArrayBuffer(0), is64: true },
    ],
    globals: [{ index: 1, type: "i32", value: 7 }],
  };
  const dump = coreDump(source);
  deepStrictEqual(read(dump), {
    process: [0, "worker<0.7>"],
    modules: [[0, "module.wasm"]],
    instances: [{ version: 0, module: 0, memories: [0, 1], globals: [0, 1] }],
    thread: [0, "worker<0.7>"],
    frames: [[300, 0], [1, 0]],
  });
  strictEqual(WebAssembly.validate(dump as Uint8Array<ArrayBuffer>), true);
  await insistWabtReads(dump);
});

Deno.test("coreDump() is valid when there is nothing to dump", async () => {
  const dump = coreDump(EMPTY);
  strictEqual(WebAssembly.validate(dump), true);
  await insistWabtReads(dump);
});

Deno.test("coreDump() has offsets from where functions begin, of a guest that trapped", async () => {
  const module = await assemble(
    `(module (memory 1)
       (func $fault (local i32) unreachable)
       (func $run (export "run") (drop (i32.const 1)) (call $fault) (call $fault)))`,
    true,
  );
  const { run } =
    new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
  let frames: DumpSource["frames"] = [];
  try {
    (run as () => void)();
  } catch (thrown) {
    ({ frames } = trapOf(thrown)!);
  }
  const dump = coreDump({ ...EMPTY, module, frames });
  const { frames: read_ } = read(dump) as { frames: unknown };
  // Behind `(local i32)` and behind no locals, `i32.const 1` and `drop`.
  deepStrictEqual(read_, [[0, 3], [1, 4]]);
});

for (
  const [what, module, offset] of [
    ["is malformed", Uint8Array.of(1, 2, 3), 40],
    ["has no code", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 5],
  ] as const
) {
  Deno.test(`coreDump() has offsets of 0 when the module ${what}`, () => {
    const frames = [
      { type: "guest", functionIndex: 4, name: "f", offset },
    ] as const;
    const dump = coreDump({ ...EMPTY, module, frames });
    deepStrictEqual((read(dump) as { frames: unknown }).frames, [[4, 0]]);
  });
}

function memoryWith(
  pages: number,
  bytes: Readonly<Record<number, number>>,
): ArrayBuffer {
  const memory = new Uint8Array(pages * PAGE);
  for (const [at, byte] of Object.entries(bytes)) memory[Number(at)] = byte;
  return memory.buffer;
}

const MEMORIES: DumpSource["memories"] = [
  {
    buffer: memoryWith(3, { 0: 1, 4095: 2, 4096: 3, [2 * PAGE + 9]: 4 }),
    is64: false,
  },
  { buffer: memoryWith(1, {}), is64: false },
  { buffer: memoryWith(2, { [2 * PAGE - 1]: 5 }), is64: true },
  { buffer: new SharedArrayBuffer(PAGE), is64: false },
];
new Uint8Array(MEMORIES[3]!.buffer)[70] = 6;

Deno.test("coreDump() holds what memories hold, and skips what is zero", async () => {
  const source = { ...EMPTY, memories: MEMORIES };
  const dump = coreDump(source);
  ok(dump.length < 5 * 4096 + 256, `${dump.length}`);
  const exports = load(dump, source);
  for (const [index, { buffer }] of MEMORIES.entries()) {
    const memory = exports[`2.${index}`] as WebAssembly.Memory;
    deepStrictEqual(new Uint8Array(memory.buffer), copyOf(buffer));
  }
  await insistWabtReads(dump);
});

function copyOf(buffer: ArrayBufferLike): Uint8Array {
  return new Uint8Array(new Uint8Array(buffer));
}

// deno-fmt-ignore
const HEADS: readonly (readonly [number, boolean, number[]])[] = [
  [0,           false, [0x41, 0x00]],
  [2 ** 31,     false, [0x41, 0x80, 0x80, 0x80, 0x80, 0x78]],
  [2 ** 32 - 4096, false, [0x41, 0x80, 0x60]],
  [2 ** 31,     true,  [0x42, 0x80, 0x80, 0x80, 0x80, 0x08]],
  [2 ** 33,     true,  [0x42, 0x80, 0x80, 0x80, 0x80, 0x20]],
];

for (const [at, is64, address] of HEADS) {
  Deno.test(`partHead() puts ${at} in a memory of ${is64 ? 64 : 32} bits`, () => {
    const head = partHead({ memory: 0, is64, at, bytes: new Uint8Array(5) });
    deepStrictEqual([...head], [0, ...address, 0x0b, 5]);
  });
}

Deno.test("coreDump() holds any memory", () => {
  const at = fc.nat(4 * PAGE - 1);
  const contents = fc.dictionary(
    at.map(String),
    fc.integer({ min: 1, max: 255 }),
    { maxKeys: 30 },
  );
  fc.assert(
    fc.property(contents, fc.boolean(), (contents, is64) => {
      const buffer = memoryWith(4, contents);
      const source = { ...EMPTY, memories: [{ buffer, is64 }] };
      const exports = load(coreDump(source), source);
      const memory = exports["2.0"] as WebAssembly.Memory;
      deepStrictEqual(new Uint8Array(memory.buffer), new Uint8Array(buffer));
    }),
    { numRuns: 20 },
  );
});

Deno.test("coreDump() leaves out contents behind a bound", () => {
  const contentBytesMax = 4096 + 10;
  const source = { ...EMPTY, memories: MEMORIES, contentBytesMax };
  const exports = load(coreDump(source), source);
  const first = new Uint8Array(
    (exports["2.0"] as WebAssembly.Memory).buffer,
  );
  deepStrictEqual([first[0], first[4096], first[2 * PAGE + 9]], [1, 3, 0]);
  const none = coreDump({ ...source, contentBytesMax: 0 });
  ok(none.length < 256);
});

Deno.test("coreDump() refuses a memory that does not end with a page, and a bound that is too high", () => {
  const memories = [{ buffer: new ArrayBuffer(PAGE + 4), is64: false }];
  throws(() => coreDump({ ...EMPTY, memories }), {
    name: "RangeError",
    message: "Cannot dump a memory that does not end with a page: 65540 bytes",
  });
  const contentBytesMax = DUMP_CONTENT_BYTES_MAX + 1;
  throws(() => coreDump({ ...EMPTY, contentBytesMax }), RangeError);
});

const GLOBALS: DumpSource["globals"] = [
  { index: 0, type: "i32", value: 2 ** 32 - 1 },
  { index: 2, type: "i64", value: -(2n ** 63n) },
  { index: 3, type: "f32", value: 0.5 },
  { index: 4, type: "f64", value: -0 },
  { index: 9, type: "i64", value: 64n },
];

Deno.test("coreDump() holds what globals hold, and nulls where nothing is known", () => {
  const source = { ...EMPTY, globals: GLOBALS };
  const exports = load(coreDump(source), source);
  const values = GLOBALS.map(({ index }) =>
    (exports[`3.${index}`] as WebAssembly.Global).value
  );
  deepStrictEqual(values, [-1, -(2n ** 63n), 0.5, -0, 64n]);
  const unknown = { index: 5, type: "i32", value: 0 } as const;
  const gaps = load(coreDump(source), { ...EMPTY, globals: [unknown] });
  strictEqual((gaps["3.5"] as WebAssembly.Global).value, null);
});

Deno.test("coreDump() holds any integer", () => {
  const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(fc.property(i32, i64, (small, large) => {
    const source: DumpSource = {
      ...EMPTY,
      globals: [
        { index: 0, type: "i32", value: small },
        { index: 1, type: "i64", value: large },
      ],
    };
    const exports = load(coreDump(source), source);
    const values = [0, 1].map((index) =>
      (exports[`3.${index}`] as WebAssembly.Global).value
    );
    deepStrictEqual(values, [small, large]);
  }));
});

Deno.test("coreDumpChunks() gives the same in chunks, views of the memory among them", () => {
  const buffer = new Uint8Array(48 * PAGE).fill(1).buffer;
  const source = { ...EMPTY, memories: [{ buffer, is64: false }] };
  const chunks = [...coreDumpChunks(source)];
  const lengths = chunks.map(({ length }) => length);
  strictEqual(Math.max(...lengths), DUMP_CHUNK_BYTES_MAX);
  strictEqual(chunks.filter((chunk) => chunk.buffer === buffer).length, 3);
  const whole = coreDump(source);
  strictEqual(lengths.reduce((sum, length) => sum + length), whole.length);
  deepStrictEqual(chunks[0], whole.subarray(0, chunks[0]!.length));
});
