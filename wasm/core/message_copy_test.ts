import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";

import { PACK_BYTES, PACKED_BYTES_MAX } from "./limits.ts";
import { packedCopy } from "./message_copy.ts";

Deno.test("packedCopy() gives copies that nothing changes any more, of any lengths in any order", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 2 * PACKED_BYTES_MAX }));
  fc.assert(fc.property(lengths, (each) => {
    const memory = new Uint8Array(1_024);
    const copies = each.map((length, nth) => {
      memory.fill(nth + 1);
      return packedCopy(memory, 9, 9 + length);
    });
    memory.fill(0);
    const expected = each.map((length, nth) =>
      new Uint8Array(length).fill(nth + 1)
    );
    deepStrictEqual(
      copies.map((copy) => [...copy]),
      expected.map((bytes) => [...bytes]),
    );
  }));
});

Deno.test("packedCopy() holds no more than a small message with one that waits", () => {
  const memory = new Uint8Array(1_024);
  for (let nth = 0; nth < 100; nth++) {
    const copy = packedCopy(memory, 0, PACKED_BYTES_MAX);
    strictEqual(copy.buffer.byteLength, PACK_BYTES);
  }
});

Deno.test("packedCopy() gives a longer message a buffer of its own", () => {
  const memory = new Uint8Array(1_024).fill(7);
  const copy = packedCopy(memory, 1, PACKED_BYTES_MAX + 2);
  strictEqual(copy.buffer.byteLength, PACKED_BYTES_MAX + 1);
  notStrictEqual(copy.buffer, memory.buffer);
});
