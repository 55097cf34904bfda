/**
 * Scenarios for each rule, by the name of the rule. What Erlang does in them is
 * recorded in `recorded.jsonl`.
 *
 * @module
 */

import { PROCESSES } from "./rules/processes.ts";
import { DYNAMIC, NESTED, SUPERVISORS } from "./rules/supervisors.ts";
import type { Scenario } from "./scenario.ts";

/** By the name of the rule. */
export const RULES: ReadonlyMap<string, Scenario> = new Map([
  ...PROCESSES,
  ...SUPERVISORS,
  ...NESTED,
  ...DYNAMIC,
]);
