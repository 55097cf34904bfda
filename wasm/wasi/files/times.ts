/**
 * Setting the times of files.
 *
 * @module
 */

import { type Filestat, nanoseconds } from "./filestat.ts";

/** What a time of a file is set to: left as it is, the present, or nanoseconds since 1970. */
export type NewTime = "same" | "now" | bigint;

/** What the times of a file are set to. */
export interface NewTimes {
  /** Last access. */
  readonly access: NewTime;
  /** Last change of its content. */
  readonly change: NewTime;
  /** The time, in milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * The times to set, in seconds since 1970: access, change.
 *
 * Deno cuts off what lies below milliseconds, of the times of a path when they
 * are set and of all when they are read. A number of seconds holds today's times
 * to a quarter of a microsecond only: where the nearest is of another
 * millisecond, this is the one beside it.
 *
 * A time that stays the same is set to what it was, without what lies below
 * milliseconds: Deno cannot leave one of the two alone.
 */
export function timesOf(
  { atimeMs, mtimeMs }: Filestat,
  { access, change, nowMs }: NewTimes,
): [access: number, change: number] {
  return [seconds(access, atimeMs, nowMs), seconds(change, mtimeMs, nowMs)];
}

function seconds(time: NewTime, oldMs: number, nowMs: number): number {
  if (typeof time === "bigint") return secondsFrom(time);
  return secondsFrom(nanoseconds(time === "now" ? nowMs : oldMs));
}

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

function secondsFrom(time: bigint): number {
  const whole = Number(time / NANOSECONDS_PER_SECOND);
  const rest = Number(time % NANOSECONDS_PER_SECOND);
  const seconds = whole + rest / 1e9;
  // The difference is exact.
  const ms = Math.floor((seconds - whole) * 1_000);
  const wanted = Math.floor(rest / 1_000_000);
  if (ms === wanted) return seconds;
  return seconds * (1 + Math.sign(wanted - ms) * Number.EPSILON);
}
