/**
 * Values as core values.
 *
 * @see Canonical ABI, "Flattening".
 *
 * @module
 */

import { MAX_FLAT_PARAMS } from "./limits.ts";

/** The types of core values. */
export type CoreType = "i32" | "i64" | "f32" | "f64";

/** A core value: a bigint for an i64, a number for the others. */
export type CoreValue = number | bigint;

// One more says that there are too many. A type that names others twice, and
// so on, would else flatten to more than there is memory.
const FLAT_MAX = MAX_FLAT_PARAMS + 1;

/** Whether `flat` is too long for core parameters; it may then have been cut. */
export function isTooLong(flat: readonly CoreType[]): boolean {
  return flat.length > MAX_FLAT_PARAMS;
}

/** The core types of values that follow each other, cut when they are too long. */
export function flattenAll(
  each: Iterable<readonly CoreType[]>,
): readonly CoreType[] {
  const flat: CoreType[] = [];
  for (const part of each) {
    if (flat.length >= FLAT_MAX) break;
    flat.push(...part);
  }
  return flat.slice(0, FLAT_MAX);
}

/** The core types of a variant, cut when they are too long. */
export function flattenVariant(
  cases: readonly (readonly CoreType[])[],
): readonly CoreType[] {
  const joined: CoreType[] = [];
  for (const flat of cases) {
    flat.forEach((type, at) => joined[at] = join(joined[at] ?? type, type));
  }
  return flattenAll([["i32"], joined]);
}

function join(one: CoreType, other: CoreType): CoreType {
  if (one === other) return one;
  if (is32(one) && is32(other)) return "i32";
  return "i64";
}

function is32(type: CoreType): boolean {
  return type === "i32" || type === "f32";
}
