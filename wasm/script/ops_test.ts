import { deepStrictEqual } from "node:assert";

import { OPS } from "./ops.ts";

Deno.test("OPS numbers are 0 to n, each once", () => {
  const numbers = Object.values(OPS).toSorted((a, b) => a - b);
  deepStrictEqual(numbers, numbers.map((_, index) => index));
});
