/**
 * Lists of numbers: one copy between the memory and a typed array.
 *
 * @module
 */

import { packedCopy } from "../../core/message_copy.ts";
import type { Codec } from "./codec.ts";
import type { Context } from "./context.ts";
import type { Elements, Values } from "./lists.ts";
import { SCALAR, type Scalar } from "./scalar.ts";

type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

interface TypedArrayConstructor {
  new (buffer: ArrayBuffer): TypedArray;
  // deno-lint-ignore no-explicit-any -- numbers or bigints, by the constructor
  from(list: any): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** The elements of a list of numbers. */
export interface NumericElements extends Elements {
  /** The typed array with the numbers of `list`. */
  fromArray(list: Values): unknown;
}

// Not bool, and not char: not all their bytes are values.
const ARRAYS: ReadonlyMap<Scalar | undefined, TypedArrayConstructor> = new Map<
  Scalar | undefined,
  TypedArrayConstructor
>([
  [SCALAR.s8, Int8Array],
  [SCALAR.u8, Uint8Array],
  [SCALAR.s16, Int16Array],
  [SCALAR.u16, Uint16Array],
  [SCALAR.s32, Int32Array],
  [SCALAR.u32, Uint32Array],
  [SCALAR.s64, BigInt64Array],
  [SCALAR.u64, BigUint64Array],
  [SCALAR.f32, Float32Array],
  [SCALAR.f64, Float64Array],
]);

// With its buffer, and what V8 keeps of that outside of its heap.
const TYPED_ARRAY_HEAP_BYTES = 256;

/** How lists of numbers lie in memory; undefined for elements that are not numbers. */
export function numericElements(element: Codec): NumericElements | undefined {
  const constructor = ARRAYS.get(element.scalar);
  if (constructor === undefined) return undefined;
  return {
    heapBytes: element.layout.size,
    listHeapBytes: TYPED_ARRAY_HEAP_BYTES,
    load: loaderOf(element, constructor),
    store: storerOf(element, constructor),
    fromArray: (list) => constructor.from(list),
  };
}

function loaderOf(
  { scalar, layout: { size } }: Codec,
  constructor: TypedArrayConstructor,
): Elements["load"] {
  if (scalar === SCALAR.u8) {
    return ({ bytes, sharesBytes }, pointer, length) =>
      sharesBytes
        ? packedCopy(bytes, pointer, pointer + length)
        : bytes.slice(pointer, pointer + length);
  }
  return ({ bytes }, pointer, length) => {
    const copy = bytes.buffer.slice(pointer, pointer + length * size);
    return canonicalNaNs(new constructor(copy));
  };
}

// The bits of a NaN are not the guest's to choose.
function canonicalNaNs(list: TypedArray): TypedArray {
  if (list instanceof Float32Array || list instanceof Float64Array) {
    for (let at = 0; at < list.length; at++) {
      if (Number.isNaN(list[at])) list[at] = NaN;
    }
  }
  return list;
}

function storerOf(
  { layout: { size }, store }: Codec,
  constructor: TypedArrayConstructor,
): Elements["store"] {
  return (cx, list, pointer) => {
    if (list instanceof constructor) return storeBytes(cx, list, pointer);
    for (let at = 0; at < list.length; at++) {
      store(cx, list[at], pointer + at * size);
    }
  };
}

function storeBytes(
  { bytes }: Context,
  list: TypedArray,
  pointer: number,
): void {
  const source = list instanceof Uint8Array ? list : bytesOf(canonicalOf(list));
  bytes.set(source, pointer);
}

function canonicalOf(list: TypedArray): TypedArray {
  const isFloat = list instanceof Float32Array || list instanceof Float64Array;
  return isFloat ? canonicalNaNs(list.slice()) : list;
}

function bytesOf(list: TypedArray): Uint8Array {
  return new Uint8Array(list.buffer, list.byteOffset, list.byteLength);
}
