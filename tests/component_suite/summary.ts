/**
 * Reports as text.
 *
 * @module
 */

import type { Script } from "../wasm_suite/script.ts";
import type { MutationReport } from "./mutations.ts";
import { type Outcome, replay, type Verdict } from "./replay.ts";

/** What became of a command of a script. */
export interface Line extends Outcome {
  /** Path of the script, and line of the command. */
  readonly place: string;
  /** What the command does. */
  readonly type: string;
}

/** What came of a script. */
export interface Report {
  /** Path of the script. */
  readonly path: string;
  /** What became of each command, in order. */
  readonly lines: readonly Line[];
}

/** All verdicts, as columns are ordered. */
export const VERDICTS: readonly Verdict[] = [
  ...["pass", "planned", "unsupported", "accepted", "skip", "fail"] as const,
];
const COUNT_WIDTH = 12;

/** Carries out `script`. */
export async function reportOf(script: Script): Promise<Report> {
  const outcomes = await replay(script);
  const lines = outcomes.map((outcome, at): Line => {
    const { line, type } = script.commands[at]!;
    return { ...outcome, place: `${script.path}:${line}`, type };
  });
  return { path: script.path, lines };
}

/** A row for each script and one for all, and a line for each command that came to one of `listed`. */
export function formatReports(
  reports: readonly Report[],
  listed: readonly Verdict[],
): string {
  const width = Math.max(...reports.map(({ path }) => path.length)) + 1;
  const all = reports.flatMap(({ lines }) => lines);
  return [
    rowOf("script", VERDICTS, width),
    ...reports.map(({ path, lines }) => rowOf(path, countsOf(lines), width)),
    rowOf("all", countsOf(all), width),
    ...all.filter(({ verdict }) => listed.includes(verdict)).map(formatLine),
  ].join("\n");
}

function countsOf(lines: readonly Line[]): number[] {
  return VERDICTS.map((each) =>
    lines.filter(({ verdict }) => verdict === each).length
  );
}

function rowOf(
  name: string,
  columns: readonly (number | string)[],
  width: number,
): string {
  const padded = columns.map((each) => String(each).padStart(COUNT_WIDTH));
  return name.padEnd(width) + padded.join("");
}

function formatLine({ place, type, verdict, detail }: Line): string {
  return `${place} ${type}: ${verdict}: ${detail}`;
}

/** What came of mutations. */
export function formatMutations(
  { tried, planned, loaded, faults }: MutationReport,
): string {
  return [
    `${tried} components, ${planned} with a plan, ${loaded} loaded, ${faults.length} faults`,
    ...faults.map(({ path, nth, message }) => `${path} ${nth}: ${message}`),
  ].join("\n");
}
