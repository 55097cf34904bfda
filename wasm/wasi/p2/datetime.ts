/**
 * The record `datetime` of `wasi:clocks/wall-clock`.
 *
 * @module
 */

import { nanoseconds } from "../files/filestat.ts";

/** An instant since 1970. */
export interface Datetime {
  /** Whole seconds. */
  readonly seconds: bigint;
  /** The rest, below 1,000,000,000. */
  readonly nanoseconds: number;
}

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** The instant `ms` milliseconds after 1970; undefined when it lies before. */
export function datetimeOf(ms: number): Datetime | undefined {
  const whole = nanoseconds(ms);
  if (whole < 0n) return undefined;
  return {
    seconds: whole / NANOSECONDS_PER_SECOND,
    nanoseconds: Number(whole % NANOSECONDS_PER_SECOND),
  };
}
