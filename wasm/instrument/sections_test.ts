import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import { assemble } from "../testdata/wat.ts";
import { NotRewritable } from "./errors.ts";
import { readSections, writeSections } from "./sections.ts";

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

Deno.test("readSections() of a mutilated module gives sections or a NotRewritable", () => {
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
    ok(error instanceof NotRewritable, String(error));
    ok(error.offset <= module.length, error.message);
  }
}

// deno-fmt-ignore
const MALFORMED: [name: string, bytes: number[], message: RegExp][] = [
  ["nothing at all", [], /without the header of version 1: header, offset 0$/],
  ["a component", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], /header of version 1: header, offset 0$/],
  ["a section without a size", [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1], /read on: header, offset 9$/],
  ["a section past the end", [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 2, 0], /past the end of its module: header, offset 8$/],
];

for (const [name, bytes, message] of MALFORMED) {
  Deno.test(`readSections() refuses ${name}`, () => {
    throws(
      () => readSections(Uint8Array.from(bytes)),
      (error: Error) =>
        error instanceof NotRewritable && message.test(error.message),
    );
  });
}
