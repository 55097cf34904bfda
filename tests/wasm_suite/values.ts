/**
 * Values that JavaScript holds, and what is expected of results.
 *
 * @module
 */

import {
  asUnsigned,
  bitsOf,
  isNumberType,
  type NumberType,
  splitLanes,
} from "./numbers.ts";
import type { Value } from "./script.ts";

/** A result: the bits of a number, or a reference. */
export type Result =
  | { readonly type: "bits"; readonly bits: bigint }
  | { readonly type: "reference"; readonly reference: unknown };

/** The objects of the host that a script names by numbers. */
export class HostObjects {
  readonly #objects = new Map<string, object>();

  /** The object of a number, always the same. */
  get(number: string): object {
    let object = this.#objects.get(number);
    if (object === undefined) {
      object = { host: number };
      this.#objects.set(number, object);
    }
    return object;
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** An argument as JavaScript gives it. */
export function argumentOf(value: Value, objects: HostObjects): unknown {
  switch (value.type) {
    case "i32":
      return Number(bitsOf(value));
    case "i64":
      return bitsOf(value);
    case "f32":
      scratch.setUint32(0, Number(bitsOf(value)));
      return scratch.getFloat32(0);
    case "f64":
      scratch.setBigUint64(0, bitsOf(value));
      return scratch.getFloat64(0);
  }
  const number = value.value;
  return typeof number === "string" && number !== "null"
    ? objects.get(number)
    : null;
}

/** A result that JavaScript got where `type` was expected. */
export function resultOf(type: string, value: unknown): Result {
  if (!isNumberType(type)) return { type: "reference", reference: value };
  return { type: "bits", bits: asUnsigned(type, bitsFrom(type, value)) };
}

function bitsFrom(type: NumberType, value: unknown): bigint {
  switch (type) {
    case "f32":
      scratch.setFloat32(0, value as number);
      return BigInt(scratch.getUint32(0));
    case "f64":
      scratch.setFloat64(0, value as number);
      return scratch.getBigUint64(0);
    default:
      return BigInt(value as number);
  }
}

/** Whether a result is as expected. */
export function isExpected(
  result: Result,
  expected: Value,
  objects: HostObjects,
): boolean {
  if (expected.type === "either") {
    return expected.values!.some((each) => isExpected(result, each, objects));
  }
  if (result.type === "bits") return hasBits(result.bits, expected);
  return isReference(result.reference, expected, objects);
}

function hasBits(bits: bigint, expected: Value): boolean {
  const { type, value, lane_type } = expected;
  // Of what a function only happens to return, the type is there and no more.
  if (value === undefined) return true;
  if (type !== "v128") return isLane(type, bits, value as string);
  const lanes = splitLanes(lane_type!, bits);
  const texts = value as readonly string[];
  return lanes.every((lane, index) => isLane(lane_type!, lane, texts[index]!));
}

function isLane(type: string, bits: bigint, expected: string): boolean {
  if (expected.startsWith("nan:")) {
    return isNan(type, bits, expected === "nan:canonical");
  }
  const lane = { type: "v128", lane_type: type, value: [expected] };
  return bitsOf(lane) === bits;
}

// Every NaN that arithmetic gives is quiet; a canonical one is nothing else.
function isNan(type: string, bits: bigint, isCanonical: boolean): boolean {
  const quiet = type === "f32" ? 0x7fc0_0000n : 0x7ff8_0000_0000_0000n;
  const width = type === "f32" ? 31 : 63;
  const magnitude = BigInt.asUintN(width, bits);
  return isCanonical ? magnitude === quiet : (magnitude & quiet) === quiet;
}

function isReference(
  reference: unknown,
  { type, value }: Value,
  objects: HostObjects,
): boolean {
  if (/^(ref)?null/.test(type) || value === "null") return reference === null;
  if (reference === null || reference === undefined) return false;
  switch (type) {
    case "funcref":
      return typeof reference === "function";
    case "i31ref":
      return typeof reference === "number";
    case "structref":
    case "arrayref":
      return typeof reference === "object";
    default:
      return typeof value !== "string" || reference === objects.get(value);
  }
}

/** A result as text, for a report. */
export function formatResult(result: Result): string {
  if (result.type === "bits") return `0x${result.bits.toString(16)}`;
  const { reference } = result;
  if (typeof reference === "object" && reference !== null) return "an object";
  return typeof reference === "function" ? "a function" : String(reference);
}
