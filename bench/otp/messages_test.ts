import { deepStrictEqual, ok } from "node:assert";
import { Runtime } from "@rusm/otp";
import { flood, pingPong, ring, selectiveReceive } from "./messages.ts";

Deno.test("pingPong() ends with both processes when all rounds are played", async () => {
  const runtime = new Runtime();
  ok(await pingPong(runtime, 100) > 0);
  const { spawned, exited } = runtime.counters();
  deepStrictEqual([spawned, exited], [2, 2]);
});

const SHAPES = [
  ["flood", () => flood(3, 100)],
  ["ring", () => ring(10, 10)],
  ["selectiveReceive", () => selectiveReceive(100, 10)],
] as const;

for (const [name, run] of SHAPES) {
  Deno.test(`${name}() comes to an end when all messages have arrived`, async () => {
    ok(await run() > 0);
  });
}
