/**
 * Codecs of scalars.
 *
 * @module
 */

import type { Codec } from "./codec.ts";
import type { Context } from "./context.ts";
import type { CoreType, CoreValue } from "./flatten.ts";
import {
  liftScalar,
  lowerScalar,
  SCALAR,
  type Scalar,
  type ScalarKind,
} from "./scalar.ts";

interface Primitive {
  readonly size: number;
  readonly flat: CoreType;
  readonly read: (data: DataView, pointer: number) => CoreValue;
  readonly write: (data: DataView, pointer: number, core: CoreValue) => void;
}

// Of numbers, and of the rarer bigints and strings.
const NUMBER_HEAP_BYTES = 16;
const OTHER_HEAP_BYTES = 32;

const BYTE: Primitive = {
  size: 1,
  flat: "i32",
  read: (data, pointer) => data.getUint8(pointer),
  write: (data, pointer, core) => data.setUint8(pointer, core as number),
};

const HALF: Primitive = {
  size: 2,
  flat: "i32",
  read: (data, pointer) => data.getUint16(pointer, true),
  write: (data, pointer, core) => data.setUint16(pointer, core as number, true),
};

const WORD: Primitive = {
  size: 4,
  flat: "i32",
  read: (data, pointer) => data.getInt32(pointer, true),
  write: (data, pointer, core) => data.setInt32(pointer, core as number, true),
};

const LONG: Primitive = {
  size: 8,
  flat: "i64",
  read: (data, pointer) => data.getBigInt64(pointer, true),
  write: (data, pointer, core) =>
    data.setBigInt64(pointer, core as bigint, true),
};

const F32: Primitive = {
  size: 4,
  flat: "f32",
  read: (data, pointer) => data.getFloat32(pointer, true),
  write: (data, pointer, core) =>
    data.setFloat32(pointer, core as number, true),
};

const F64: Primitive = {
  size: 8,
  flat: "f64",
  read: (data, pointer) => data.getFloat64(pointer, true),
  write: (data, pointer, core) =>
    data.setFloat64(pointer, core as number, true),
};

const PRIMITIVES: Readonly<Record<ScalarKind, Primitive>> = {
  bool: BYTE,
  s8: BYTE,
  u8: BYTE,
  s16: HALF,
  u16: HALF,
  s32: WORD,
  u32: WORD,
  s64: LONG,
  u64: LONG,
  f32: F32,
  f64: F64,
  char: WORD,
};

/** The codec of a type of scalars. */
export function scalarCodec(kind: ScalarKind): Codec {
  const { size, flat, read, write } = PRIMITIVES[kind];
  const scalar: Scalar = SCALAR[kind];
  const isSmall = flat !== "i64" && kind !== "char";
  return {
    layout: { size, alignment: size },
    flat: [flat],
    heapBytes: isSmall ? NUMBER_HEAP_BYTES : OTHER_HEAP_BYTES,
    allocates: false,
    hasHandles: false,
    scalar,
    load: (cx, pointer) => liftScalar(scalar, read(cx.data, pointer)),
    store: (cx, value, pointer) =>
      write(cx.data, pointer, lowerScalar(scalar, value)),
    lift: (cx) => liftScalar(scalar, cx.flat[cx.cursor++]!),
    lower: (cx, value) => pushCore(cx, lowerScalar(scalar, value)),
  };
}

/** Lowers to one core value. */
export function pushCore(cx: Context, core: CoreValue): void {
  cx.flat[cx.cursor++] = core;
}

/** Takes one core value, an i32, as a u32. */
export function takeU32(cx: Context): number {
  return (cx.flat[cx.cursor++] as number) >>> 0;
}
