/**
 * Pids, as they cross to the host and back.
 *
 * @module
 */

import type { HostValue } from "../ops.ts";

/** What names a process: its pid, as a number of any kind or in decimal. */
export type PidLike = bigint | number | string;

/**
 * A pid in decimal.
 *
 * @throws {RangeError} It is negative, or no whole number.
 * @throws {SyntaxError} It is text that is no number.
 */
export function pidText(pid: PidLike): string {
  const number = BigInt(pid);
  if (number >= 0n) return `${number}`;
  throw new RangeError(`Cannot name a process by a negative pid: ${number}`);
}

/** The pid that the host gives, or null. */
export function pidOrNull(value: HostValue): bigint | null {
  return value === null ? null : BigInt(value as string);
}

/** The pids of a JSON list. */
export function pidsIn(json: HostValue): bigint[] {
  return (JSON.parse(json as string) as string[]).map((pid) => BigInt(pid));
}
