import { deepStrictEqual, strictEqual } from "node:assert";
import * as fc from "fast-check";
import { type BodyResult, readBody } from "./body.ts";

const TIMEOUT_MS = 60_000;

function post(body: BodyInit | null, headers: HeadersInit = {}): Request {
  return new Request("http://a/", { method: "POST", body, headers });
}

function streamOf(chunks: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks) as ReadableStream<Uint8Array>;
}

Deno.test("readBody() answers null when there is no body", async () => {
  const result = await readBody(post(null), 0, TIMEOUT_MS);
  deepStrictEqual(result, { type: "body", bytes: null });
});

Deno.test("readBody() answers the chunks in one piece, or that they are too large", async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 16 });
  const bytesMax = fc.nat({ max: 512 });
  await fc.assert(fc.asyncProperty(chunks, bytesMax, async (chunks, max) => {
    const bytes = new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
    const expected: BodyResult = bytes.length <= max
      ? { type: "body", bytes }
      : { type: "tooLarge" };
    const request = post(streamOf(chunks));
    deepStrictEqual(await readBody(request, max, TIMEOUT_MS), expected);
  }));
});

Deno.test("readBody() answers a buffer of the body's size", async () => {
  const chunks = [new Uint8Array(3), new Uint8Array(4).subarray(1)];
  const result = await readBody(post(streamOf(chunks)), 6, TIMEOUT_MS);
  strictEqual(result.type === "body" && result.bytes?.buffer.byteLength, 6);
});

/** What is announced, for a body of three bytes, of which five are allowed. */
// deno-fmt-ignore
const ANNOUNCED: readonly (readonly [string, string])[] = [
  ["3", "body"],
  ["5", "body"],
  ["6", "tooLarge"],
  ["99999999999999999999", "tooLarge"],
  ["three", "body"],
];

for (const [length, type] of ANNOUNCED) {
  Deno.test(`readBody() answers ${type} when ${length} bytes are announced`, async () => {
    const request = post("abc", { "content-length": length });
    const result = await readBody(request, 5, TIMEOUT_MS);
    strictEqual(result.type, type);
    strictEqual(request.bodyUsed, type === "body");
  });
}

Deno.test("readBody() stops to read when it has too much", async () => {
  let pulled = 0;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(10));
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  const result = await readBody(post(stream), 25, TIMEOUT_MS);
  deepStrictEqual([result.type, pulled, cancelled], ["tooLarge", 3, true]);
});

Deno.test("readBody() gives up when its time is over", async () => {
  const cancelled = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => cancelled.resolve(),
  });
  strictEqual((await readBody(post(stream), 10, 1)).type, "tooSlow");
  await cancelled.promise;
});

Deno.test("readBody() answers that a body is broken when its stream fails", async () => {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    pull: (controller) => controller.error(new Error("the client is gone")),
  });
  strictEqual((await readBody(post(stream), 10, TIMEOUT_MS)).type, "broken");
});

Deno.test("readBody() does not mind when its stream cannot be cancelled", async () => {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(2)),
    cancel: () => Promise.reject(new Error("gone already")),
  });
  strictEqual((await readBody(post(stream), 1, TIMEOUT_MS)).type, "tooLarge");
});
