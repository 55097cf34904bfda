import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import { WasiError } from "../../errors.ts";
import { BLOCKING_WRITE_BYTES_MAX, STREAM_BYTES_MAX } from "../limits.ts";
import { InputStream, IoError, OutputStream, StreamFailure } from "../mod.ts";
import { errorOf, type FakeGuest, withDirectory } from "../testdata/guest.ts";
import {
  bytesOf,
  CLOSED,
  input,
  output,
  pipe,
  withGuest,
} from "../testdata/streams.ts";

Deno.test("blocking-read waits for bytes, and for the end", () =>
  withGuest(async (guest) => {
    const { input: reader, output: writer } = pipe();
    const first = input(guest, "blocking-read", reader, 4n);
    ok(first instanceof Promise);
    writer.checkWrite();
    writer.write(bytesOf(2));
    deepStrictEqual(await first, bytesOf(2));
    const second = input(guest, "blocking-skip", reader, 4n);
    writer.checkWrite();
    writer.write(bytesOf(3));
    strictEqual(await second, 3n);
    const third = input(guest, "blocking-read", reader, 4n);
    writer.drop();
    deepStrictEqual(await errorOf(() => third), CLOSED);
  }));

Deno.test("blocking calls answer at once what they need not wait for", () =>
  withGuest((guest) => {
    const { input: reader, output: writer } = pipe();
    strictEqual(
      output(guest, "blocking-write-and-flush", writer, bytesOf(5)),
      undefined,
    );
    strictEqual(output(guest, "blocking-flush", writer), undefined);
    deepStrictEqual(input(guest, "blocking-read", reader, 2n), bytesOf(2));
    deepStrictEqual(input(guest, "blocking-read", reader, 0n), bytesOf(0));
    strictEqual(input(guest, "blocking-skip", reader, 2n), 2n);
  }));

Deno.test("blocking-write-and-flush writes what does not fit piece by piece", () =>
  withGuest(async (guest) => {
    const { input: reader, output: writer } = pipe(8);
    const all = Uint8Array.from({ length: 30 }, (_, index) => index);
    const written = output(guest, "blocking-write-and-flush", writer, all);
    const read: number[] = [];
    while (read.length < 30) {
      read.push(...await input(guest, "blocking-read", reader, 5n));
    }
    await written;
    deepStrictEqual(Uint8Array.from(read), all);
  }));

// deno-fmt-ignore
const TRAPS: readonly [name: string, work: (guest: FakeGuest) => unknown][] = [
  ["write without check-write", () => pipe().output.write(bytesOf(1))],
  ["write of more than check-write allowed", () => {
    const { output: writer } = pipe(8);
    writer.checkWrite();
    writer.write(bytesOf(5));
    writer.write(bytesOf(4));
  }],
  ["write after flush", () => {
    const { output: writer } = pipe(8);
    writer.checkWrite();
    writer.flush();
    writer.write(bytesOf(1));
  }],
  ["write-zeroes of more than there is memory", () => {
    const { output: writer } = pipe(8);
    writer.checkWrite();
    writer.writeZeroes(2n ** 64n - 1n);
  }],
  ["blocking-write-and-flush of too much", (guest) =>
    output(guest, "blocking-write-and-flush", pipe().output, bytesOf(BLOCKING_WRITE_BYTES_MAX + 1))],
  ["blocking-write-zeroes-and-flush of too much", (guest) =>
    output(guest, "blocking-write-zeroes-and-flush", pipe().output, 2n ** 40n)],
  ["poll of nothing", (guest) => guest.call("io/poll poll", [])],
  ["the drop of an input-stream before its pollable", (guest) => {
    const { input: reader } = pipe();
    input(guest, "subscribe", reader);
    guest.drop("io/streams input-stream", reader);
  }],
  ["the drop of an output-stream before its pollable", (guest) => {
    const { output: writer } = pipe();
    output(guest, "subscribe", writer);
    guest.drop("io/streams output-stream", writer);
  }],
];

for (const [name, work] of TRAPS) {
  Deno.test(`${name} traps`, () =>
    withGuest((guest) => throws(() => work(guest), CanonicalTrap)));
}

Deno.test("a stream can be dropped after its pollables", () =>
  withGuest((guest) => {
    const { input: reader, output: writer } = pipe();
    const pollables = [
      input(guest, "subscribe", reader),
      input(guest, "subscribe", reader),
      output(guest, "subscribe", writer),
    ];
    for (const each of pollables) guest.drop("io/poll pollable", each);
    guest.drop("io/streams input-stream", reader);
    guest.drop("io/streams output-stream", writer);
  }));

