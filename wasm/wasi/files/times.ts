/**
 * Setting the times of files.
 *
 * @module
 */

import type { Filestat } from "./filestat.ts";

/** What a time of a file is set to: left as it is, the present, or seconds since 1970. */
export type NewTime = "same" | "now" | number;

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
  if (typeof time === "number") return time;
  return (time === "now" ? nowMs : oldMs) / 1_000;
}
