/**
 * Strings in the memory of a guest.
 *
 * A string of JavaScript has code units of 16 bits, so `realloc` is called as
 * the canonical ABI does for one that comes from a component with UTF-16. Half
 * of a pair, which no component can have, becomes U+FFFD.
 *
 * @see Canonical ABI, `load_string` and `store_string`.
 *
 * @module
 */

import type { Codec } from "./codec.ts";
import type { Context, StringEncoding } from "./context.ts";
import { trap, TypeMismatch } from "./errors.ts";
import { loadLatin1, storeLatin1OrUtf16, UTF16_TAG } from "./latin1.ts";
import { MAX_STRING_BYTE_LENGTH } from "./limits.ts";
import { pushCore, takeU32 } from "./primitives.ts";
import { loadUtf16, storeUtf16 } from "./utf16.ts";
import { loadUtf8, storeUtf8 } from "./utf8.ts";

const STRING_HEAP_BYTES = 32;

/** The codec of strings. */
export const STRINGS: Codec = {
  layout: { size: 8, alignment: 4 },
  flat: ["i32", "i32"],
  heapBytes: STRING_HEAP_BYTES,
  allocates: true,
  hasHandles: false,
  scalar: undefined,
  load: (cx, pointer) => {
    const begin = cx.u32(pointer);
    return loadFrom(cx, begin, cx.u32(pointer + 4));
  },
  store: (cx, value, pointer) => {
    const begin = storeInto(cx, value);
    cx.setU32(pointer, begin);
    cx.setU32(pointer + 4, cx.storedLength);
  },
  lift: (cx) => {
    const begin = takeU32(cx);
    return loadFrom(cx, begin, takeU32(cx));
  },
  lower: (cx, value) => {
    pushCore(cx, storeInto(cx, value));
    pushCore(cx, cx.storedLength);
  },
};

function loadFrom(cx: Context, begin: number, taggedUnits: number): string {
  switch (cx.encoding) {
    case "utf8":
      checkString(cx, begin, taggedUnits, 1);
      return loadUtf8(cx.bytes, begin, taggedUnits);
    case "utf16":
      checkString(cx, begin, taggedUnits * 2, 2);
      return loadUtf16(cx.bytes, begin, taggedUnits * 2);
    case "latin1+utf16":
      return loadTagged(cx, begin, taggedUnits);
  }
}

function loadTagged(cx: Context, begin: number, taggedUnits: number): string {
  if (taggedUnits < UTF16_TAG) {
    checkString(cx, begin, taggedUnits, 2);
    return loadLatin1(cx.bytes, begin, taggedUnits);
  }
  const size = (taggedUnits - UTF16_TAG) * 2;
  checkString(cx, begin, size, 2);
  return loadUtf16(cx.bytes, begin, size);
}

function checkString(
  cx: Context,
  begin: number,
  size: number,
  alignment: number,
): void {
  if (size > MAX_STRING_BYTE_LENGTH) {
    trap(`Cannot lift a string that is too long: ${size} bytes`);
  }
  cx.checkRange(begin, size, alignment);
  cx.charge(size);
}

// The length goes to `cx.storedLength`: a pair would be garbage at every call.
function storeInto(cx: Context, value: unknown): number {
  if (typeof value !== "string") throw new TypeMismatch("a string", value);
  return STORE[cx.encoding](cx, value);
}

const STORE: Readonly<
  Record<StringEncoding, (cx: Context, value: string) => number>
> = {
  "utf8": storeUtf8,
  "utf16": storeUtf16,
  "latin1+utf16": storeLatin1OrUtf16,
};
