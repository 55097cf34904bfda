/**
 * Reports as text.
 *
 * @module
 */

import type { Difference, Report } from "./compare.ts";
import type { GuestReport } from "./guests.ts";
import type { MutationReport } from "./mutations.ts";
import type { Outcome } from "./replay.ts";

const COUNTS = ["commands", "passed", "failed", "skipped"] as const;
const COUNT_WIDTH = 10;

/** A line for each script and one for all, and two for each difference. */
export function formatReports(reports: readonly Report[]): string {
  const width = Math.max(...reports.map(({ path }) => path.length)) + 1;
  const differences = reports.flatMap((report) => report.differences);
  return [
    lineOf("script", [...COUNTS, "different"], width),
    ...reports.map((report) => lineOf(report.path, countsOf([report]), width)),
    lineOf("all", countsOf(reports), width),
    ...differences.map(formatDifference),
  ].join("\n");
}

function countsOf(reports: readonly Report[]): number[] {
  const sum = (numbers: readonly number[]) =>
    numbers.reduce((total, number) => total + number, 0);
  return [
    ...COUNTS.map((count) => sum(reports.map((report) => report[count]))),
    sum(reports.map(({ differences }) => differences.length)),
  ];
}

function lineOf(
  name: string,
  columns: readonly (number | string)[],
  width: number,
): string {
  const padded = columns.map((each) => String(each).padStart(COUNT_WIDTH));
  return name.padEnd(width) + padded.join("");
}

function formatDifference(difference: Difference): string {
  const { path, line, type, side, plain, rewritten } = difference;
  return `\n${path}:${line} ${type}\n  plain: ${
    formatOutcome(plain)
  }\n  ${side}: ${formatOutcome(rewritten)}`;
}

function formatOutcome({ verdict, detail }: Outcome): string {
  return `${verdict} ${detail}`;
}

/** What came of mutations. */
export function formatMutations(report: MutationReport): string {
  const { tried, valid, refused, faults } = report;
  return [
    `${tried} modules, ${valid} of them valid, ${faults.length} faults`,
    ...[...refused].map(([why, count]) =>
      `${count} valid, but refused: ${why}`
    ),
    ...faults.map(({ path, nth, message }) => `${path} ${nth}: ${message}`),
  ].join("\n");
}

/** What came of guests, the most frequent ending first. */
export function formatGuests(
  { loaded, refused, endings }: GuestReport,
): string {
  const sorted = [...endings].sort(([, one], [, other]) => other - one);
  return [
    `${loaded} modules loaded, ${refused} refused`,
    ...sorted.map(([ending, count]) => `${count} ${ending}`),
  ].join("\n");
}
