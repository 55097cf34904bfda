/**
 * What is said about the rounds of one variant.
 *
 * @module
 */

/** The middle of some values and how far they lie apart. Invariant: min ≤ median ≤ max. */
export interface Spread {
  /** The middle value; the mean of the two in the middle when the count is even. */
  readonly median: number;
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
}

/**
 * The spread of `values`, in any order.
 *
 * @throws {RangeError} There are none, or one is not finite.
 *
 * @example
 * ```ts
 * import { spreadOf } from "./statistics.ts";
 * import { deepStrictEqual } from "node:assert";
 *
 * deepStrictEqual(spreadOf([3, 1, 8]), { median: 3, min: 1, max: 8 });
 * ```
 */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new RangeError(`Cannot take the median of: ${values.join(", ")}`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: medianOf(sorted),
    min: sorted.at(0)!,
    max: sorted.at(-1)!,
  };
}

function medianOf(sorted: readonly number[]): number {
  const above = sorted[Math.floor(sorted.length / 2)]!;
  if (sorted.length % 2 === 1) return above;
  const below = sorted[sorted.length / 2 - 1]!;
  return below + (above - below) / 2;
}

/**
 * What 99 of 100 of `values` do not exceed: one of them, by nearest rank.
 *
 * @throws {RangeError} There are none, or one is not finite.
 */
export function p99Of(values: readonly number[]): number {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new RangeError(`Cannot take the p99 of: ${values.join(", ")}`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 99 / 100) - 1]!;
}
