import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import { errorOf, FakeGuest } from "../testdata/guest.ts";
import {
  bytesOf,
  CLOSED,
  input,
  output,
  pipe,
  withGuest,
} from "../testdata/streams.ts";
import { ByteRing } from "./ring.ts";

Deno.test("a pipe passes on what was written, in order, and then ends", () =>
  withGuest(async (guest) => {
    const { input: reader, output: writer } = pipe();
    deepStrictEqual(reader.read(5n), new Uint8Array(0));
    strictEqual(writer.checkWrite(), 8);
    writer.write(new Uint8Array([1, 2, 3]));
    writer.write(new Uint8Array([4]));
    deepStrictEqual(
      input(guest, "read", reader, 3n),
      new Uint8Array([1, 2, 3]),
    );
    strictEqual(input(guest, "skip", reader, 9n), 1n);
    writer.drop();
    deepStrictEqual(await errorOf(() => reader.read(1n)), CLOSED);
    deepStrictEqual(await errorOf(() => reader.read(0n)), CLOSED);
  }));

Deno.test("a pipe that nobody reads takes no more than its bound", () => {
  const { input: reader, output: writer } = pipe(8);
  let taken = 0;
  for (let room = writer.checkWrite(); room > 0; room = writer.checkWrite()) {
    writer.write(bytesOf(Math.min(3, room)));
    taken += Math.min(3, room);
  }
  strictEqual(taken, 8);
  strictEqual(writer.isReady, false);
  reader.read(1n);
  strictEqual(writer.isReady, true);
  strictEqual(writer.checkWrite(), 1);
});

Deno.test("a pipe whose reader has gone is closed to the writer", () =>
  withGuest(async (guest) => {
    const { input: reader, output: writer } = pipe(4);
    writer.checkWrite();
    writer.write(bytesOf(4));
    const waiting = output(
      guest,
      "blocking-write-and-flush",
      writer,
      bytesOf(1),
    );
    reader.drop();
    deepStrictEqual(await errorOf(() => waiting), CLOSED);
    deepStrictEqual(await errorOf(() => writer.checkWrite()), CLOSED);
    deepStrictEqual(await errorOf(() => writer.write(bytesOf(1))), CLOSED);
    deepStrictEqual(await errorOf(() => writer.flush()), CLOSED);
  }));

Deno.test("ByteRing gives out what it was given, in order, whatever the pieces", () => {
  const sizes = fc.oneof(fc.nat(9), fc.nat(400));
  const step = fc.record({ push: sizes, take: sizes });
  const capacities = fc.constantFrom(13, 700);
  fc.assert(fc.property(capacities, fc.array(step), (capacity, steps) => {
    const ring = new ByteRing(capacity);
    const model: number[] = [];
    let next = 0;
    for (const { push, take } of steps) {
      const fitting = Math.min(push, ring.room);
      const bytes = Uint8Array.from({ length: fitting }, () => next++ & 0xff);
      ring.push(bytes);
      model.push(...bytes);
      deepStrictEqual([...ring.take(take)], model.splice(0, take));
      strictEqual(ring.size, model.length);
      strictEqual(ring.room, capacity - model.length);
    }
  }));
});

Deno.test("ByteRing.push() refuses what does not fit", () => {
  const ring = new ByteRing(4);
  ring.push(bytesOf(3));
  throws(() => ring.push(bytesOf(2)), {
    name: "RangeError",
    message: "Cannot add more bytes than there is room for, 1: 2",
  });
});

Deno.test("a pipe passes on all bytes between two who write and read as they like", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
  await fc.assert(fc.asyncProperty(sizes, sizes, async (writes, reads) => {
    const guest = new FakeGuest();
    const { input: reader, output: writer } = pipe(7);
    let next = 0;
    const writing = (async () => {
      for (const size of writes) {
        const bytes = Uint8Array.from({ length: size }, () => next++);
        await output(guest, "blocking-write-and-flush", writer, bytes);
      }
      writer.drop();
    })();
    const all: number[] = [];
    const readAll = async () => {
      for (let at = 0;; at++) {
        const length = BigInt(reads[at % reads.length]!);
        all.push(...await input(guest, "blocking-read", reader, length));
      }
    };
    deepStrictEqual(await errorOf(readAll), CLOSED);
    await writing;
    const sum = writes.reduce((total, size) => total + size, 0);
    deepStrictEqual(
      all,
      Array.from({ length: sum }, (_, index) => index % 256),
    );
    guest.close();
  }));
});
