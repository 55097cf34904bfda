/**
 * LEB128 at an offset, for loops that cannot pay for a {@linkcode Reader}.
 *
 * None of these checks bounds: behind the last byte an integer ends, and the
 * bytes that are not there count as 0.
 *
 * @module
 */

/** Offset behind the integer at `offset`. */
export function integerEnd(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (bytes[at++]! >= 128);
  return at;
}

/** The unsigned integer from `start` to `end`; one of more than 32 bits gives at least 2 ** 32. */
export function integerBetween(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let value = 0;
  for (let at = end - 1; at >= start; at--) {
    value = value * 128 + (bytes[at]! & 0x7f);
  }
  return value;
}

/** Bytes that `value` takes. */
export function integerBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) count++;
  return count;
}
