/**
 * Random bytes.
 *
 * @module
 */

import type { WasiOptions } from "./options.ts";

/** What one call of the host's fills, in bytes. */
const PIECE_BYTES = 65_536;

/** Fills `bytes`, however many, with secure random bytes. */
export function fillRandom(
  { random }: Pick<WasiOptions, "random">,
  bytes: Uint8Array,
): void {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    random(bytes.subarray(at, at + PIECE_BYTES));
  }
}
