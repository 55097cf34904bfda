import { strictEqual } from "node:assert";
import type { SchedulerInfo } from "@rusm/wasm";
import { healthOf, type Phase, readinessOf } from "./health.ts";

function scheduler(isSilent: boolean): SchedulerInfo {
  return { scheduler: 1, aliveCount: 0, isSilent };
}

// deno-fmt-ignore
const HEALTH = [
  [[],             200, '{"status":"ok","schedulers":{"answering":0,"silent":0}}\n'],
  [[false, false], 200, '{"status":"ok","schedulers":{"answering":2,"silent":0}}\n'],
  [[true, false],  200, '{"status":"ok","schedulers":{"answering":1,"silent":1}}\n'],
  [[true, true],   503, '{"status":"stuck","schedulers":{"answering":0,"silent":2}}\n'],
] as const;

for (const [silences, status, text] of HEALTH) {
  Deno.test(`healthOf() schedulers that are silent: ${silences}`, () => {
    const verdict = healthOf(silences.map(scheduler));
    strictEqual(verdict.status, status);
    strictEqual(verdict.text, text);
  });
}

const PHASES: readonly (readonly [Phase, number])[] = [
  ["starting", 503],
  ["ready", 200],
  ["draining", 503],
  ["gave_up", 503],
];

for (const [phase, status] of PHASES) {
  Deno.test(`readinessOf() a node that is ${phase}`, () => {
    const verdict = readinessOf(phase);
    strictEqual(verdict.status, status);
    strictEqual(verdict.text, `{"status":"${phase}"}\n`);
  });
}
