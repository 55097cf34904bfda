/**
 * Copies of what guests send.
 *
 * @module
 */

import { PACK_BYTES, PACKED_BYTES_MAX } from "./limits.ts";

// What is left of it is for the next messages.
let block = new Uint8Array(0);
let used = 0;

/**
 * A copy of `bytes` from `start` up to `end`, for a guest of this thread.
 *
 * Small ones lie next to each other in one buffer, since to make a buffer takes
 * V8 several times as long as to fill it. So nobody but the host may hold it:
 * whoever clones it, or asks for its buffer, gets what others were sent. While
 * one waits its neighbours stay, `PACK_BYTES` in all.
 */
export function packedCopy(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  end: number,
): Uint8Array<ArrayBuffer> {
  const length = end - start;
  if (length > PACKED_BYTES_MAX) return bytes.slice(start, end);
  if (used + length > block.length) {
    block = new Uint8Array(PACK_BYTES);
    used = 0;
  }
  const copy = block.subarray(used, used += length);
  for (let nth = 0; nth < length; nth++) copy[nth] = bytes[start + nth]!;
  return copy;
}
