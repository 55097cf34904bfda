import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import { assemble } from "../testdata/wat.ts";
import { readSections, readU32, u32, writeSections } from "./sections.ts";

const section = fc.record({
  id: fc.integer({ min: 0, max: 255 }),
  bytes: fc.uint8Array({ maxLength: 300 }),
}, { noNullPrototype: true });
const sections = fc.array(section);

Deno.test("readSections() undoes writeSections()", () => {
  fc.assert(fc.property(sections, (written) => {
    const module = writeSections(written);
    const read = readSections(module);
    deepStrictEqual(read.map(({ id, bytes }) => ({ id, bytes })), written);
    for (const { offset, bytes } of read) {
      deepStrictEqual(
        module.subarray(offset, offset + bytes.length),
        bytes,
      );
    }
  }));
});

Deno.test("writeSections() undoes readSections() of a real module", async () => {
  const module = await assemble(
    `(module (memory 1 2) (func (export "f") (result i32) i32.const 5))`,
  );
  deepStrictEqual(writeSections(readSections(module)), module);
});

Deno.test("readSections() gives views, not copies", () => {
  const module = writeSections([{ id: 1, bytes: Uint8Array.of(1, 2, 3) }]);
  strictEqual(readSections(module)[0]!.bytes.buffer, module.buffer);
});

Deno.test("readSections() of a mutilated module gives sections or a CompileError with an offset", () => {
  const mutation = fc.record({ at: fc.nat(), byte: fc.integer({ max: 255 }) });
  fc.assert(
    fc.property(sections, fc.nat(), fc.array(mutation), (list, cut, edits) => {
      const whole = writeSections(list);
      const module = whole.slice(0, cut % (whole.length + 1));
      for (const { at, byte } of edits) module[at % module.length] = byte;
      insistReadable(module);
    }),
    { numRuns: 500 },
  );
});

function insistReadable(module: Uint8Array): void {
  try {
    const end = readSections(module).at(-1);
    if (end !== undefined) {
      strictEqual(end.offset + end.bytes.length, module.length);
    }
  } catch (error) {
    ok(error instanceof WebAssembly.CompileError, String(error));
    const [, offset] = /: offset (\d+)$/.exec(error.message)!;
    ok(Number(offset) <= module.length, error.message);
  }
}

// deno-fmt-ignore
const MALFORMED: [name: string, bytes: number[], message: RegExp][] = [
  ["nothing at all", [], /without the header of version 1: offset 0$/],
  ["a component", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], /header of version 1: offset 0$/],
  ["a section without a size", [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1], /integer of more than 32 bits: offset 9$/],
  ["a section past the end", [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 2, 0], /past the end of its module: offset 8$/],
];

for (const [name, bytes, message] of MALFORMED) {
  Deno.test(`readSections() refuses ${name}`, () => {
    throws(
      () => readSections(Uint8Array.from(bytes)),
      (error: Error) =>
        error instanceof WebAssembly.CompileError &&
        message.test(error.message),
    );
  });
}

Deno.test("readU32() undoes u32()", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(300)),
      fc.uint8Array({ maxLength: 3 }),
      (value, before) => {
        const bytes = Uint8Array.from([...before, ...u32(value), 0xff]);
        deepStrictEqual(
          readU32(bytes, before.length),
          [value, bytes.length - 1],
        );
      },
    ),
  );
});

// deno-fmt-ignore
const INTEGERS: [bytes: number[], value: number | undefined][] = [
  [[0x00], 0],
  [[0x80, 0x00], 0],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
  [[0xff, 0xff, 0xff, 0xff, 0x1f], undefined],
  [[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], undefined],
  [[0x80], undefined],
  [[], undefined],
];

for (const [bytes, value] of INTEGERS) {
  Deno.test(`readU32() of [${bytes}] gives ${value ?? "an error"}`, () => {
    const read = () => readU32(Uint8Array.from(bytes), 0);
    if (value === undefined) throws(read, WebAssembly.CompileError);
    else deepStrictEqual(read(), [value, bytes.length]);
  });
}
