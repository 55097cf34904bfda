import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import { gzipSync } from "node:zlib";

import { CODECS } from "../script/ops.ts";
import { openCodec } from "./codec.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** All that comes out when `chunks` go in. */
async function through(
  format: string,
  isCompressing: boolean,
  chunks: Uint8Array[],
): Promise<Uint8Array> {
  const codec = openCodec(format, isCompressing);
  const written = write(codec, chunks);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const part = await codec.read();
    if (part === null) break;
    parts.push(new Uint8Array(part));
  }
  await written;
  return await new Blob(parts).bytes();
}

async function write(
  codec: ReturnType<typeof openCodec>,
  chunks: Uint8Array[],
): Promise<void> {
  for (const chunk of chunks) await codec.write(chunk);
  codec.end(null);
}

for (const format of CODECS) {
  Deno.test(`openCodec() of ${format} goes round`, async () => {
    const chunks = ["a", "", "b".repeat(100_000)].map((text) =>
      encoder.encode(text)
    );
    const packed = await through(format, true, chunks);
    ok(packed.length < 1_000);
    const whole = await through(format, false, [packed]);
    strictEqual(decoder.decode(whole), "a" + "b".repeat(100_000));
  });
}

Deno.test("openCodec() reads what Deno compresses", async () => {
  const { readable, writable } = new CompressionStream("deflate");
  const writer = writable.getWriter();
  writer.write(encoder.encode("hello"));
  writer.close();
  const packed = new Uint8Array(await new Response(readable).arrayBuffer());
  const whole = await through("deflate", false, [packed]);
  strictEqual(decoder.decode(whole), "hello");
});

Deno.test("openCodec() inflates no more than is read", async () => {
  const bomb = gzipSync(new Uint8Array(64 * 1024 * 1024));
  const codec = openCodec("gzip", false);
  let isTaken = false;
  codec.write(bomb).then(() => isTaken = true, () => {});
  ok((await codec.read())!.length < 1024 * 1024);
  strictEqual(isTaken, false);
  codec.close();
});

// deno-fmt-ignore
const MALFORMED: [what: string, bytes: Uint8Array][] = [
  ["nonsense", encoder.encode("nonsense")],
  ["what is cut off", gzipSync("hello").subarray(0, -3)],
  ["more behind the end", Uint8Array.from([...gzipSync("hello"), 1, 2, 3])],
];

for (const [what, bytes] of MALFORMED) {
  Deno.test(`openCodec() refuses ${what}`, async () => {
    const codec = openCodec("gzip", false);
    const written = write(codec, [bytes]).catch(() => {});
    await rejects(async () => {
      while (await codec.read() !== null);
    }, { name: "TypeError", message: /^Cannot decompress this: / });
    codec.close();
    await written;
  });
}

Deno.test("openCodec() refuses an unknown format", () => {
  throws(() => openCodec("zip", true), {
    name: "TypeError",
    message: "Cannot find a format of this name: zip",
  });
});

Deno.test("openCodec() ends when it is closed, twice", async () => {
  const codec = openCodec("brotli", true);
  codec.close();
  codec.close();
  deepStrictEqual(await codec.read().catch(() => null), null);
});
