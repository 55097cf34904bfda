/**
 * Strings as UTF-8.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { trap } from "./errors.ts";
import { checkStringSize } from "./string_size.ts";

// Up to this many units a loop is quicker than a call into the runtime.
const SHORT = 32;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Lifts `size` bytes.
 *
 * @throws {CanonicalTrap} They are not UTF-8.
 */
export function loadUtf8(
  bytes: Uint8Array,
  begin: number,
  size: number,
): string {
  if (size > SHORT) return decode(bytes, begin, size);
  let text = "";
  for (let at = begin; at < begin + size; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7f) return decode(bytes, begin, size);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decode(bytes: Uint8Array, begin: number, size: number): string {
  try {
    return decoder.decode(bytes.subarray(begin, begin + size));
  } catch {
    // The decoder has one way only to say that bytes are not UTF-8.
    return trap(
      `Cannot lift a string that is not UTF-8: ${size} bytes at ${begin}`,
    );
  }
}

/**
 * Lowers `text`. Returns where it begins; its bytes are `cx.storedLength`.
 *
 * What is ASCII needs one `realloc`. Anything else is found out on the way, and
 * then there is one to the largest size that it can have, and one back.
 */
export function storeUtf8(cx: Context, text: string): number {
  const units = text.length;
  checkStringSize(units);
  const pointer = cx.allocate(0, 0, 1, units);
  const { read, written } = units > SHORT
    ? encoder.encodeInto(text, cx.bytes.subarray(pointer, pointer + units))
    : storeAscii(cx.bytes, text, pointer);
  cx.storedLength = written;
  return read === units ? pointer : storeRest(cx, text, pointer, read, written);
}

function storeAscii(
  bytes: Uint8Array,
  text: string,
  pointer: number,
): { read: number; written: number } {
  let at = 0;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) break;
    bytes[pointer + at] = unit;
  }
  return { read: at, written: at };
}

function storeRest(
  cx: Context,
  text: string,
  optimistic: number,
  read: number,
  written: number,
): number {
  const units = text.length;
  const worst = units * 3;
  checkStringSize(worst);
  const pointer = cx.allocate(optimistic, units, 1, worst);
  const room = cx.bytes.subarray(pointer + written, pointer + worst);
  const size = written + encoder.encodeInto(text.slice(read), room).written;
  cx.storedLength = size;
  return size < worst ? cx.allocate(pointer, worst, 1, size) : pointer;
}
