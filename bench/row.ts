/**
 * A row of a report: a value, what it is held against, and whether its bar holds.
 *
 * @module
 */

import { isVariant, type RowPlan } from "./noun.ts";
import { spreadOf } from "./statistics.ts";

/** One measured row, as it stands in the JSON document. */
export interface Row {
  /** Unique in its document. */
  readonly name: string;
  /** What is done and what is timed; says so when a peer is missing. */
  readonly what: string;
  /** Unit of value, min, max and of what it is held against. */
  readonly unit: string;
  /** Median of the rounds. */
  readonly value: number;
  /** Smallest of the rounds. */
  readonly min: number;
  /** Largest of the rounds. */
  readonly max: number;
  /** How many rounds. */
  readonly runs: number;
  /** The other side's median of the same rounds; null when there is none. */
  readonly against: Against | null;
  /** value ÷ against.value; null when there is nothing to hold it against. */
  readonly ratio: number | null;
  /** What the ratio must reach when the unit is a rate, or must not pass when it is a cost. */
  readonly bar: number | null;
  /** Whether it does; null when there is no bar, or no ratio. */
  readonly holds: boolean | null;
}

/** What a row is held against. */
export interface Against {
  /** Who was measured. */
  readonly name: string;
  /** Median of its rounds. */
  readonly value: number;
}

/** Whether more of `unit` is better: it is counted per second. */
export function isRate(unit: string): boolean {
  return unit.endsWith("/s");
}

/**
 * The row of `plan`.
 *
 * @param ours What its variant measured, a value per round.
 * @param theirs What it is held against measured; undefined when that is
 * nothing, or a peer that is not installed.
 * @throws {RangeError} One of the two is empty.
 */
export function rowOf(
  plan: RowPlan,
  ours: readonly number[],
  theirs: readonly number[] | undefined,
): Row {
  const { name, unit, bar } = plan;
  const { median: value, min, max } = spreadOf(ours);
  const against = againstOf(plan, theirs);
  const ratio = against === null ? null : value / against.value;
  return {
    name,
    what: whatOf(plan, against),
    unit,
    value,
    min,
    max,
    runs: ours.length,
    against,
    ratio,
    bar,
    holds: holdsOf(unit, ratio, bar),
  };
}

function againstOf(
  plan: RowPlan,
  theirs: readonly number[] | undefined,
): Against | null {
  if (plan.against === null || theirs === undefined) return null;
  return { name: plan.against.name, value: spreadOf(theirs).median };
}

function whatOf(plan: RowPlan, against: Against | null): string {
  const missing = plan.against;
  if (against !== null || missing === null) return plan.what;
  if (!isVariant(missing) || missing.peer === undefined) return plan.what;
  return `${plan.what} Not compared, ${missing.name} is not installed: ${missing.peer.install}`;
}

function holdsOf(
  unit: string,
  ratio: number | null,
  bar: number | null,
): boolean | null {
  if (ratio === null || bar === null) return null;
  return isRate(unit) ? ratio >= bar : ratio <= bar;
}
