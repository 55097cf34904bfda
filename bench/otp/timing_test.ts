import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { rate, timeMs } from "./timing.ts";

Deno.test("timeMs() waits for the work", async () => {
  let isDone = false;
  const elapsedMs = await timeMs(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    isDone = true;
  });
  strictEqual(isDone, true);
  ok(elapsedMs >= 1);
});

Deno.test("timeMs() rejects when the work fails", async () => {
  await rejects(timeMs(() => Promise.reject(new Error("broken"))), /broken/);
});

Deno.test("rate() counts the third run only", async () => {
  const elapsedMs = [100, 50, 20];
  const perSecond = await rate(10, () => Promise.resolve(elapsedMs.shift()!));
  strictEqual(perSecond, 500);
  deepStrictEqual(elapsedMs, []);
});
