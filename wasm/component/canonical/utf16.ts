/**
 * Strings as UTF-16.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { trap } from "./errors.ts";
import { checkStringSize } from "./string_size.ts";

const decoder = new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true });

/**
 * Lifts `size` bytes, which is even.
 *
 * @throws {CanonicalTrap} They hold half of a pair.
 */
export function loadUtf16(
  bytes: Uint8Array,
  begin: number,
  size: number,
): string {
  try {
    return decoder.decode(bytes.subarray(begin, begin + size));
  } catch {
    // The decoder has one way only to say that bytes are not UTF-16.
    return trap(
      `Cannot lift a string that is not UTF-16: ${size} bytes at ${begin}`,
    );
  }
}

/** Lowers `text`. Returns where it begins; its units are `cx.storedLength`. */
export function storeUtf16(cx: Context, text: string): number {
  const size = text.length * 2;
  checkStringSize(size);
  const pointer = cx.allocate(0, 0, 2, size);
  writeUtf16(cx, text.toWellFormed(), 0, pointer);
  cx.storedLength = text.length;
  return pointer;
}

/** Writes the units of `text` from `from` on to their places in the string at `pointer`. */
export function writeUtf16(
  { data }: Context,
  text: string,
  from: number,
  pointer: number,
): void {
  for (let at = from; at < text.length; at++) {
    data.setUint16(pointer + at * 2, text.charCodeAt(at), true);
  }
}
