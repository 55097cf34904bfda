/**
 * How long things took, in buckets.
 *
 * @module
 */

/** Upper bounds of the buckets for durations, in seconds, ascending; what took longer is in one more. */
export const DURATION_BOUNDS: readonly number[] = [
  ...[0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025],
  ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
];

/**
 * Counts of what was observed, by {@linkcode DURATION_BOUNDS}.
 *
 * Invariant: `counts` has one element more than there are bounds.
 */
export class Histogram {
  /** How many fell into each bucket, and not into one before it. */
  readonly counts: number[] = new Array(DURATION_BOUNDS.length + 1).fill(0);
  /** Of all that was observed, in seconds. */
  sum = 0;

  /** Notes a duration in milliseconds. */
  addMs(ms: number): void {
    const seconds = ms / 1_000;
    this.sum += seconds;
    let index = 0;
    while (
      index < DURATION_BOUNDS.length && seconds > DURATION_BOUNDS[index]!
    ) index++;
    this.counts[index]!++;
  }

  /** How many were observed. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }
}
