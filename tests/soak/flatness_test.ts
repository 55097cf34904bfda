import { deepStrictEqual, throws } from "node:assert";
import { flatnessOf } from "./flatness.ts";

// deno-fmt-ignore
const ROWS = [
  // values                          early  late  max  holds
  [[9, 1, 1, 1, 1, 1, 1, 1, 1],      1,     1,    9,   true],
  [[1, 1, 1, 1, 1, 1, 9, 1, 1],      1,     1,    9,   true],
  [[1, 2, 3, 40, 50, 60, 61, 62, 63], 50,   62,   63,  false],
  [[1, 2, 3, 40, 50, 60, 51, 52, 53], 50,   52,   60,  true],
  [[100, 50, 55],                    50,    55,   100, true],
  [[100, 50, 58],                    50,    58,   100, false],
] as const;

for (const [values, early, late, max, holds] of ROWS) {
  Deno.test(`flatnessOf() says ${holds} of ${values.join(", ")}`, () => {
    const flatness = flatnessOf(values, { part: 0.1, amount: 2 });
    deepStrictEqual(flatness, { early, late, max, holds });
  });
}

Deno.test("flatnessOf() throws when there are fewer than three values", () => {
  throws(() => flatnessOf([1, 2], { part: 0, amount: 0 }), {
    name: "RangeError",
    message: "Cannot judge so few values: 2",
  });
});
