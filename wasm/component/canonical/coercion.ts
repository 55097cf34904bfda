/**
 * Core values in places whose type holds other core values too.
 *
 * @see Canonical ABI, `CoerceValueIter`.
 *
 * @module
 */

import type { CoreType, CoreValue } from "./flatten.ts";

/** How a core value stands in its place: undefined, when as itself. */
export type Coercion =
  | "f32 in i32"
  | "i32 in i64"
  | "f32 in i64"
  | "f64 in i64";

/** How core values of types `own` stand in places of types `joined`; empty when all stand as themselves. */
export function coercionsOf(
  own: readonly CoreType[],
  joined: readonly CoreType[],
): readonly (Coercion | undefined)[] {
  const isSame = own.every((type, at) => type === joined[at]);
  return isSame ? [] : own.map((type, at) => coercionOf(type, joined[at]!));
}

function coercionOf(own: CoreType, joined: CoreType): Coercion | undefined {
  return own === joined ? undefined : `${own} in ${joined}` as Coercion;
}

/** Takes core values, from `begin` on, out of their places. */
export function coerceLifted(
  flat: CoreValue[],
  begin: number,
  coercions: readonly (Coercion | undefined)[],
): void {
  coercions.forEach((coercion, at) => {
    if (coercion === undefined) return;
    flat[begin + at] = fromPlace(coercion, flat[begin + at]!);
  });
}

/** Puts core values, from `begin` on, into their places. */
export function coerceLowered(
  flat: CoreValue[],
  begin: number,
  coercions: readonly (Coercion | undefined)[],
): void {
  coercions.forEach((coercion, at) => {
    if (coercion === undefined) return;
    flat[begin + at] = intoPlace(coercion, flat[begin + at]!);
  });
}

const bits = new DataView(new ArrayBuffer(8));

function fromPlace(coercion: Coercion, core: CoreValue): CoreValue {
  switch (coercion) {
    case "f32 in i32":
      bits.setInt32(0, core as number);
      return bits.getFloat32(0);
    case "i32 in i64":
      return Number(BigInt.asIntN(32, core as bigint));
    case "f32 in i64":
      bits.setInt32(0, Number(BigInt.asIntN(32, core as bigint)));
      return bits.getFloat32(0);
    case "f64 in i64":
      bits.setBigInt64(0, core as bigint);
      return bits.getFloat64(0);
  }
}

function intoPlace(coercion: Coercion, core: CoreValue): CoreValue {
  switch (coercion) {
    case "f32 in i32":
      bits.setFloat32(0, core as number);
      return bits.getInt32(0);
    case "i32 in i64":
      // Without its sign: the upper half is zero.
      return BigInt((core as number) >>> 0);
    case "f32 in i64":
      bits.setFloat32(0, core as number);
      return BigInt(bits.getUint32(0));
    case "f64 in i64":
      bits.setFloat64(0, core as number);
      return bits.getBigUint64(0);
  }
}
