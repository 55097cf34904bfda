import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { Input } from "../input.ts";
import { Waits } from "../p2/io/waits.ts";
import { drain, type GlueStream, pour } from "./byte_stream.ts";

function streamOf(...pieces: readonly number[][]): GlueStream & {
  isReturned: boolean;
} {
  const left = pieces.map((piece) => Uint8Array.from(piece));
  return {
    isReturned: false,
    read() {
      const value = left.shift();
      const piece = value === undefined
        ? { done: true }
        : { value, done: false };
      return Promise.resolve(piece);
    },
    return() {
      this.isReturned = true;
    },
  };
}

Deno.test("drain() writes all of a stream, in order", async () => {
  const written: number[] = [];
  const end = await drain(streamOf([1, 2], [], [3]), {
    write: (bytes) => void written.push(...bytes),
  });
  deepStrictEqual(written, [1, 2, 3]);
  deepStrictEqual(end, { tag: "ok" });
});

const FAILURES = [
  [new Deno.errors.BrokenPipe("Broken pipe"), "pipe"],
  [new Error("No space left on device (os error 28)"), "io"],
] as const;

for (const [failure, val] of FAILURES) {
  Deno.test(`drain() tells the guest of ${failure.message}, and reads no more`, async () => {
    const stream = streamOf([1], [2]);
    const end = await drain(stream, {
      write: () => {
        throw failure;
      },
    });
    deepStrictEqual(end, { tag: "err", val });
    strictEqual(stream.isReturned, true);
    deepStrictEqual((await stream.read({ count: 1 })).value, Uint8Array.of(2));
  });
}

Deno.test("drain() does not tell the guest of a mistake of ours", () =>
  rejects(
    drain(streamOf([1]), {
      write: () => {
        throw new TypeError("Cannot write");
      },
    }),
    TypeError,
  ));

function inputOf(...pieces: readonly (number[] | Error)[]): Input {
  const left = [...pieces];
  return new Input({
    read() {
      const piece = left.shift();
      if (piece instanceof Error) return Promise.reject(piece);
      return Promise.resolve(
        piece === undefined ? null : Uint8Array.from(piece),
      );
    },
  });
}

async function allOf(stream: AsyncIterable<Uint8Array>): Promise<number[]> {
  const all: number[] = [];
  for await (const piece of stream) all.push(...piece);
  return all;
}

Deno.test("pour() gives all of the input, and how it ended", async () => {
  const input = inputOf([1, 2], [3]);
  const [stream, end] = pour({ input, waits: new Waits() });
  deepStrictEqual(await allOf(stream), [1, 2, 3]);
  deepStrictEqual(await end, { tag: "ok" });
});

Deno.test("pour() tells that the input has failed", async () => {
  const input = inputOf([1], new Error("gone"));
  const [stream, end] = pour({ input, waits: new Waits() });
  deepStrictEqual(await allOf(stream), [1]);
  deepStrictEqual(await end, { tag: "err", val: "io" });
});

Deno.test("pour() leaves what a guest did not read for its next stream", async () => {
  const input = inputOf([1], [2]);
  const waits = new Waits();
  const [first, end] = pour({ input, waits });
  for await (const _piece of first) break;
  deepStrictEqual(await end, { tag: "ok" });
  deepStrictEqual(await allOf(pour({ input, waits })[0]), [2]);
});
