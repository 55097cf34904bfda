/**
 * What was measured, for people.
 *
 * @module
 */

import { type Output, paint } from "../io.ts";
import { formatBytes } from "../quantity.ts";
import type { LoadResult, Measured, Spread, Verdict } from "./measured.ts";
import type { Plan } from "./plan.ts";
import type { Threshold } from "./threshold.ts";

/** What a run counts. */
export function nounOf({ kind }: Pick<Plan, "kind">): string {
  switch (kind) {
    case "http":
      return "requests";
    case "ws":
      return "messages";
    case "sse":
      return "events";
    case "conn":
      return "connections";
  }
}

/** Lines that say what was measured. */
export function summaryOf(
  { plan }: Measured,
  result: LoadResult,
  thresholds: readonly Threshold[],
  output: Output,
): readonly string[] {
  return [
    headline(plan, result),
    "",
    ...table(countRows(plan, result)),
    "",
    ...table(timeRows(plan, result)),
    ...section("status", Object.entries(result.statuses)),
    ...section(
      "errors",
      result.errors.map(({ what, count }) => [what, count] as const),
    ),
    ...verdictLines(result.thresholds, thresholds, output),
  ];
}

function headline(
  { kind, sent, rate, connections }: Plan,
  { url, seconds, wasStopped }: LoadResult,
): string {
  const what = kind === "http" ? sent.method : kind;
  const stages = (rate ?? connections).stages.length > 0 ? " in stages" : "";
  const load = rate === undefined
    ? `${many(connections.start)} connections${stages}`
    : `${many(rate.start)}/s${stages} by ${
      many(connections.start)
    } connections`;
  const end = wasStopped ? ", stopped" : "";
  return `${what} ${url}: ${load}, ${seconds.toFixed(1)} s${end}`;
}

type TableRow = readonly string[];

function countRows(plan: Plan, result: LoadResult): readonly TableRow[] {
  const { good, perSecond, failed, seconds } = result;
  const perSecondOf = (count: number) =>
    formatBytes(seconds > 0 ? count / seconds : 0);
  const total = good + failed;
  const part = total === 0 ? 0 : failed / total * 100;
  return [
    [nounOf(plan), many(good), `${many(perSecond)}/s`],
    ["errors", many(failed), `${part.toFixed(part < 1 ? 2 : 1)} %`],
    ...plan.rate === undefined ? [] : [["not sent", many(result.unsent)]],
    ["connected", many(result.connected), `${many(result.openMax)} at once`],
    ...result.reconnects === 0 ? [] : [["again", many(result.reconnects)]],
    [
      "received",
      formatBytes(result.receivedBytes),
      `${perSecondOf(result.receivedBytes)}/s`,
    ],
    [
      "sent",
      formatBytes(result.sentBytes),
      `${perSecondOf(result.sentBytes)}/s`,
    ],
  ];
}

function timeRows(
  { kind }: Plan,
  { latency, service, gaps }: LoadResult,
): readonly TableRow[] {
  const title = kind === "sse" ? "until it begins" : "latency";
  const rows = [
    ...spreadRow(title, latency),
    ...spreadRow("since it was sent", service),
    ...spreadRow("between events", gaps),
  ];
  if (rows.length === 0) return [];
  return [
    ["", "p50", "p90", "p95", "p99", "p99.9", "max", "mean"],
    ...rows,
  ];
}

function spreadRow(title: string, spread: Spread | null): readonly TableRow[] {
  if (spread === null) return [];
  const { p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs, meanMs } = spread;
  const times = [p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs, meanMs];
  return [[title, ...times.map(formatTime)]];
}

// Names to the left, figures to the right.
function table(rows: readonly TableRow[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) =>
      widths[at] = Math.max(widths[at] ?? 0, cell.length)
    );
  }
  return rows.map((row) =>
    row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)
    ).join("  ").trimEnd()
  );
}

function section(
  title: string,
  rows: readonly (readonly [string, number])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(([what, count]) => [many(count), what]);
  const width = Math.max(...cells.map(([count = ""]) => count.length));
  const lines = cells.map(([count = "", what]) =>
    `  ${count.padStart(width)}  ${what}`
  );
  return ["", `${title}:`, ...lines];
}

function verdictLines(
  verdicts: readonly Verdict[],
  thresholds: readonly Threshold[],
  output: Output,
): readonly string[] {
  if (verdicts.length === 0) return [];
  const rows = verdicts.map(({ threshold, value, holds }, at) => {
    const sign = holds ? "✓" : "✗";
    const mark = paint(output, holds ? "green" : "red", sign);
    return `  ${mark} ${threshold}  ${formatValue(value, thresholds[at]!)}`;
  });
  return ["", "thresholds:", ...rows];
}

function formatValue(value: number | null, { unit }: Threshold): string {
  if (value === null) return "nothing was measured";
  switch (unit) {
    case "ms":
      return formatTime(value);
    case "part":
      return `${(value * 100).toFixed(2)} %`;
    case "count":
      return many(value);
  }
}

/** A time with three digits or so, such as `0.84 ms`. */
function formatTime(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`;
}

function many(count: number): string {
  return Math.round(count).toLocaleString("en");
}
