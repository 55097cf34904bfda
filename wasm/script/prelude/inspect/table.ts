/**
 * Tables of `console.table`.
 *
 * @module
 */

import { inspect } from "./inspect.ts";

const INDEX = "(idx)";
const ITERATION = "(iter idx)";
const VALUES = "Values";

/**
 * A table with a row for each entry of `data`, drawn with lines.
 *
 * @param columns Properties that are shown, in this order; default: all.
 * @returns Undefined for what has no entries to show.
 */
export function tableOf(
  data: unknown,
  columns: string[] | undefined,
): string | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const isList = data instanceof Map || data instanceof Set;
  const entries = entriesOf(data);
  const shown = columns ?? keysOf(entries);
  const hasValues = columns === undefined &&
    entries.some(([, value]) => !isRow(value));
  const rows = entries.map(([key, value]) => [
    key,
    ...shown.map((column) => isRow(value) ? cellOf(value, column) : ""),
    ...hasValues ? [isRow(value) ? "" : inspect(value)] : [],
  ]);
  const head = [isList ? ITERATION : INDEX, ...shown];
  return draw([...head, ...hasValues ? [VALUES] : []], rows);
}

function entriesOf(data: object): [key: string, value: unknown][] {
  if (data instanceof Map) {
    return [...data].map(([key, value], index) => [
      `${index}`,
      { Key: key, [VALUES]: value },
    ]);
  }
  if (data instanceof Set) {
    return [...data].map((value, index) => [`${index}`, value]);
  }
  return Object.entries(data);
}

function keysOf(entries: [string, unknown][]): string[] {
  const rows = entries.map(([, value]) => value).filter(isRow);
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function isRow(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function cellOf(row: object, column: string): string {
  return Object.hasOwn(row, column) ? inspect(Reflect.get(row, column)) : "";
}

function draw(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length))
  );
  const areNumbers = head.map((_, column) =>
    rows.every((row) => NUMBER_OR_NOTHING.test(row[column]!))
  );
  const rule = (left: string, cross: string, right: string) =>
    left + widths.map((width) => "─".repeat(width + 2)).join(cross) + right;
  const line = (cells: string[]) => `│ ${cells.join(" │ ")} │`;
  const titles = head.map((title, column) => title.padEnd(widths[column]!));
  return [
    ...[rule("┌", "┬", "┐"), line(titles), rule("├", "┼", "┤")],
    ...rows.map((row) =>
      line(
        row.map((cell, column) =>
          areNumbers[column]
            ? cell.padStart(widths[column]!)
            : cell.padEnd(widths[column]!)
        ),
      )
    ),
    rule("└", "┴", "┘"),
  ].join("\n");
}

const NUMBER_OR_NOTHING = /^(-?(\d[\d.e+-]*n?|Infinity)|NaN)?$/;
