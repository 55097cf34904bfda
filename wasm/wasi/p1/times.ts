/**
 * Setting the times of files.
 *
 * @module
 */

import { FSTFLAG } from "./abi.ts";
import { WasiError } from "./errors.ts";
import type { Filestat } from "./filestat.ts";

/** Which times a guest wants. */
export interface WantedTimes {
  /** Last access, in nanoseconds since 1970. */
  readonly atime: bigint;
  /** Last change, in nanoseconds since 1970. */
  readonly mtime: bigint;
  /** Bits of `FSTFLAG`. */
  readonly which: number;
  /** The time, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Checks that no time is both given and now. @throws {WasiError} EINVAL. */
export function insistOneChoice(which: number): void {
  const isBoth = (both: number) => (which & both) === both;
  if (
    isBoth(FSTFLAG.ATIM | FSTFLAG.ATIM_NOW) ||
    isBoth(FSTFLAG.MTIM | FSTFLAG.MTIM_NOW)
  ) throw new WasiError("EINVAL");
}

/**
 * The times to set, in seconds since 1970: access, change.
 *
 * A time that is not wanted is set to what it was, without what lies below
 * milliseconds: Deno cannot leave one of the two alone.
 */
export function timesOf(
  { atimeMs, mtimeMs }: Filestat,
  { atime, mtime, which, nowMs }: WantedTimes,
): [atime: number, mtime: number] {
  const isSet = (flag: number) => (which & flag) !== 0;
  return [
    isSet(FSTFLAG.ATIM)
      ? seconds(atime)
      : (isSet(FSTFLAG.ATIM_NOW) ? nowMs : atimeMs) / 1_000,
    isSet(FSTFLAG.MTIM)
      ? seconds(mtime)
      : (isSet(FSTFLAG.MTIM_NOW) ? nowMs : mtimeMs) / 1_000,
  ];
}

function seconds(time: bigint): number {
  return Number(BigInt.asUintN(64, time)) / 1e9;
}
