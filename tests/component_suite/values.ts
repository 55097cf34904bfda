/**
 * Values of components: as scripts write them, as JavaScript holds them, and as
 * text that is the same for the same values.
 *
 * @module
 */

import { keysOf } from "../../wasm/component/canonical/names.ts";
import type {
  ValueType,
  VariantType,
} from "../../wasm/component/value_type.ts";

/** A value as `wasm-tools json-from-wast` writes it. */
export interface ScriptValue {
  /** Name of its type, without its parts. */
  readonly type: string;
  /** Shape: text, boolean, list of values or of names, pairs of name and value, `{ case, payload }`, or `{ Ok }` and `{ Err }`. */
  readonly value?: unknown;
}

/**
 * `written` as JavaScript holds a value of `type`.
 *
 * @throws {TypeError} It is of another type.
 */
export function valueOf(type: ValueType, written: unknown): unknown {
  const { type: name, value } = written as ScriptValue;
  if (name !== type.kind) {
    throw new TypeError(`Cannot take a ${name} as what is a ${type.kind}`);
  }
  switch (type.kind) {
    case "bool":
    case "char":
    case "string":
    case "enum":
      return value;
    case "s64":
    case "u64":
      return BigInt(value as string);
    case "f32":
    case "f64":
      return floatOf(type.kind, value as string);
    case "own":
    case "borrow":
      throw new TypeError("Cannot write a resource");
    case "list":
      return (value as unknown[]).map((each) => valueOf(type.element, each));
    case "tuple":
      return type.types.map((each, at) =>
        valueOf(each, (value as unknown[])[at])
      );
    case "record":
      return recordOf(type.fields, value as [string, unknown][]);
    case "flags":
      return flagsOf(type.names, value as string[]);
    case "variant":
      return caseOf(type, value as { case: string; payload?: unknown });
    case "option":
      return optionOf(type.type, value);
    case "result":
      return resultOf(type, value as Record<string, unknown>);
    default:
      return Number(value);
  }
}

const scratch = new DataView(new ArrayBuffer(8));

function floatOf(kind: "f32" | "f64", bits: string): number {
  if (kind === "f32") {
    scratch.setUint32(0, Number(bits));
    return scratch.getFloat32(0);
  }
  scratch.setBigUint64(0, BigInt(bits));
  return scratch.getFloat64(0);
}

function recordOf(
  fields: readonly { readonly name: string; readonly type: ValueType }[],
  pairs: readonly [string, unknown][],
): unknown {
  const keys = keysOf(fields.map(({ name }) => name));
  return Object.fromEntries(fields.map(({ type }, at) => [
    keys[at]!,
    valueOf(type, pairs[at]![1]),
  ]));
}

function flagsOf(names: readonly string[], set: readonly string[]): unknown {
  const keys = keysOf(names);
  return Object.fromEntries(
    names.map((name, at) => [keys[at]!, set.includes(name)]),
  );
}

function caseOf(
  { cases }: VariantType,
  { case: tag, payload }: { case: string; payload?: unknown },
): unknown {
  const type = cases.find(({ name }) => name === tag)?.type;
  return { tag, val: type && valueOf(type, payload) };
}

function optionOf(type: ValueType, value: unknown): unknown {
  const isNone = value === null;
  const val = isNone ? undefined : valueOf(type, value);
  if (type.kind !== "option") return val;
  return isNone ? { tag: "none" } : { tag: "some", val };
}

function resultOf(
  { ok, error }: Extract<ValueType, { kind: "result" }>,
  { Ok, Err }: Record<string, unknown>,
): unknown {
  if (Err !== undefined || Ok === undefined) {
    return { tag: "err", val: error && valueOf(error, Err) };
  }
  return { tag: "ok", val: ok && Ok !== null ? valueOf(ok, Ok) : undefined };
}

/** The same text for the same values, whatever holds them. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each) => {
    if (typeof each === "bigint") return `${each}`;
    if (ArrayBuffer.isView(each)) return Array.from(each as Uint8Array);
    if (Number.isNaN(each) || Object.is(each, -0)) return `${each}`;
    return each;
  }) ?? "nothing";
}
