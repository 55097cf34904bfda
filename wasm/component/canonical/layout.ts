/**
 * Where values lie in memory.
 *
 * @see Canonical ABI, "Alignment" and "Element Size".
 *
 * @module
 */

import { ADDRESS_SPACE_BYTES } from "./limits.ts";

/** What a value takes of memory, in bytes. */
export interface Layout {
  /** A multiple of `alignment`, and less than 2 ** 32. */
  readonly size: number;
  /** 1, 2, 4 or 8: a pointer to the value is a multiple of it. */
  readonly alignment: number;
}

/** The layout of values that follow each other. */
export interface RecordLayout extends Layout {
  /** Where each begins, from the start of the record. */
  readonly offsets: readonly number[];
}

/** The layout of one of several values. */
export interface VariantLayout extends Layout {
  /** Bytes of the number of the case: 1, 2 or 4. */
  readonly discriminantSize: number;
  /** Where the value of the case begins, from the start of the variant. */
  readonly payloadOffset: number;
}

/** The least multiple of `alignment` that is not below `pointer`. */
export function alignTo(pointer: number, alignment: number): number {
  return Math.ceil(pointer / alignment) * alignment;
}

/** Lays out the fields of a record, in order. */
export function recordLayout(fields: readonly Layout[]): RecordLayout {
  const offsets: number[] = [];
  let end = 0;
  let alignment = 1;
  for (const field of fields) {
    const offset = alignTo(end, field.alignment);
    offsets.push(offset);
    end = offset + field.size;
    alignment = Math.max(alignment, field.alignment);
  }
  return { ...sized(alignTo(end, alignment), alignment), offsets };
}

/** Lays out the cases of a variant; undefined is a case that carries nothing. */
export function variantLayout(
  cases: readonly (Layout | undefined)[],
): VariantLayout {
  const discriminantSize = discriminantBytes(cases.length);
  const payloads = cases.filter((each) => each !== undefined);
  const payloadAlignment = maxOf(payloads.map((each) => each.alignment), 1);
  const payloadSize = maxOf(payloads.map((each) => each.size), 0);
  const alignment = Math.max(discriminantSize, payloadAlignment);
  const payloadOffset = alignTo(discriminantSize, payloadAlignment);
  const size = alignTo(payloadOffset + payloadSize, alignment);
  return { ...sized(size, alignment), discriminantSize, payloadOffset };
}

/** Lays out `length` values, one after another. */
export function arrayLayout(element: Layout, length: number): Layout {
  return sized(element.size * length, element.alignment);
}

/** Bytes that tell `count` cases apart. */
export function discriminantBytes(count: number): number {
  if (count <= 2 ** 8) return 1;
  return count <= 2 ** 16 ? 2 : 4;
}

/** Bytes of a set of `count` flags, 32 at most. */
export function flagsBytes(count: number): number {
  if (count <= 8) return 1;
  return count <= 16 ? 2 : 4;
}

// Not by spreading into Math.max: there may be a hundred thousand cases.
function maxOf(values: readonly number[], least: number): number {
  return values.reduce((max, value) => Math.max(max, value), least);
}

function sized(size: number, alignment: number): Layout {
  if (size >= ADDRESS_SPACE_BYTES) {
    throw new TypeError(
      `Cannot hold a value that is larger than a memory: ${size} bytes`,
    );
  }
  return { size, alignment };
}
