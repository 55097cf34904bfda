import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { STREAM_BYTES_MAX } from "../limits.ts";
import {
  type AsyncWriter,
  AsyncWriterSink,
  type IoError,
  OutputStream,
} from "../mod.ts";
import { errorOf } from "../testdata/guest.ts";
import { bytesOf, output, withGuest } from "../testdata/streams.ts";

/** A writer whose writes end when the test says so. */
class SlowWriter implements AsyncWriter {
  readonly pieces: Uint8Array[] = [];
  isClosed = false;
  #under: PromiseWithResolvers<void> | undefined;

  write(piece: Uint8Array): Promise<void> {
    this.pieces.push(piece);
    this.#under = Promise.withResolvers();
    return this.#under.promise;
  }

  async finish(): Promise<void> {
    this.#under!.resolve();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }

  async fail(): Promise<void> {
    this.#under!.reject(new Deno.errors.BrokenPipe("gone"));
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }
}

Deno.test("AsyncWriterSink writes one piece at a time, and has no room past its bound", async () => {
  const writer = new SlowWriter();
  const stream = new OutputStream(new AsyncWriterSink(writer));
  let taken = 0;
  for (let room = stream.checkWrite(); room > 0; room = stream.checkWrite()) {
    stream.write(bytesOf(room));
    taken += room;
  }
  strictEqual(taken, 2 * STREAM_BYTES_MAX);
  strictEqual(writer.pieces.length, 1);
  strictEqual(stream.isReady, false);
  await writer.finish();
  strictEqual(writer.pieces.length, 2);
  strictEqual(stream.checkWrite(), STREAM_BYTES_MAX);
  await writer.finish();
});

Deno.test("AsyncWriterSink is flushed when the writer has all, and not before", () =>
  withGuest(async (guest) => {
    const writer = new SlowWriter();
    const stream = new OutputStream(new AsyncWriterSink(writer));
    let isFlushed = false;
    stream.checkWrite();
    stream.write(bytesOf(3));
    stream.write(bytesOf(4));
    const flushed = output(guest, "blocking-flush", stream).then(() =>
      isFlushed = true
    );
    strictEqual(stream.checkWrite(), 0);
    await writer.finish();
    strictEqual(isFlushed, false);
    await writer.finish();
    await flushed;
    deepStrictEqual(writer.pieces.map(({ length }) => length), [3, 4]);
    ok(stream.checkWrite() > 0);
  }));

Deno.test("AsyncWriterSink tells of a failure at the next call, and closes", async () => {
  const writer = new SlowWriter();
  const stream = new OutputStream(new AsyncWriterSink(writer));
  stream.checkWrite();
  stream.write(bytesOf(3));
  await writer.fail();
  strictEqual(stream.isReady, true);
  const error = await errorOf(() => stream.checkWrite()) as { val: IoError };
  strictEqual(error.val.detail?.code, "pipe");
  stream.drop();
  strictEqual(writer.isClosed, true);
});

Deno.test("AsyncWriterSink writes what it holds when it is dropped, and closes then", async () => {
  const writer = new SlowWriter();
  const stream = new OutputStream(new AsyncWriterSink(writer));
  stream.checkWrite();
  stream.write(bytesOf(3));
  stream.write(bytesOf(4));
  stream.drop();
  strictEqual(writer.isClosed, false);
  await writer.finish();
  await writer.finish();
  deepStrictEqual(writer.pieces.map(({ length }) => length), [3, 4]);
  strictEqual(writer.isClosed, true);
});
