/**
 * Codecs of lists.
 *
 * @see Canonical ABI, `load_list` and `store_list`.
 *
 * @module
 */

import { type Codec, OBJECT_HEAP_BYTES } from "./codec.ts";
import type { Context } from "./context.ts";
import { trap, TypeMismatch } from "./errors.ts";
import { flattenAll } from "./flatten.ts";
import { arrayLayout } from "./layout.ts";
import { ADDRESS_SPACE_BYTES } from "./limits.ts";
import { numericElements } from "./numeric_elements.ts";
import { pushCore, takeU32 } from "./primitives.ts";

/** How the elements of a list lie in memory, wherever that is. */
export interface Elements {
  /** What each takes of the heap, in bytes. */
  readonly heapBytes: number;
  /** What the list itself takes of the heap, in bytes. */
  readonly listHeapBytes: number;
  /** Lifts `length` elements at `pointer`, which were found to fit. */
  readonly load: (cx: Context, pointer: number, length: number) => unknown;
  /** Lowers all of `list` to `pointer`, where they were found to fit. */
  readonly store: (cx: Context, list: Values, pointer: number) => void;
}

/** What is lowered as a list: an array, or a typed array. */
export type Values = ArrayLike<unknown>;

/** The codec of lists of any length. */
export function listCodec(element: Codec): Codec {
  const elements = elementsOf(element);
  const loadAt = (cx: Context, begin: number, length: number) =>
    loadFrom(cx, element, elements, begin, length);
  const storeAt = (cx: Context, value: unknown) =>
    storeInto(cx, element, elements, valuesOf(value));
  return {
    layout: { size: 8, alignment: 4 },
    flat: ["i32", "i32"],
    heapBytes: elements.listHeapBytes,
    allocates: true,
    hasHandles: element.hasHandles,
    scalar: undefined,
    load: (cx, pointer) => {
      const begin = cx.u32(pointer);
      return loadAt(cx, begin, cx.u32(pointer + 4));
    },
    store: (cx, value, pointer) => {
      const begin = storeAt(cx, value);
      cx.setU32(pointer, begin);
      cx.setU32(pointer + 4, cx.storedLength);
    },
    lift: (cx) => {
      const begin = takeU32(cx);
      return loadAt(cx, begin, takeU32(cx));
    },
    lower: (cx, value) => {
      pushCore(cx, storeAt(cx, value));
      pushCore(cx, cx.storedLength);
    },
  };
}

function loadFrom(
  cx: Context,
  { layout }: Codec,
  elements: Elements,
  begin: number,
  length: number,
): unknown {
  // No overflow: a number holds the product exactly where it matters.
  cx.checkRange(begin, length * layout.size, layout.alignment);
  cx.charge(length * elements.heapBytes);
  return elements.load(cx, begin, length);
}

function storeInto(
  cx: Context,
  { layout }: Codec,
  elements: Elements,
  list: Values,
): number {
  const { length } = list;
  const size = length * layout.size;
  if (size >= ADDRESS_SPACE_BYTES) {
    trap(`Cannot lower a list that is too long: ${size} bytes`);
  }
  const pointer = cx.allocate(0, 0, layout.alignment, size);
  elements.store(cx, list, pointer);
  cx.storedLength = length;
  return pointer;
}

/** The codec of lists of exactly `length`. */
export function fixedListCodec(element: Codec, length: number): Codec {
  const elements = elementsOf(element);
  return {
    layout: arrayLayout(element.layout, length),
    flat: flattenAll(repeat(element.flat, length)),
    heapBytes: elements.listHeapBytes + length * elements.heapBytes,
    allocates: element.allocates,
    hasHandles: element.hasHandles,
    scalar: undefined,
    load: (cx, pointer) => elements.load(cx, pointer, length),
    store: (cx, value, pointer) =>
      elements.store(cx, exactly(value, length), pointer),
    lift: (cx) => liftEach(cx, element, length),
    lower: (cx, value) => lowerEach(cx, element, exactly(value, length)),
  };
}

function* repeat<T>(value: T, times: number): Generator<T> {
  for (let at = 0; at < times; at++) yield value;
}

function liftEach(cx: Context, element: Codec, length: number): unknown {
  const list = Array.from({ length }, () => element.lift(cx));
  return numericElements(element)?.fromArray(list) ?? list;
}

function lowerEach(cx: Context, element: Codec, list: Values): void {
  for (let at = 0; at < list.length; at++) element.lower(cx, list[at]);
}

function elementsOf(element: Codec): Elements {
  return numericElements(element) ?? anyElements(element);
}

function anyElements(element: Codec): Elements {
  const { layout: { size }, load, store } = element;
  return {
    heapBytes: element.heapBytes + 8,
    listHeapBytes: OBJECT_HEAP_BYTES,
    load: (cx, pointer, length) => {
      const list: unknown[] = [];
      for (let at = 0; at < length; at++) {
        list.push(load(cx, pointer + at * size));
      }
      return list;
    },
    store: (cx, list, pointer) => {
      // The length that was allocated for, whatever becomes of the list.
      const { length } = list;
      for (let at = 0; at < length; at++) {
        store(cx, list[at], pointer + at * size);
      }
    },
  };
}

function valuesOf(value: unknown): Values {
  if (value instanceof Uint8Array || Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return value as Uint8Array;
  }
  throw new TypeMismatch("a list", value);
}

function exactly(value: unknown, length: number): Values {
  const list = valuesOf(value);
  if (list.length === length) return list;
  throw new TypeMismatch(`a list of ${length}`, `a list of ${list.length}`);
}
