import { strictEqual } from "node:assert";
import { defineProfile, type ProfileTable } from "@rusm/wasm";
import { summarize } from "./capability_summary.ts";

const PREOPEN = { host: "/a", guest: "/a", readOnly: true };

// deno-fmt-ignore
const PROFILES: readonly (readonly [string, ProfileTable])[] = [
  ["sandboxed mem=64M",                               {}],
  ["net mem=64M",                                     { inherits: "network-client" }],
  ["net=2 mem=64M",                                   { network: ["a", "b"] }],
  ["sandboxed mem=64M",                               { network: [] }],
  ["net spawn storage proc stdio mem=1024M",          { inherits: "trusted" }],
  ["storage env=1 dirs=1 mem=4M",                     { storage: true, env: ["A"], preopens: [PREOPEN], memoryMbMax: 4 }],
];

for (const [summary, table] of PROFILES) {
  Deno.test(`summarize() says ${summary} of ${JSON.stringify(table)}`, () => {
    strictEqual(summarize(defineProfile("custom", table)), summary);
  });
}
