import { ok, strictEqual } from "node:assert";
import { measureFairness } from "./fairness.ts";

Deno.test("measureFairness() has every figure, and leaves nothing running", async () => {
  const figures = await measureFairness(40);
  const values = Object.values(figures);
  strictEqual(values.length, 5);
  ok(values.every((value) => Number.isFinite(value) && value > 0));
  ok(figures["allowedMs"]! > figures["sliceMs"]!);
});
