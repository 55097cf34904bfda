/**
 * Records anew what Erlang does: `deno run -A tests/erlang/record.ts`, where
 * `erl` and `erlc` are. The seed is fixed, so that the same Erlang writes the same
 * file; a difference is to be understood before it is kept.
 *
 * @module
 */

import fc from "fast-check";
import { scenarios } from "./arbitrary.ts";
import { Erlang } from "./erlang.ts";
import { writeRows } from "./recorded.ts";
import { RULES } from "./rules.ts";
import type { Scenario } from "./scenario.ts";
import { canonical } from "./trace.ts";

const SEED = 25;
const DRAWN_COUNT = 320;

const drawn = fc.sample(scenarios, { numRuns: DRAWN_COUNT, seed: SEED })
  .map((scenario, index): [string, Scenario] => [
    `drawn ${index}`,
    scenario,
  ]);

await using erlang = await Erlang.compile();
const named = [...RULES, ...drawn];
const traces = await erlang.carryOut(named.map(([, scenario]) => scenario));
await writeRows(named.map(([name, scenario], index) => ({
  name,
  scenario,
  trace: canonical(traces[index]!),
})));
