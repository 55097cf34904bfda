import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";

import { DECODERS_MAX, PIPES_MAX } from "../../limits.ts";
import { OPS, PIPE_CHUNK_BYTES_MAX } from "../ops.ts";
import { Decoders } from "./decoders.ts";
import { type Pipe, Pipes } from "./pipes.ts";

/** A pipe that gives `chunks`, and notes what happens to it. */
class Noted implements Pipe {
  readonly events: unknown[] = [];
  readonly #chunks: (Uint8Array | Error)[];

  constructor(...chunks: (Uint8Array | Error)[]) {
    this.#chunks = chunks;
  }

  async read(): Promise<Uint8Array | null> {
    const chunk = await this.#chunks.shift() ?? null;
    if (chunk instanceof Error) throw chunk;
    return chunk;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.events.push(await bytes);
  }

  end(message: string | null): void {
    this.events.push(message);
  }

  close(): void {
    this.events.push("closed");
  }
}

Deno.test("Pipes gives a large chunk in pieces, skips empty ones, and ends", async () => {
  const pipes = new Pipes();
  const large = new Uint8Array(PIPE_CHUNK_BYTES_MAX + 1);
  const noted = new Noted(new Uint8Array(), large);
  pipes.open(1, () => noted);
  const lengths: (number | undefined)[] = [];
  for (let count = 0; count < 3; count++) {
    lengths.push((await pipes.read(1))?.length);
  }
  deepStrictEqual(lengths, [PIPE_CHUNK_BYTES_MAX, 1, undefined]);
  deepStrictEqual([pipes.count, noted.events], [0, []]);
});

Deno.test("Pipes closes a pipe whose read fails", async () => {
  const pipes = new Pipes();
  const noted = pipes.open(1, () => new Noted(new RangeError("x")));
  await rejects(pipes.read(1), { name: "RangeError" });
  deepStrictEqual([noted.events, pipes.count], [["closed"], 0]);
  strictEqual(await pipes.read(1), null);
});

Deno.test("Pipes refuses a second read at the same time", async () => {
  const pipes = new Pipes();
  pipes.open(1, () => new Noted(new Uint8Array(1)));
  const first = pipes.read(1);
  await rejects(pipes.read(1), {
    name: "RangeError",
    message: "Cannot read a pipe twice at the same time",
  });
  strictEqual((await first)?.length, 1);
});

Deno.test("Pipes hands on what is written, and how it ends", async () => {
  const pipes = new Pipes();
  const noted = pipes.open(1, () => new Noted());
  await pipes.write(1, new Uint8Array([7]));
  pipes.end(1, "why");
  pipes.close(1);
  pipes.close(1);
  pipes.end(1, null);
  deepStrictEqual(noted.events, [new Uint8Array([7]), "why", "closed"]);
});

Deno.test("Pipes refuses to write too much, or to what is closed", async () => {
  const pipes = new Pipes();
  await rejects(pipes.write(1, new Uint8Array(1)), {
    name: "TypeError",
    message: "Cannot write to a pipe that is closed",
  });
  pipes.open(1, () => new Noted());
  const bytes = PIPE_CHUNK_BYTES_MAX + 1;
  await rejects(pipes.write(1, new Uint8Array(bytes)), {
    name: "RangeError",
    message:
      `Cannot write more than ${PIPE_CHUNK_BYTES_MAX} bytes at once: ${bytes}`,
  });
});

Deno.test("Pipes opens no more than its bound, and closes all", () => {
  const pipes = new Pipes();
  const all = Array.from(
    { length: PIPES_MAX },
    (_, id) => pipes.open(id, () => new Noted()),
  );
  throws(() =>
    pipes.open(-1, () => {
      throw new Error("opened");
    }), { name: "RangeError" });
  pipes.closeAll();
  deepStrictEqual(all.map(({ events }) => events.length), all.map(() => 1));
  strictEqual(pipes.count, 0);
});

Deno.test("Decoders keeps what is between two chunks, until the last", () => {
  const decoders = new Decoders();
  decoders.call(OPS.decoderOpen, [1, "big5", 0]);
  const texts = [[0xa4], [0xa4]].map((chunk, index) =>
    decoders.call(OPS.decodeChunk, [1, new Uint8Array(chunk), index])
  );
  deepStrictEqual(texts, ["", "中"]);
  throws(() => decoders.decode(1, new Uint8Array(), false), {
    name: "TypeError",
    message: "Cannot decode with a decoder that is closed",
  });
});

Deno.test("Decoders closes a decoder that met malformed bytes", () => {
  const decoders = new Decoders();
  decoders.open(1, "big5", 1);
  throws(() => decoders.decode(1, new Uint8Array([0xff]), false), TypeError);
  throws(
    () => decoders.decode(1, new Uint8Array([0x41]), false),
    /decoder that is closed/,
  );
});

Deno.test("Decoders opens no more than its bound, and none of an unknown label", () => {
  const decoders = new Decoders();
  throws(() => decoders.open(0, "nope", 0), RangeError);
  for (let id = 0; id < DECODERS_MAX; id++) decoders.open(id, "big5", 0);
  throws(() => decoders.open(-1, "big5", 0), {
    name: "RangeError",
    message: `Cannot decode more than ${DECODERS_MAX} texts in chunks at once`,
  });
  decoders.call(OPS.decoderClose, [0]);
  decoders.open(-1, "big5", 0);
});
