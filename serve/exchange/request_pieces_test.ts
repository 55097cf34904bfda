import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { RequestPieces } from "./request_pieces.ts";

/** A body of `chunks`, and how many of them were taken. */
function bodyOf(chunks: readonly Uint8Array[]) {
  let pulledCount = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[pulledCount++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: () => void (isCancelled = true),
  }, { highWaterMark: 0 });
  return {
    body,
    get pulledCount() {
      return pulledCount;
    },
    get isCancelled() {
      return isCancelled;
    },
  };
}

Deno.test("next() gives every byte, and no more than allowed, and reads nothing ahead", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 8 }),
      fc.nat(40),
      async (chunks, bytesMax) => {
        const source = bodyOf(chunks);
        const pieces = new RequestPieces(source.body, bytesMax);
        const got: number[] = [];
        let frame = await pieces.next();
        let asked = 1;
        for (; frame?.type === "piece"; asked++) {
          got.push(...frame.bytes);
          strictEqual(source.pulledCount, asked);
          frame = await pieces.next();
        }
        const all = chunks.flatMap((chunk) => [...chunk]);
        const isTooLarge = all.length > bytesMax;
        deepStrictEqual(got, all.slice(0, got.length));
        strictEqual(got.length <= bytesMax, true);
        deepStrictEqual(
          [frame, pieces.failure, source.isCancelled],
          isTooLarge
            ? [{ type: "broken", isTooLarge }, "tooLarge", true]
            : [{ type: "end" }, undefined, false],
        );
        if (!isTooLarge) deepStrictEqual(got, all);
      },
    ),
  ));

Deno.test("next() reads once for who asks twice, and tells what it has failed with", async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const body = new ReadableStream({ pull: () => promise });
  const pieces = new RequestPieces(body, 1);
  const first = pieces.next();
  strictEqual(pieces.isWaiting, true);
  strictEqual(await pieces.next(), undefined);
  reject(new Error("gone"));
  deepStrictEqual(await first, { type: "broken", isTooLarge: false });
  deepStrictEqual([pieces.failure, pieces.isWaiting], ["broken", false]);
  pieces.cancel();
});
