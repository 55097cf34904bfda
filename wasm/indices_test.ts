import { deepStrictEqual, strictEqual } from "node:assert";

import { Indices } from "./indices.ts";
import { SCHEDULERS_MAX } from "./limits.ts";

Deno.test("take() hands out indices in order, and what was given back last of all", () => {
  const indices = new Indices();
  deepStrictEqual(indices.take(2), [1, 2]);
  indices.give(1);
  strictEqual(indices.takenCount, 1);
  const rest = indices.take(SCHEDULERS_MAX - 2)!;
  deepStrictEqual([rest[0], rest.at(-2), rest.at(-1)], [3, 255, 1]);
  strictEqual(indices.take(1), undefined);
  deepStrictEqual(indices.take(0), []);
});
