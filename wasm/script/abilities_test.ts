import { deepStrictEqual } from "node:assert";
import { readAbilities } from "./abilities.ts";
import type { ComponentAbilities, HostValue } from "./ops.ts";

const NONE: ComponentAbilities = { answers: false, functions: [], runs: null };

/** What an image says of itself, and what is made of it. */
// deno-fmt-ignore
const SAID: readonly (readonly [HostValue, ComponentAbilities])[] = [
  ['{"answers":true,"functions":["add"],"runs":"service"}', { answers: true, functions: ["add"], runs: "service" }],
  ['{"answers":1,"functions":["add",7,null],"runs":"all"}', { ...NONE, functions: ["add"] }],
  ['{"functions":{"length":1}}', NONE],
  ["null", NONE],
  ["7", NONE],
  [undefined, NONE],
  [7, NONE],
];

for (const [said, abilities] of SAID) {
  Deno.test(`readAbilities() makes ${abilities.runs} of ${said}`, () => {
    deepStrictEqual(readAbilities(said), abilities);
  });
}
