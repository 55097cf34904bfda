/**
 * Times of files, as a guest wants them set.
 *
 * @module
 */

import { WasiError } from "../errors.ts";
import type { NewTime, NewTimes } from "../files/times.ts";
import { FSTFLAG } from "./abi.ts";
import type { Wasip1State } from "./state.ts";

/**
 * What the times are set to.
 *
 * @param atime Last access, in nanoseconds since 1970.
 * @param mtime Last change, in nanoseconds since 1970.
 * @param which Bits of `FSTFLAG`.
 * @throws {WasiError} EINVAL, a time is both given and now.
 */
export function newTimes(
  { options }: Wasip1State,
  atime: bigint,
  mtime: bigint,
  which: number,
): NewTimes {
  return {
    access: newTime(atime, which, FSTFLAG.ATIM, FSTFLAG.ATIM_NOW),
    change: newTime(mtime, which, FSTFLAG.MTIM, FSTFLAG.MTIM_NOW),
    nowMs: options.now(),
  };
}

function newTime(
  time: bigint,
  which: number,
  given: number,
  now: number,
): NewTime {
  const both = given | now;
  if ((which & both) === both) throw new WasiError("EINVAL");
  if ((which & now) !== 0) return "now";
  if ((which & given) === 0) return "same";
  return BigInt.asUintN(64, time);
}
