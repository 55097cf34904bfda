/**
 * Whether something that was looked at again and again has grown.
 *
 * @module
 */

/** How something went. */
export interface Flatness {
  /** Its median in the second third. */
  readonly early: number;
  /** Its median in the last third. */
  readonly late: number;
  /** Its highest. */
  readonly max: number;
  /** Whether it has not grown by more than it may. */
  readonly holds: boolean;
}

/** How much something may grow from the second third to the last. */
export interface Allowance {
  /** As a part of what it was. */
  readonly part: number;
  /** And as much besides. */
  readonly amount: number;
}

/**
 * Judges `values`, in order of time. The first third is left out: that is when
 * pools fill.
 *
 * @throws {RangeError} There are fewer than three.
 */
export function flatnessOf(
  values: readonly number[],
  { part, amount }: Allowance,
): Flatness {
  const third = Math.floor(values.length / 3);
  if (third === 0) {
    throw new RangeError(`Cannot judge so few values: ${values.length}`);
  }
  const early = median(values.slice(-2 * third, -third));
  const late = median(values.slice(-third));
  const holds = late <= early * (1 + part) + amount;
  return { early, late, max: Math.max(...values), holds };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
