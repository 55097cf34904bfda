import { strictEqual } from "node:assert";

import { OPS } from "./ops.ts";

Deno.test("OPS numbers are given once each", () => {
  const numbers = Object.values(OPS);
  strictEqual(new Set(numbers).size, numbers.length);
});
