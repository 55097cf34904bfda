import { ok, strictEqual } from "node:assert";
import fc from "fast-check";
import {
  type Course,
  dueBy,
  highest,
  lengthMs,
  loadAt,
  timeAbove,
  timeOf,
} from "./course.ts";

const STEADY: Course = { start: 100, stages: [] };
// 0 to 100 in a second, a jump to 50, two seconds there, down to 0 in one more.
const RAMPS: Course = {
  start: 0,
  stages: [
    { ms: 1_000, target: 100 },
    { ms: 0, target: 50 },
    { ms: 2_000, target: 50 },
    { ms: 1_000, target: 0 },
  ],
};

// deno-fmt-ignore
const LOADS = [
  // at     load
  [0,       0],
  [500,     50],
  [999,     99.9],
  [1_000,   50],
  [2_999,   50],
  [3_500,   25],
  [4_000,   0],
  [9_000,   0],
] as const;

for (const [atMs, load] of LOADS) {
  Deno.test(`loadAt() is ${load} after ${atMs} ms of ramps`, () => {
    strictEqual(loadAt(RAMPS, atMs), load);
  });
}

Deno.test("loadAt() stays at the start when there are no stages", () => {
  strictEqual(loadAt(STEADY, 12_345), 100);
});

Deno.test("highest() and lengthMs() look at all stages", () => {
  strictEqual(highest(RAMPS), 100);
  strictEqual(highest(STEADY), 100);
  strictEqual(lengthMs(RAMPS), 4_000);
});

// deno-fmt-ignore
const DUE = [
  // until  due
  [0,       0],
  [500,     12.5],
  [1_000,   50],
  [2_000,   100],
  [3_000,   150],
  [4_000,   175],
  [9_000,   175],
] as const;

for (const [untilMs, due] of DUE) {
  Deno.test(`dueBy() is ${due} after ${untilMs} ms of ramps`, () => {
    strictEqual(dueBy(RAMPS, untilMs), due);
  });
}

Deno.test("timeOf() is evenly spaced when the rate is steady", () => {
  strictEqual(timeOf(STEADY, 0), 0);
  strictEqual(timeOf(STEADY, 1), 10);
  strictEqual(timeOf(STEADY, 250), 2_500);
});

Deno.test("timeOf() is undefined when the rate has fallen to 0 before", () => {
  ok(timeOf(RAMPS, 174)! < 4_000);
  strictEqual(timeOf(RAMPS, 175), undefined);
  strictEqual(timeOf({ start: 0, stages: [] }, 0), undefined);
});

const stage = fc.record({
  ms: fc.integer({ min: 0, max: 100_000 }),
  target: fc.integer({ min: 0, max: 10_000 }),
});
const course = fc.record({
  start: fc.integer({ min: 0, max: 10_000 }),
  stages: fc.array(stage, { maxLength: 5 }),
});

Deno.test("dueBy() is the index of a request when it is due", () => {
  fc.assert(fc.property(course, fc.nat(100_000), (course, index) => {
    const atMs = timeOf(course, index);
    if (atMs === undefined) return;
    ok(Math.abs(dueBy(course, atMs) - index) < 1e-6 * (1 + index));
  }));
});

Deno.test("timeOf() never goes back", () => {
  fc.assert(fc.property(course, fc.nat(100_000), (course, index) => {
    const [atMs, nextMs] = [timeOf(course, index), timeOf(course, index + 1)];
    ok(nextMs === undefined || nextMs >= atMs!);
  }));
});

Deno.test("timeAbove() is when the load exceeds the level, and not before", () => {
  const at = fc.integer({ min: 0, max: 500_000 });
  const level = fc.nat(10_000);
  fc.assert(fc.property(course, level, at, (course, level, fromMs) => {
    const aboveMs = timeAbove(course, level, fromMs);
    if (aboveMs === undefined) {
      ok(course.stages.every(({ target }) => target <= level) || !isAhead());
      return;
    }
    ok(aboveMs >= fromMs);
    ok(loadAt(course, aboveMs) >= level);
    // A moment before, it was not above, unless that is before it was asked for.
    ok(aboveMs === fromMs || loadAt(course, aboveMs - 0.01) <= level + 1e-3);

    function isAhead(): boolean {
      const end = Math.max(fromMs, lengthMs(course));
      for (let step = 0; step <= 1_000; step++) {
        const ms = fromMs + (end - fromMs) * step / 1_000;
        if (loadAt(course, ms) > level) return true;
      }
      return false;
    }
  }));
});
