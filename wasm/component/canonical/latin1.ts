/**
 * Strings as Latin-1 where that is possible, and as UTF-16 where not.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { checkStringSize } from "./string_size.ts";
import { writeUtf16 } from "./utf16.ts";

/** In the length of a string: the units are those of UTF-16. */
export const UTF16_TAG: number = 2 ** 31;

// Arguments of one call.
const CHUNK = 1024;

/** Lifts `size` bytes, each a character. */
export function loadLatin1(
  bytes: Uint8Array,
  begin: number,
  size: number,
): string {
  // Not a TextDecoder: for those, Latin-1 is another name of Windows-1252.
  const chunks: string[] = [];
  const end = begin + size;
  for (let at = begin; at < end; at += CHUNK) {
    const chunk = bytes.subarray(at, Math.min(at + CHUNK, end));
    chunks.push(String.fromCharCode(...chunk));
  }
  return chunks.join("");
}

/** Lowers `value`. Returns where it begins; its units are `cx.storedLength`. */
export function storeLatin1OrUtf16(cx: Context, value: string): number {
  const units = value.length;
  checkStringSize(units);
  const text = value.toWellFormed();
  const pointer = cx.allocate(0, 0, 2, units);
  const written = writeLatin1(cx.bytes, text, pointer);
  if (written < units) return inflate(cx, text, pointer, written);
  cx.storedLength = units;
  return pointer;
}

function writeLatin1(bytes: Uint8Array, text: string, pointer: number): number {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff) return at;
    bytes[pointer + at] = unit;
  }
  return text.length;
}

// The first `written` units have been written as bytes.
function inflate(
  cx: Context,
  text: string,
  optimistic: number,
  written: number,
): number {
  const units = text.length;
  checkStringSize(units * 2);
  const pointer = cx.allocate(optimistic, units, 2, units * 2);
  for (let at = written - 1; at >= 0; at--) {
    cx.data.setUint16(pointer + at * 2, cx.bytes[pointer + at]!, true);
  }
  writeUtf16(cx, text, written, pointer);
  cx.storedLength = units + UTF16_TAG;
  return pointer;
}
