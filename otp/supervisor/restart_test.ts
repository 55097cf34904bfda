import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import type { ExitReason } from "../reason.ts";
import {
  affected,
  backoffMs,
  checkBackoff,
  checkRestartLimit,
  mayRestart,
  RestartWindow,
} from "./restart.ts";

const CRASH: ExitReason = { type: "exit", payload: "crash" };

// deno-fmt-ignore
const ENDS = [
  // restart      reason      restarted
  ["permanent", "normal",   true],
  ["permanent", "shutdown", true],
  ["permanent", "killed",   true],
  ["permanent", CRASH,      true],
  ["transient", "normal",   false],
  ["transient", "shutdown", false],
  ["transient", "killed",   true],
  ["transient", "noproc",   true],
  ["transient", CRASH,      true],
  ["temporary", "normal",   false],
  ["temporary", "killed",   false],
  ["temporary", CRASH,      false],
] as const;

for (const [restart, reason, restarted] of ENDS) {
  Deno.test(`mayRestart() a ${restart} child, ended by ${JSON.stringify(reason)}`, () => {
    strictEqual(mayRestart(restart, reason), restarted);
  });
}

// deno-fmt-ignore
const RESTARTS: [string, number[], number, number, boolean, number][] = [
  // what                        before        now  max       isBorne count
  ["the first",                  [],           0,   3,        true,   1],
  ["the last that is borne",     [10, 20],     30,  3,        true,   3],
  ["one too many",               [10, 20, 30], 40,  3,        false,  3],
  ["one a period ago counts",    [0, 20],      100, 2,        false,  2],
  ["one longer ago does not",    [0, 20],      101, 2,        true,   2],
  ["none is borne",              [],           0,   0,        false,  0],
  ["all are borne",              [0, 0],       0,   Infinity, true,   0],
];

for (const [what, before, nowMs, restartsMax, isBorne, count] of RESTARTS) {
  Deno.test(`RestartWindow.add() ${what}`, () => {
    const window = new RestartWindow({ restartsMax, periodMs: 100 });
    before.forEach((atMs) => window.add(atMs));
    strictEqual(window.add(nowMs), isBorne);
    strictEqual(window.count, count);
  });
}

Deno.test("RestartWindow bears as many as it may in any period", () => {
  fc.assert(fc.property(
    fc.array(fc.nat(50), { maxLength: 50 }),
    fc.nat(5),
    (waitsMs, restartsMax) => {
      const window = new RestartWindow({ restartsMax, periodMs: 100 });
      const bornesMs: number[] = [];
      let nowMs = 0;
      for (const waitMs of waitsMs) {
        nowMs += waitMs;
        const recent = bornesMs.filter((atMs) => nowMs - atMs <= 100).length;
        strictEqual(window.add(nowMs), recent < restartsMax);
        if (recent < restartsMax) bornesMs.push(nowMs);
        ok(window.count <= restartsMax);
      }
    },
  ));
});

const BACKOFF = { initialMs: 100, factor: 2, maxMs: 1_000, jitter: 0 };

// deno-fmt-ignore
const WAITS: [number, number, number, number][] = [
  // attempt jitter random waitMs
  [1,        0,     0.5,   100],
  [2,        0,     0.5,   200],
  [4,        0,     0.5,   800],
  [5,        0,     0.5,   1_000],
  [10_000,   0,     0.5,   1_000],
  [2,        0.5,   0,     200],
  [2,        0.5,   0.5,   150],
  [2,        1,     0.5,   100],
];

for (const [attempt, jitter, random, waitMs] of WAITS) {
  Deno.test(`backoffMs() attempt ${attempt}, jitter ${jitter}, random ${random}`, () => {
    const backoff = { ...BACKOFF, jitter };
    strictEqual(backoffMs(attempt, backoff, () => random), waitMs);
  });
}

// deno-fmt-ignore
const RANGES = [
  // strategy     index start end
  ["oneForOne",  1,    1,    2],
  ["oneForAll",  1,    0,    4],
  ["restForOne", 1,    1,    4],
  ["restForOne", 3,    3,    4],
] as const;

for (const [strategy, index, start, end] of RANGES) {
  Deno.test(`affected() ${strategy} by ${index} of 4`, () => {
    deepStrictEqual(affected(strategy, index, 4), { start, end });
  });
}

for (const restartsMax of [-1, NaN, 0.5, -Infinity]) {
  Deno.test(`checkRestartLimit() throws for restartsMax ${restartsMax}`, () => {
    throws(() => checkRestartLimit({ restartsMax, periodMs: 1 }), RangeError);
  });
}

for (const periodMs of [0, -1, NaN]) {
  Deno.test(`checkRestartLimit() throws for periodMs ${periodMs}`, () => {
    throws(() => checkRestartLimit({ restartsMax: 1, periodMs }), RangeError);
  });
}

const BAD_BACKOFFS = [
  { initialMs: 0 },
  { initialMs: NaN },
  { factor: 0.9 },
  { factor: NaN },
  { maxMs: 99 },
  { maxMs: 2 ** 31 },
  { jitter: -0.1 },
  { jitter: 1.1 },
];

for (const bad of BAD_BACKOFFS) {
  Deno.test(`checkBackoff() throws for ${JSON.stringify(bad)}`, () => {
    throws(() => checkBackoff({ ...BACKOFF, ...bad }), RangeError);
  });
}

Deno.test("checkBackoff() takes what is in range", () => {
  checkBackoff(BACKOFF);
  checkRestartLimit({ restartsMax: Infinity, periodMs: Infinity });
});
