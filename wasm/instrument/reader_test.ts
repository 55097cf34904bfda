import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import { NotRewritable } from "./errors.ts";
import { integerBetween, integerBytes, integerEnd } from "./leb.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

function readerOf(...bytes: number[]): Reader {
  return new Reader({ id: 10, offset: 100, bytes: Uint8Array.from(bytes) });
}

Deno.test("Reader.u32() undoes Writer.u32(), padded or not, and so does integerBetween()", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(300));
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 5 }), (number, width) => {
      const writer = new Writer();
      writer.u32(number, width);
      const reader = readerOf(...writer.bytes, 0xff);
      strictEqual(reader.u32(), number);
      strictEqual(reader.at, Math.max(width, integerBytes(number)));
      strictEqual(integerEnd(reader.bytes, 0), reader.at);
      strictEqual(integerBetween(reader.bytes, 0, reader.at), number);
    }),
  );
});

// deno-fmt-ignore
const INTEGERS: [bytes: number[], value: number | RegExp][] = [
  [[0x00], 0],
  [[0x80, 0x00], 0],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
  [[0xff, 0xff, 0xff, 0xff, 0x1f], /more than 32 bits: code section, offset 100$/],
  [[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], /more than 32 bits: code section, offset 100$/],
  [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], /more than 64 bits: code section, offset 100$/],
  [[0x80], /read on: code section, offset 101$/],
  [[], /read on: code section, offset 100$/],
];

for (const [bytes, expected] of INTEGERS) {
  Deno.test(`Reader.u32() of [${bytes}] gives ${expected}`, () => {
    const read = () => readerOf(...bytes).u32();
    if (typeof expected === "number") strictEqual(read(), expected);
    else {throws(read, (error: Error) =>
        error instanceof NotRewritable && expected.test(error.message));}
  });
}

Deno.test("Reader.u64() reads more than 32 bits", () => {
  strictEqual(readerOf(0x80, 0x80, 0x80, 0x80, 0x80, 0x01).u64(), 2 ** 35);
});

// deno-fmt-ignore
const TYPES: [name: string, bytes: number[]][] = [
  ["i32", [0x7f]], ["i64", [0x7e]], ["f32", [0x7d]], ["f64", [0x7c]], ["v128", [0x7b]],
  ["funcref", [0x70]], ["externref", [0x6f]], ["funcref", [0x63, 0x70]], ["ref", [0x64, 0x70]],
  ["ref", [0x6e]], ["ref", [0x63, 0x80, 0x01]], ["ref", [0x64, 0x80, 0x01]], ["ref", [0x64, 5]],
];

for (const [type, bytes] of TYPES) {
  Deno.test(`Reader.valueType() of [${bytes}] is ${type}, to the last byte`, () => {
    const reader = readerOf(...bytes);
    strictEqual(reader.valueType(), type);
    reader.end();
  });
}

Deno.test("Reader refuses to step over the end, and to leave something", () => {
  const reader = readerOf(1, 2, 3);
  throws(() => reader.skip(4), /past the end: code section, offset 100$/);
  reader.skip(2);
  throws(() => reader.end(), /what is left: code section, offset 102$/);
  reader.skip(1);
  reader.end();
});

Deno.test("Writer.copy() copies short and long runs, and makes room", () => {
  const source = Uint8Array.from({ length: 500 }, (_, index) => index);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(500), fc.nat(500))), (runs) => {
      const writer = new Writer(1);
      const expected: number[] = [];
      for (const [a, b] of runs) {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        writer.copy(source, start, end);
        writer.byte(7);
        expected.push(...source.subarray(start, end), 7);
      }
      deepStrictEqual([...writer.bytes], expected);
    }),
  );
});