Deno.test("splice moves what is there and fits, and counts it", () =>
  withGuest(async (guest) => {
    const from = pipe(16);
    const to = pipe(4);
    const move = (length: bigint) =>
      output(guest, "splice", to.output, from.input, length);
    strictEqual(move(9n), 0n);
    from.output.checkWrite();
    from.output.write(bytesOf(10));
    strictEqual(move(3n), 3n);
    strictEqual(move(9n), 1n);
    strictEqual(move(9n), 0n);
    const waiting = output(guest, "blocking-splice", to.output, from.input, 9n);
    to.input.read(2n);
    strictEqual(await waiting, 2n);
    to.input.read(4n);
    from.output.drop();
    strictEqual(move(9n), 4n);
    to.input.read(4n);
    deepStrictEqual(await errorOf(() => move(9n)), CLOSED);
  }));

Deno.test("blocking-splice waits for bytes, too", () =>
  withGuest(async (guest) => {
    const from = pipe(16);
    const to = pipe(4);
    const waiting = output(guest, "blocking-splice", to.output, from.input, 9n);
    from.output.checkWrite();
    from.output.write(bytesOf(2));
    strictEqual(await waiting, 2n);
  }));

Deno.test("write-zeroes writes zeros, and waits when asked to", () =>
  withGuest(async (guest) => {
    const { input: reader, output: writer } = pipe(8);
    writer.checkWrite();
    output(guest, "write-zeroes", writer, 3n);
    deepStrictEqual(reader.read(9n), new Uint8Array(3));
    const waiting = output(
      guest,
      "blocking-write-zeroes-and-flush",
      writer,
      12n,
    );
    deepStrictEqual(reader.read(9n), new Uint8Array(8));
    await waiting;
    deepStrictEqual(reader.read(9n), new Uint8Array(4));
  }));

Deno.test("a stream that fails says why once, and is closed then", () =>
  withGuest(async (guest) => {
    const stream = new InputStream({
      isReady: true,
      watch: () => () => {},
      take() {
        throw new WasiError("EIO");
      },
    });
    const error = await errorOf(() => stream.read(1n)) as {
      tag: string;
      val: IoError;
    };
    strictEqual(error.tag, "last-operation-failed");
    strictEqual(
      guest.call("filesystem/types filesystem-error-code", error.val),
      "io",
    );
    strictEqual(
      guest.call("io/error [method]error.to-debug-string", error.val),
      "Cannot go on with the file: io",
    );
    deepStrictEqual(await errorOf(() => stream.read(1n)), CLOSED);
  }));

Deno.test("an error that is not of files has no error code of files", () =>
  withGuest(async (guest) => {
    const ioError = new IoError("Cannot reach the peer", {
      type: "http",
      code: "x",
    });
    const stream = new OutputStream({
      isReady: true,
      watch: () => () => {},
      room() {
        throw new StreamFailure(ioError);
      },
      write() {},
    });
    const error = await errorOf(() => stream.checkWrite()) as { val: IoError };
    strictEqual(error.val, ioError);
    strictEqual(
      guest.call("filesystem/types filesystem-error-code", ioError),
      undefined,
    );
    deepStrictEqual(await errorOf(() => stream.checkWrite()), CLOSED);
  }));

Deno.test("a mistake of ours in a stream is not told to the guest", () => {
  const stream = new InputStream({
    isReady: true,
    watch: () => () => {},
    take() {
      throw new TypeError("ours");
    },
  });
  throws(() => stream.read(1n), TypeError);
});

Deno.test("a write to a full disk fails with insufficient-space", {
  ignore: !hasFull(), // There is no /dev/full here.
}, async () => {
  const full = Deno.openSync("/dev/full", { write: true });
  const stream = new OutputStream({
    isReady: true,
    watch: () => () => {},
    room: () => 1,
    write: (bytes) => void full.writeSync(bytes),
  });
  stream.checkWrite();
  const error = await errorOf(() => stream.write(bytesOf(1))) as {
    val: IoError;
  };
  strictEqual(error.val.detail?.code, "insufficient-space");
  full.close();
});

function hasFull(): boolean {
  try {
    Deno.statSync("/dev/full");
    return true;
  } catch {
    return false;
  }
}

Deno.test("reads of a file take no more than the bound at once", () =>
  withDirectory((guest, host) => {
    Deno.writeFileSync(`${host}/f`, bytesOf(STREAM_BYTES_MAX + 5));
    const flags = {
      create: false,
      directory: false,
      exclusive: false,
      truncate: false,
    };
    const file = guest.file(
      "open-at",
      guest.root(),
      { symlinkFollow: true },
      "f",
      flags,
      { read: true },
    );
    const stream = guest.file("read-via-stream", file, 0n);
    strictEqual(
      input(guest, "read", stream, 2n ** 64n - 1n).length,
      STREAM_BYTES_MAX,
    );
    strictEqual(
      input(guest, "blocking-read", stream, 2n ** 64n - 1n).length,
      5,
    );
  }));

Deno.test("errorOf() itself does not hide what is no error of a component", () =>
  rejects(errorOf(() => 1), TypeError));
