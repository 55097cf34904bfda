/**
 * Codecs of values with several parts: records, tuples and flags.
 *
 * @module
 */

import { type Codec, OBJECT_HEAP_BYTES, traitsOf } from "./codec.ts";
import { TypeMismatch } from "./errors.ts";
import { flattenAll } from "./flatten.ts";
import { flagsBytes, recordLayout } from "./layout.ts";
import { keysOf } from "./names.ts";
import { pushCore } from "./primitives.ts";

type Parts = Record<string | number, unknown>;

/** The codec of records: objects with a key for each field. */
export function recordCodec(
  names: readonly string[],
  fields: readonly Codec[],
): Codec {
  const checked = (value: unknown) => {
    if (typeof value === "object" && value !== null) return value as Parts;
    throw new TypeMismatch("a record", value);
  };
  return partsCodec(keysOf(names), fields, () => ({}), checked);
}

/** The codec of tuples: arrays. */
export function tupleCodec(fields: readonly Codec[]): Codec {
  const checked = (value: unknown) => {
    const fits = Array.isArray(value) && value.length === fields.length;
    if (fits) return value as unknown as Parts;
    throw new TypeMismatch(`a tuple of ${fields.length}`, value);
  };
  return partsCodec(
    [...fields.keys()],
    fields,
    () => [] as unknown as Parts,
    checked,
  );
}

function partsCodec(
  keys: readonly (string | number)[],
  fields: readonly Codec[],
  create: () => Parts,
  checked: (value: unknown) => Parts,
): Codec {
  const layout = recordLayout(fields.map((field) => field.layout));
  const { offsets } = layout;
  return {
    layout,
    flat: flattenAll(fields.map((field) => field.flat)),
    heapBytes: fields.reduce(
      (sum, field) => sum + field.heapBytes + 8,
      OBJECT_HEAP_BYTES,
    ),
    ...traitsOf(fields),
    scalar: undefined,
    load: (cx, pointer) => {
      const parts = create();
      for (let at = 0; at < fields.length; at++) {
        parts[keys[at]!] = fields[at]!.load(cx, pointer + offsets[at]!);
      }
      return parts;
    },
    store: (cx, value, pointer) => {
      const parts = checked(value);
      for (let at = 0; at < fields.length; at++) {
        fields[at]!.store(cx, parts[keys[at]!], pointer + offsets[at]!);
      }
    },
    lift: (cx) => {
      const parts = create();
      for (let at = 0; at < fields.length; at++) {
        parts[keys[at]!] = fields[at]!.lift(cx);
      }
      return parts;
    },
    lower: (cx, value) => {
      const parts = checked(value);
      for (let at = 0; at < fields.length; at++) {
        fields[at]!.lower(cx, parts[keys[at]!]);
      }
    },
  };
}

/** The codec of flags: objects with a boolean for each. What is left out of one is not set. */
export function flagsCodec(names: readonly string[]): Codec {
  const keys = keysOf(names);
  const size = flagsBytes(keys.length);
  return {
    layout: { size, alignment: size },
    flat: ["i32"],
    heapBytes: OBJECT_HEAP_BYTES + keys.length * 8,
    allocates: false,
    hasHandles: false,
    scalar: undefined,
    load: ({ data }, pointer) =>
      unpackFlags(keys, readBits(data, pointer, size)),
    store: ({ data }, value, pointer) =>
      writeBits(data, pointer, size, packFlags(keys, value)),
    lift: (cx) => unpackFlags(keys, cx.flat[cx.cursor++] as number),
    lower: (cx, value) => pushCore(cx, packFlags(keys, value)),
  };
}

// Bits without a name are ignored.
function unpackFlags(keys: readonly string[], bits: number): Parts {
  const flags: Parts = {};
  for (let at = 0; at < keys.length; at++) {
    flags[keys[at]!] = (bits >>> at & 1) === 1;
  }
  return flags;
}

function packFlags(keys: readonly string[], value: unknown): number {
  if (typeof value !== "object" || value === null) {
    throw new TypeMismatch("a set of flags", value);
  }
  let bits = 0;
  for (let at = 0; at < keys.length; at++) {
    if (isSet((value as Parts)[keys[at]!])) bits |= 1 << at;
  }
  return bits;
}

function isSet(flag: unknown): boolean {
  if (flag === undefined || typeof flag === "boolean") return flag === true;
  throw new TypeMismatch("a flag", flag);
}

/** Reads `size` bytes, 1, 2 or 4, as a number whose bits count. */
export function readBits(
  data: DataView,
  pointer: number,
  size: number,
): number {
  if (size === 1) return data.getUint8(pointer);
  return size === 2
    ? data.getUint16(pointer, true)
    : data.getUint32(pointer, true);
}

/** Writes the lowest `size` bytes of `bits`, 1, 2 or 4. */
export function writeBits(
  data: DataView,
  pointer: number,
  size: number,
  bits: number,
): void {
  if (size === 1) data.setUint8(pointer, bits);
  else if (size === 2) data.setUint16(pointer, bits, true);
  else data.setUint32(pointer, bits, true);
}
