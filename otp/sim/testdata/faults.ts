/**
 * Arbitrary faults for property tests.
 *
 * @module
 */

import fc from "fast-check";
import type { Fault } from "../fault.ts";

/** When all faults are over that {@linkcode plans} makes. */
export const UNTIL_MS = 1_000;

/** Up to eight faults of three schedulers; each shrinks to earlier and shorter ones, and the list to fewer. */
export function plans(): fc.Arbitrary<Fault[]> {
  const scheduler = fc.nat(2);
  const between = fc.constantFrom<[number, number]>([0, 1], [0, 2], [1, 2]);
  const time = { atMs: fc.nat(UNTIL_MS / 2), forMs: fc.nat(UNTIL_MS / 2) };
  const byMs = fc.nat(100);
  const fault = fc.oneof(
    fc.record({ type: fc.constant("partition" as const), between, ...time }),
    fc.record({ type: fc.constant("crash" as const), scheduler, ...time }),
    fc.record({ type: fc.constant("pause" as const), scheduler, ...time }),
    fc.record({ type: fc.constant("delay" as const), between, byMs, ...time }),
  );
  return fc.array(fault, { maxLength: 8 });
}
