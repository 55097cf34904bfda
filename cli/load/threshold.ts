/**
 * What a run is to reach, as it is typed: `p99<50ms`, `errors<1%`, `rate>=1000`.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";
import { failuresOf, type Measured, type Verdict } from "./measured.ts";
import { parseMs } from "./quantity.ts";
import type { TallyState } from "./tally.ts";

/** Something that a run is to reach. */
export interface Threshold {
  /** As it was typed. */
  readonly text: string;
  /** Which figure: one of {@linkcode METRICS}. */
  readonly metric: string;
  /** How. */
  readonly operator: Operator;
  /** With what: milliseconds, a part of 1, or a count. */
  readonly bound: number;
  /** What the bound is. */
  readonly unit: Unit;
}

/** How a figure is compared with its bound. */
export type Operator = "<" | "<=" | ">" | ">=";

/** What a figure is. */
export type Unit = "ms" | "part" | "count";

/** What can be compared, as help shows it; `rate` is per second. */
export const METRICS: string =
  "pN, mean, max, gap-pN, gap-max, errors, rate, good";

const PATTERN =
  /^\s*([a-z][a-z0-9.-]*)\s*(<=|>=|<|>)\s*([\d._]+)\s*(%|[a-zµ]*)\s*$/;
const TIME = /^(?:gap-)?(?:p(\d{1,2}(?:\.\d{1,4})?|100)|mean|max)$/;

/** Reads a threshold; undefined when it is none. */
export function parseThreshold(text: string): Threshold | undefined {
  const [, metric, operator, digits, suffix = ""] = PATTERN.exec(text) ?? [];
  if (metric === undefined || digits === undefined) return undefined;
  const bound = boundOf(metric, digits.replaceAll("_", ""), suffix);
  if (bound === undefined) return undefined;
  return { text, metric, operator: operator as Operator, ...bound };
}

function boundOf(
  metric: string,
  digits: string,
  suffix: string,
): Pick<Threshold, "bound" | "unit"> | undefined {
  const count = Number(digits);
  if (!Number.isFinite(count)) return undefined;
  if (TIME.test(metric)) {
    const bound = suffix === "" ? undefined : parseMs(`${digits}${suffix}`);
    return bound === undefined ? undefined : { bound, unit: "ms" };
  }
  if (metric === "errors" && suffix === "%") {
    return { bound: count / 100, unit: "part" };
  }
  const isCount = ["errors", "rate", "good"].includes(metric) && suffix === "";
  return isCount ? { bound: count, unit: "count" } : undefined;
}

/** Compares what was measured with `threshold`. */
export function judge(measured: Measured, threshold: Threshold): Verdict {
  const value = valueOf(measured, threshold);
  const holds = value !== undefined && compare(value, threshold);
  return { threshold: threshold.text, value: value ?? null, holds };
}

function valueOf(
  { state, seconds }: Measured,
  { metric, unit }: Threshold,
): number | undefined {
  const failed = failuresOf(state);
  switch (metric) {
    case "errors":
      if (unit === "count") return failed;
      return failed === 0 ? 0 : failed / (failed + state.good);
    case "rate":
      return seconds > 0 ? state.good / seconds : 0;
    case "good":
      return state.good;
    default:
      return timeOf(metric, state);
  }
}

function timeOf(metric: string, state: TallyState): number | undefined {
  const isGap = metric.startsWith("gap-");
  const histogram = new Histogram();
  histogram.add(isGap ? state.gaps : state.latency);
  if (histogram.count === 0) return undefined;
  const figure = isGap ? metric.slice("gap-".length) : metric;
  if (figure === "mean") return histogram.meanMs;
  if (figure === "max") return histogram.maxMs;
  return histogram.quantileMs(Number(figure.slice(1)) / 100);
}

function compare(value: number, { operator, bound }: Threshold): boolean {
  switch (operator) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
  }
}
