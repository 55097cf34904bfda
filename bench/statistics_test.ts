import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import { p99Of, spreadOf } from "./statistics.ts";

const SPREADS = [
  // values           median  min  max
  [[7], 7, 7, 7],
  [[3, 1, 8], 3, 1, 8],
  [[10, 9, 1, 2], 5.5, 1, 10],
  [[2, 2, 2, 100], 2, 2, 100],
  [[-1, 0, 100, 20], 10, -1, 100],
] as const;

for (const [values, median, min, max] of SPREADS) {
  Deno.test(`spreadOf() finds the middle when given ${values}`, () => {
    deepStrictEqual(spreadOf(values), { median, min, max });
  });
}

for (const values of [[], [NaN], [1, Infinity]]) {
  Deno.test(`spreadOf() throws when given ${JSON.stringify(values)}`, () => {
    throws(() => spreadOf(values), RangeError);
  });
}

Deno.test("spreadOf() halves the values when given any, in any order", () => {
  const value = fc.integer({ min: -1_000, max: 1_000 });
  fc.assert(fc.property(fc.array(value, { minLength: 1 }), (values) => {
    const { median, min, max } = spreadOf(values);
    const below = values.filter((value) => value < median).length;
    const above = values.filter((value) => value > median).length;
    ok(below * 2 <= values.length && above * 2 <= values.length);
    ok(values.includes(min) && values.includes(max));
    ok(values.every((value) => min <= value && value <= max));
  }));
});

const P99S = [
  // values                 p99
  [[7], 7],
  [[2, 1], 2],
  [upTo(100), 99],
  [upTo(101), 100],
  [upTo(1_000).reverse(), 990],
] as const;

for (const [values, p99] of P99S) {
  Deno.test(`p99Of() is ${p99} when given ${values.length} values`, () => {
    strictEqual(p99Of(values), p99);
  });
}

for (const values of [[], [NaN], [1, Infinity]]) {
  Deno.test(`p99Of() throws when given ${JSON.stringify(values)}`, () => {
    throws(() => p99Of(values), RangeError);
  });
}

/** The whole numbers from 1 to `last`. */
function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
