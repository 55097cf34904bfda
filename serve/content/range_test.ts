import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { parseRange } from "./range.ts";

const WHOLE = { type: "whole" };
const UNSATISFIABLE = { type: "unsatisfiable" };

// Of ten bytes.
// deno-fmt-ignore
const RANGES = [
  [undefined,           WHOLE],
  ["bytes=0-0",         [0, 0]],
  ["bytes=2-4",         [2, 4]],
  ["BYTES= 2-4 ",       [2, 4]],
  ["bytes=2-",          [2, 9]],
  ["bytes=2-99",        [2, 9]],
  ["bytes=-3",          [7, 9]],
  ["bytes=-99",         [0, 9]],
  ["bytes=9-9",         [9, 9]],
  ["bytes=10-",         UNSATISFIABLE],
  ["bytes=-0",          UNSATISFIABLE],
  ["bytes=99999999999999999999999-", UNSATISFIABLE],
  // What makes no sense is as good as nothing.
  ["bytes=4-2",         WHOLE],
  ["bytes=-",           WHOLE],
  ["bytes=",            WHOLE],
  ["bytes=a-b",         WHOLE],
  ["bytes=0-1,3-4",     WHOLE],
  ["bytes=--1",         WHOLE],
  ["items=0-1",         WHOLE],
] as const;

for (const [header, expected] of RANGES) {
  Deno.test(`parseRange() of ${header}`, () => {
    const [first, last] = expected instanceof Array ? expected : [];
    deepStrictEqual(
      parseRange(header, 10),
      first === undefined ? expected : { type: "part", first, last },
    );
  });
}

Deno.test("parseRange() has no part of an empty file", () => {
  deepStrictEqual(parseRange("bytes=0-", 0), UNSATISFIABLE);
  deepStrictEqual(parseRange("bytes=-1", 0), UNSATISFIABLE);
});

const NUMBER = fc.option(fc.nat(30), { nil: undefined });

Deno.test("parseRange() has the bytes whose offsets were asked for", () => {
  fc.assert(
    fc.property(NUMBER, NUMBER, fc.nat(20), (from, to, size) => {
      const range = parseRange(`bytes=${from ?? ""}-${to ?? ""}`, size);
      const found = range.type === "part"
        ? offsets(size).slice(range.first, range.last + 1)
        : [];
      const expected = isSenseless(from, to) ? [] : wanted(from, to, size);
      deepStrictEqual(found, expected);
      strictEqual(range.type === "whole", isSenseless(from, to));
    }),
    { numRuns: 5_000 },
  );
});

function offsets(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

function isSenseless(from?: number, to?: number): boolean {
  return from === undefined ? to === undefined : to !== undefined && to < from;
}

function wanted(
  from: number | undefined,
  to: number | undefined,
  size: number,
): number[] {
  return offsets(size).filter((offset) =>
    from === undefined
      ? offset >= size - to!
      : offset >= from && (to === undefined || offset <= to)
  );
}
