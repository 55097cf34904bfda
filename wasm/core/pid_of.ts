/**
 * Pids that guests name.
 *
 * @module
 */

import { Pid } from "@rusm/otp";

// The pids that guests named last: two that talk to each other name no other.
let last = 0n;
let lastPid: Pid<never> = Pid.fromBigInt(last);
let before = last;
let beforePid = lastPid;

/**
 * The pid that a guest says is `value`, whatever that is: a u64, or an i64 of
 * the same bits. Most say the same again.
 */
export function pidOf<Message>(value: bigint): Pid<Message> {
  if (value === last) return lastPid as Pid<Message>;
  const pid = value === before
    ? beforePid
    : Pid.fromBigInt<never>(BigInt.asUintN(64, value));
  [before, beforePid] = [last, lastPid];
  [last, lastPid] = [value, pid];
  return pid as Pid<Message>;
}
