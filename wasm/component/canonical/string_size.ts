/**
 * How long a string may be.
 *
 * @module
 */

import { trap } from "./errors.ts";
import { MAX_STRING_BYTE_LENGTH } from "./limits.ts";

/** @throws {CanonicalTrap} A string to be lowered may take `bytes`, which is too many. */
export function checkStringSize(bytes: number): void {
  if (bytes > MAX_STRING_BYTE_LENGTH) {
    trap(`Cannot lower a string that is too long: ${bytes} bytes`);
  }
}
