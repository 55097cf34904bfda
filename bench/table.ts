/**
 * A report for people.
 *
 * @module
 */

import type { Report } from "./harness.ts";
import { isRate, type Row } from "./row.ts";

/** Makes `text` stand out, or returns it as it is. */
export type Paint = (
  style: "bold" | "dim" | "green" | "red",
  text: string,
) => string;

/** Amounts from here on are shortened to three digits and a letter. */
const COMPACT_MIN = 100_000;

/**
 * The lines of `report`: a heading, where it was measured, and a row of cells
 * for each of its rows, with what was done below it.
 */
export function formatReport(report: Report, paint: Paint): string {
  const cells = report.rows.map(cellsOf);
  const widths =
    cells[0]?.map((_, column) =>
      Math.max(...cells.map((row) => row[column]!.length))
    ) ?? [];
  const lines = [paint("bold", report.name), paint("dim", placeOf(report)), ""];
  for (const [index, row] of report.rows.entries()) {
    const padded = cells[index]!.map((cell, column) =>
      cell.padEnd(widths[column]!)
    );
    lines.push(`${padded.join("  ")}  ${verdictOf(row, paint)}`.trimEnd());
    lines.push(paint("dim", `  ${row.what}`));
  }
  return lines.join("\n");
}

function placeOf({ at, machine, versions }: Report): string {
  const gigabytes = (machine.memory / 1e9).toFixed(1);
  const programs = Object.entries(versions).map(([name, version]) =>
    `${name} ${version ?? "not installed"}`
  );
  return [
    `${machine.cpu}, ${machine.cores} cores, ${gigabytes} GB, ${machine.os}`,
    programs.join(", "),
    at,
  ].join("; ");
}

/** Shape: name, value, spread, ratio, bar. */
function cellsOf(row: Row): readonly string[] {
  const { name, unit, value, min, max, runs, ratio, against } = row;
  return [
    name,
    `${amount(value)} ${unit}`,
    `(${amount(min)} to ${amount(max)} in ${runs})`,
    ratio === null
      ? ""
      : `${amount(ratio)} x ${against!.name} (${amount(against!.value)})`,
    barOf(row),
  ];
}

function barOf({ bar, unit }: Row): string {
  if (bar === null) return "";
  return `bar ${isRate(unit) ? "≥" : "≤"} ${amount(bar)}`;
}

function verdictOf({ bar, holds }: Row, paint: Paint): string {
  if (bar === null) return "";
  if (holds === null) return "not checked";
  return holds ? paint("green", "holds") : paint("red", "falls short");
}

function amount(value: number): string {
  const notation = Math.abs(value) >= COMPACT_MIN ? "compact" : "standard";
  return value.toLocaleString("en", { notation, maximumSignificantDigits: 3 });
}
