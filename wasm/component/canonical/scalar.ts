/**
 * Values that are one core value each.
 *
 * @see Canonical ABI, "Flat Lifting" and "Flat Lowering".
 *
 * @module
 */

import type { PrimitiveType } from "../value_type.ts";
import { trap, TypeMismatch } from "./errors.ts";
import type { CoreValue } from "./flatten.ts";

/** The types of scalars. */
export type ScalarKind = Exclude<PrimitiveType["kind"], "string">;

/**
 * A type of scalars, as a number: the functions that take one are inlined, and
 * a comparison of numbers is all that is left of the choice.
 */
export type Scalar = typeof SCALAR[ScalarKind];

/** The number of each type of scalars. */
export const SCALAR = {
  bool: 0,
  s8: 1,
  u8: 2,
  s16: 3,
  u16: 4,
  s32: 5,
  u32: 6,
  s64: 7,
  u64: 8,
  f32: 9,
  f64: 10,
  char: 11,
} as const;

/** Lifts a core value, of which all bits may be set. */
export function liftScalar(scalar: Scalar, core: CoreValue): unknown {
  switch (scalar) {
    case SCALAR.u32:
      return (core as number) >>> 0;
    case SCALAR.s32:
      return core;
    case SCALAR.bool:
      return core !== 0;
    case SCALAR.u8:
      return (core as number) & 0xff;
    case SCALAR.s64:
      return core;
    case SCALAR.f64:
    case SCALAR.f32:
      return canonicalNaN(core as number);
    default:
      return liftRareScalar(scalar, core);
  }
}

// Apart, so that what is common stays small enough to be inlined.
function liftRareScalar(scalar: Scalar, core: CoreValue): unknown {
  switch (scalar) {
    case SCALAR.s8:
      return (core as number) << 24 >> 24;
    case SCALAR.s16:
      return (core as number) << 16 >> 16;
    case SCALAR.u16:
      return (core as number) & 0xffff;
    case SCALAR.u64:
      return BigInt.asUintN(64, core as bigint);
    default:
      return liftChar((core as number) >>> 0);
  }
}

/**
 * Lowers `value`.
 *
 * @throws {TypeMismatch} It does not have the type.
 */
export function lowerScalar(scalar: Scalar, value: unknown): CoreValue {
  switch (scalar) {
    case SCALAR.u32:
      return isNumber(value) && value >>> 0 === value
        ? value
        : mismatch("a u32", value);
    case SCALAR.s32:
      return isNumber(value) && (value | 0) === value
        ? value
        : mismatch("an s32", value);
    case SCALAR.bool:
      return value === true
        ? 1
        : value === false
        ? 0
        : mismatch("a bool", value);
    case SCALAR.f64:
      return isNumber(value) ? canonicalNaN(value) : mismatch("an f64", value);
    default:
      return lowerRareScalar(scalar, value);
  }
}

function lowerRareScalar(scalar: Scalar, value: unknown): CoreValue {
  switch (scalar) {
    case SCALAR.s8:
      return small(value, -0x80, 0x7f, "an s8");
    case SCALAR.u8:
      return small(value, 0, 0xff, "a u8");
    case SCALAR.s16:
      return small(value, -0x8000, 0x7fff, "an s16");
    case SCALAR.u16:
      return small(value, 0, 0xffff, "a u16");
    case SCALAR.s64:
      return isBigInt(value) && BigInt.asIntN(64, value) === value
        ? value
        : mismatch("an s64", value);
    case SCALAR.u64:
      return isBigInt(value) && BigInt.asUintN(64, value) === value
        ? value
        : mismatch("a u64", value);
    case SCALAR.f32:
      return isNumber(value) ? canonicalNaN(value) : mismatch("an f32", value);
    default:
      return lowerChar(value);
  }
}

/** The bits of a lifted NaN are not the guest's to choose, nor are those of a lowered one the host's. */
function canonicalNaN(value: number): number {
  return value !== value ? NaN : value;
}

function liftChar(code: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    trap(`Cannot lift what is not a Unicode scalar value: ${code}`);
  }
  return String.fromCodePoint(code);
}

function lowerChar(value: unknown): number {
  if (typeof value !== "string") return mismatch("a char", value);
  const code = value.codePointAt(0) ?? 0;
  const isOne = value.length === (code > 0xffff ? 2 : 1);
  return isOne && value.isWellFormed() ? code : mismatch("a char", value);
}

function small(value: unknown, min: number, max: number, type: string): number {
  return isNumber(value) && (value | 0) === value && value >= min &&
      value <= max
    ? value
    : mismatch(type, value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isBigInt(value: unknown): value is bigint {
  return typeof value === "bigint";
}

function mismatch(type: string, value: unknown): never {
  throw new TypeMismatch(type, value);
}
