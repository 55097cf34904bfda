import { deepStrictEqual, ok } from "node:assert";
import { Runtime } from "@rusm/otp";
import {
  flood,
  forwardAwait,
  forwardEach,
  pingPong,
  pingPongAwait,
  ring,
  selectiveReceive,
  takeAwait,
  takeEach,
} from "./messages.ts";

for (const play of [pingPong, pingPongAwait]) {
  Deno.test(`${play.name}() ends with both processes when all rounds are played`, async () => {
    const runtime = new Runtime();
    ok(await play(runtime, 100) > 0);
    const { spawned, exited } = runtime.counters();
    deepStrictEqual([spawned, exited], [2, 2]);
  });
}

const SHAPES = [
  ["flood", () => flood(3, 100, takeEach)],
  ["floodAwait", () => flood(3, 100, takeAwait)],
  ["ring", () => ring(10, 10, forwardEach)],
  ["ringAwait", () => ring(10, 10, forwardAwait)],
  ["selectiveReceive", () => selectiveReceive(100, 10)],
] as const;

for (const [name, run] of SHAPES) {
  Deno.test(`${name}() comes to an end when all messages have arrived`, async () => {
    ok(await run() > 0);
  });
}
