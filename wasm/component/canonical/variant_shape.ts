/**
 * What variants, enums, options and results are in JavaScript.
 *
 * @module
 */

import { TypeMismatch } from "./errors.ts";

/** How the cases of a variant look in JavaScript. */
export interface VariantShape {
  /** The value that is case `index`, and carries `payload`. */
  readonly wrap: (index: number, payload: unknown) => unknown;
  /** Which case `value` is. Throws `TypeMismatch` when it is none. */
  readonly indexOf: (value: unknown) => number;
  /** What `value` carries. */
  readonly payloadOf: (value: unknown) => unknown;
}

interface Tagged {
  readonly tag: string;
  readonly val?: unknown;
}

/** `{ tag, val }`, with the names of the cases; without `val` where a case carries nothing. */
export function taggedShape(
  names: readonly string[],
  carries: readonly boolean[],
): VariantShape {
  const indices = new Map(names.map((name, index) => [name, index]));
  return {
    wrap: (index, val) =>
      carries[index] ? { tag: names[index], val } : { tag: names[index] },
    indexOf: (value) => {
      const tag = tagOf(value);
      return indices.get(tag) ?? mismatch(names, tag);
    },
    payloadOf: (value) => (value as Tagged).val,
  };
}

/** `{ tag: "ok" | "err", val }`. */
export const RESULT_SHAPE: VariantShape = {
  wrap: (index, val) => ({ tag: index === 0 ? "ok" : "err", val }),
  indexOf: (value) => {
    const tag = tagOf(value);
    if (tag === "ok") return 0;
    return tag === "err" ? 1 : mismatch(["ok", "err"], tag);
  },
  payloadOf: (value) => (value as Tagged).val,
};

/** The name of the case alone. */
export function enumShape(names: readonly string[]): VariantShape {
  const indices = new Map<unknown, number>(names.map((name, at) => [name, at]));
  return {
    wrap: (index) => names[index],
    indexOf: (value) => indices.get(value) ?? mismatch(names, value),
    payloadOf: () => undefined,
  };
}

/** The value, or undefined. Null, too, is lowered as none. */
export const NULLABLE_SHAPE: VariantShape = {
  wrap: (_index, payload) => payload,
  indexOf: (value) => value === undefined || value === null ? 0 : 1,
  payloadOf: (value) => value,
};

function tagOf(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return (value as Tagged).tag;
  }
  throw new TypeMismatch("a variant", value);
}

const NAMES_MAX = 8;

function mismatch(names: readonly string[], value: unknown): never {
  const some = names.slice(0, NAMES_MAX).join(", ");
  const more = names.length > NAMES_MAX ? ", …" : "";
  throw new TypeMismatch(`one of ${some}${more}`, value);
}
