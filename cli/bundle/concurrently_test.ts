import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { concurrently } from "./concurrently.ts";

Deno.test("concurrently() keeps the order when later items end first", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const results = concurrently([0, 1], 2, async (index) => {
    await gates[index]?.promise;
    gates[0]?.resolve();
    return index * 10;
  });
  gates[1]?.resolve();
  deepStrictEqual(await results, [0, 10]);
});

Deno.test("concurrently() runs no more than workersMax at a time", async () => {
  let running = 0;
  let most = 0;
  await concurrently([1, 2, 3, 4, 5], 2, async () => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  });
  strictEqual(most, 2);
});

Deno.test("concurrently() answers nothing when there is nothing", async () => {
  deepStrictEqual(await concurrently([], 4, () => Promise.resolve(1)), []);
});

Deno.test("concurrently() rejects when the work does", async () => {
  const error = new Error("no");
  await rejects(concurrently([1], 2, () => Promise.reject(error)), error);
});
