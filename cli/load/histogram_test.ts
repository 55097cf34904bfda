import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

const PARTS = [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1];

Deno.test("quantileMs() is within 0.8 % above the value of that rank", () => {
  const us = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  fc.assert(fc.property(
    fc.array(us, { minLength: 1 }),
    fc.constantFrom(...PARTS),
    (all, part) => {
      const sorted = all.toSorted((a, b) => a - b);
      const rank = Math.max(1, Math.ceil(part * all.length));
      const exact = sorted[rank - 1]!;
      const told = histogramOf(all).quantileMs(part) * 1_000;
      ok(told >= exact - 0.001 && told <= exact * 1.008 + 0.001);
    },
  ));
});

Deno.test("quantileMs() is exact when values are below 256 µs", () => {
  const all = Array.from({ length: 256 }, (_, us) => us);
  strictEqual(histogramOf(all).quantileMs(0.5), 0.127);
  strictEqual(histogramOf(all).quantileMs(1), 0.255);
});

Deno.test("add() has the same result as recording everything in one", () => {
  const [a, b] = [[5, 900, 70_000], [1, 2_000_000]];
  const sum = histogramOf(a);
  sum.add(histogramOf(b).state());
  deepStrictEqual(sum.state(), histogramOf([...a, ...b]).state());
});

Deno.test("state() is a copy when more is recorded later", () => {
  const histogram = histogramOf([10]);
  const state = histogram.state();
  histogram.record(1);
  strictEqual(state.count, 1);
  strictEqual(state.buckets[1_000], 0);
});

const BOUNDS = [
  ["below 0 as 0", -5, 0],
  ["beyond 35 minutes as 35 minutes", 1e12, (2 ** 31 - 1) / 1_000],
] as const;

for (const [what, ms, recorded] of BOUNDS) {
  Deno.test(`record() counts a duration ${what}`, () => {
    const histogram = new Histogram();
    histogram.record(ms);
    strictEqual(histogram.maxMs, recorded);
    strictEqual(histogram.quantileMs(0.5), recorded);
  });
}

Deno.test("a histogram says 0 of everything when nothing was recorded", () => {
  const { count, meanMs, minMs, maxMs } = new Histogram();
  deepStrictEqual([count, meanMs, minMs, maxMs], [0, 0, 0, 0]);
  strictEqual(new Histogram().quantileMs(0.99), 0);
});

Deno.test("meanMs is that of what was recorded", () => {
  strictEqual(histogramOf([1_000, 2_000, 6_000]).meanMs, 3);
  strictEqual(histogramOf([1_000, 2_000, 6_000]).minMs, 1);
});

function histogramOf(us: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of us) histogram.record(value / 1_000);
  return histogram;
}
