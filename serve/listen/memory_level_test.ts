import { deepStrictEqual } from "node:assert";
import { MemoryLevel } from "./memory_level.ts";

/** Looks at each of `bytes`: what is told, from a level of 100, with 10 more and 3 looks. */
function look(bytes: readonly number[]): boolean[] {
  const level = new MemoryLevel(100, 10, 3);
  return bytes.map((each) => level.isExceeded(each));
}

// deno-fmt-ignore
const LOOKS: readonly (readonly [name: string, bytes: readonly number[], exceeded: readonly boolean[]])[] = [
  ["as much as may be", [100, 110, 110, 110], [false, false, false, false]],
  ["more", [111], [true]],
  ["slow growth", [101, 104, 107, 110, 111], [false, false, false, false, true]],
  ["growth from what was less for long", [50, 50, 50, 61], [false, false, false, true]],
  ["growth from what was less for a moment", [50, 50, 100, 110], [false, false, false, false]],
  ["the most of before is forgotten", [100, 50, 50, 50, 50, 50, 61], [false, false, false, false, false, false, true]],
];

for (const [name, bytes, exceeded] of LOOKS) {
  Deno.test(`MemoryLevel.isExceeded() tells ${name}`, () => {
    deepStrictEqual(look(bytes), exceeded);
  });
}

Deno.test("MemoryLevel.settle() raises the level", () => {
  const level = new MemoryLevel(100, 10, 3);
  level.settle(200);
  deepStrictEqual([210, 211].map((bytes) => level.isExceeded(bytes)), [
    false,
    true,
  ]);
});
