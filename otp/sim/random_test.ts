import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert";
import { integer, split, splitmix } from "./random.ts";

// The first values of SplitMix64 from seed 1234567, by Rosetta Code.
const SPLITMIX = [
  6457827717110365317n,
  3203168211198807973n,
  9817491932198370423n,
  4593380528125082431n,
  16408922859458223821n,
];

Deno.test("splitmix() draws what SplitMix64 draws", () => {
  const random = splitmix(1234567n);
  for (const bits of SPLITMIX) {
    strictEqual(random(), Number(bits >> 11n) / 2 ** 53);
  }
});

Deno.test("split() draws numbers of its own, by the seed", () => {
  const random = splitmix(1n);
  const own = split(random);
  notStrictEqual(own(), random());
  strictEqual(split(splitmix(1n))(), split(splitmix(1n))());
});

Deno.test("integer() draws all of a span, and nothing else", () => {
  const random = splitmix(1n);
  const drawn = Array.from({ length: 100 }, () => integer(random, [3, 6]));
  deepStrictEqual([...new Set(drawn)].sort(), [3, 4, 5, 6]);
  strictEqual(integer(random, [7, 7]), 7);
  strictEqual(integer(random, [0, Infinity]), Infinity);
});
