import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import {
  createRing,
  Records,
  RING_BYTES_MIN,
  RingReader,
  RingWriter,
} from "./ring.ts";

function open(bytes = RING_BYTES_MIN) {
  const buffer = createRing(bytes);
  return { writer: new RingWriter(buffer), reader: new RingReader(buffer, 64) };
}

function write(writer: RingWriter, bytes: Uint8Array, tag = 0): boolean {
  const at = writer.reserve(bytes.length);
  if (at < 0) return false;
  writer.bytes.set(bytes, at);
  writer.commit(bytes.length, tag, false);
  writer.publish();
  return true;
}

/** The next record, if there is one. */
function read(reader: RingReader): [tag: number, bytes: number[]] | undefined {
  if (!reader.next(reader.head())) return undefined;
  const { tag, bytes, start, end } = reader;
  return [tag, [...bytes.subarray(start, end)]];
}

for (const bytes of [0, 64, 100, 129, 2 ** 31, NaN]) {
  Deno.test(`createRing() of ${bytes} bytes throws`, () => {
    throws(() => createRing(bytes), {
      name: "RangeError",
      message: `Cannot make a ring of this many bytes: ${bytes}`,
    });
  });
}

// What a model of two ends does, in any order.
const step = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 24 }) },
  { weight: 4, arbitrary: fc.constant("read" as const) },
  { weight: 2, arbitrary: fc.constant("release" as const) },
  { weight: 1, arbitrary: fc.constant("die" as const) },
);

Deno.test("a ring gives what was written, whole and in order, wherever it wraps", () => {
  const steps = fc.array(step, { maxLength: 300, size: "max" });
  fc.assert(fc.property(steps, fc.integer(), (all, firstPosition) => {
    const buffer = createRing(RING_BYTES_MIN);
    // Positions pass 2^32 sooner or later.
    new Int32Array(buffer).fill(firstPosition & ~7, 0, 32);
    new Int32Array(buffer).fill(0, 1, 16).fill(0, 17, 32);
    let writer = new RingWriter(buffer);
    const reader = new RingReader(buffer, 64);
    const model: [number, number[]][] = [];
    let tag = 0;
    for (const each of all) {
      if (each === "read") deepStrictEqual(read(reader), model.shift());
      else if (each === "release") reader.release();
      else if (each === "die") {
        // Between two stores: what it wrote is there, but not handed over.
        const at = writer.reserve(8);
        if (at >= 0) writer.bytes.fill(0xff, at - 8, at + 8);
        writer = new RingWriter(buffer);
      } else if (write(writer, each, ++tag)) model.push([tag, [...each]]);
    }
    for (const expected of model) deepStrictEqual(read(reader), expected);
    strictEqual(read(reader), undefined);
  }));
});

Deno.test("RingWriter.reserve() finds room for the largest record wherever an empty ring begins", () => {
  for (let offset = 0; offset < RING_BYTES_MIN; offset += 8) {
    const { writer, reader } = open();
    for (let at = 0; at < offset; at += 8) {
      ok(write(writer, new Uint8Array(0)));
      read(reader);
      reader.release();
    }
    ok(write(writer, new Uint8Array(writer.recordBytesMax)), `${offset}`);
  }
});

Deno.test("RingReader.next() gives what was there when the ring is written again", () => {
  const { writer, reader } = open();
  write(writer, Uint8Array.of(1, 2, 3));
  ok(reader.next(reader.head()));
  const { bytes, start, end } = reader;
  reader.release();
  for (let count = 0; count < 8; count++) {
    write(writer, Uint8Array.of(9, 9, 9));
    read(reader);
    reader.release();
  }
  deepStrictEqual([...bytes.subarray(start, end)], [1, 2, 3]);
});

Deno.test("RingReader.release() tells once that the writer waits", () => {
  const { writer, reader } = open();
  while (write(writer, new Uint8Array(8)));
  writer.starve();
  strictEqual(writer.isStarved(), true);
  strictEqual(reader.release(), false);
  read(reader);
  strictEqual(reader.release(), true);
  strictEqual(writer.isStarved(), false);
  ok(write(writer, new Uint8Array(8)));
  read(reader);
  strictEqual(reader.release(), false);
});

Deno.test("RingReader.release() does not tell before half of the ring is free", () => {
  const buffer = createRing(8 * RING_BYTES_MIN);
  const writer = new RingWriter(buffer);
  const reader = new RingReader(buffer, 1);
  while (write(writer, new Uint8Array(8)));
  writer.starve();
  const answers: boolean[] = [];
  while (read(reader) !== undefined) answers.push(reader.release());
  strictEqual(answers.length, 64);
  deepStrictEqual([answers.indexOf(true), answers.lastIndexOf(true)], [31, 31]);
});

Deno.test("RingReader.next() stops at the head it is given", () => {
  const { writer, reader } = open();
  write(writer, Uint8Array.of(1));
  const head = reader.head();
  write(writer, Uint8Array.of(2));
  strictEqual(reader.next(head), true);
  strictEqual(reader.hasReached(head), true);
  strictEqual(reader.next(head), false);
  strictEqual(reader.next(reader.head()), true);
});

Deno.test("RingWriter.append() goes on with records that wait, as room is made", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 20 });
  fc.assert(fc.property(lengths, (all) => {
    const { writer, reader } = open();
    const records = new Records(1_024);
    all.forEach((length, index) => {
      const at = records.reserve(length);
      records.bytes.fill(index, at, at + length);
      records.commit(length, index, index % 2 === 1);
    });
    const got: [number, number[]][] = [];
    for (let isDone = false; !isDone;) {
      isDone = writer.append(records);
      for (let next = read(reader); next !== undefined; next = read(reader)) {
        strictEqual(reader.isMore, next[0] % 2 === 1);
        got.push(next);
      }
      reader.release();
    }
    deepStrictEqual(
      got,
      all.map((length, index) => [index, Array(length).fill(index)]),
    );
  }));
});

Deno.test("Records.reserve() gives -1 when it is full", () => {
  const records = new Records(32);
  records.commit(8, 0, false);
  strictEqual(records.reserve(9), -1);
  strictEqual(records.reserve(8), 24);
});
