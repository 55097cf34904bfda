/**
 * What Erlang did, kept so that it can be compared where there is no Erlang.
 *
 * @module
 */

import { linesOf } from "./erlang.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario, and what Erlang did in it. */
export interface Row {
  /** The rule it is of, or where it was drawn. */
  readonly name: string;
  /** What was to be done. */
  readonly scenario: Scenario;
  /** What was observed, in its canonical form: a line for each step. */
  readonly trace: readonly string[];
}

const FILE = new URL("recorded.jsonl", import.meta.url);

/** All rows, in the order they were recorded. */
export async function readRows(): Promise<Row[]> {
  const text = await Deno.readTextFile(FILE);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Replaces all rows. */
export async function writeRows(rows: readonly Row[]): Promise<void> {
  await Deno.writeTextFile(FILE, linesOf(rows));
}
