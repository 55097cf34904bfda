/**
 * Paths, as a guest gives them.
 *
 * @module
 */

import { WasiError } from "../../errors.ts";
import { PATH_BYTES_MAX } from "../../files/limits.ts";

/** `path`, if a host can have it. @throws {WasiError} ENAMETOOLONG; EINVAL, it holds a zero. */
export function insistPath(path: string): string {
  if (isTooLong(path)) throw new WasiError("ENAMETOOLONG");
  if (path.includes("\0")) throw new WasiError("EINVAL");
  return path;
}

// A unit of UTF-16 is one to three bytes of UTF-8.
function isTooLong(path: string): boolean {
  if (path.length * 3 <= PATH_BYTES_MAX) return false;
  if (path.length > PATH_BYTES_MAX) return true;
  return new TextEncoder().encode(path).length > PATH_BYTES_MAX;
}
