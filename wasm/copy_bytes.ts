/**
 * Copies of few bytes.
 *
 * @module
 */

/** Bytes up to which a loop is quicker than an array for a part of another. */
const LOOP_BYTES_MAX = 96;

/** Writes the bytes of `from` at `start` up to `end` into `into`, from `at` on, where there is room. */
export function copyBytes(
  from: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): void {
  if (start === 0 && end === from.length) return into.set(from, at);
  if (end - start > LOOP_BYTES_MAX) {
    return into.set(from.subarray(start, end), at);
  }
  for (let index = start; index < end; index++) {
    into[at + index - start] = from[index]!;
  }
}
