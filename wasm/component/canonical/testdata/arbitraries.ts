/**
 * Types, and values of them twice: as JavaScript has them, and as the
 * definitions of the canonical ABI do.
 *
 * @module
 */

import fc from "fast-check";
import type { PrimitiveType, ValueType } from "../../value_type.ts";

// deno-lint-ignore no-explicit-any -- values of every type
type Any = any;

/** A value of `type`. */
export interface Sample {
  readonly js: Any;
  readonly spec: Any;
}

const KINDS: readonly PrimitiveType["kind"][] = [
  ...["bool", "s8", "u8", "s16", "u16", "s32", "u32"] as const,
  ...["s64", "u64", "f32", "f64", "char", "string"] as const,
];

const names = (min: number, max: number) =>
  fc.integer({ min, max }).map((count) =>
    Array.from({ length: count }, (_, at) => `name-n${at}`)
  );

/** Types without handles, a few levels deep. */
export const types: fc.Arbitrary<ValueType> = fc.letrec<{ type: ValueType }>(
  (tie) => {
    const maybe = fc.option(tie("type"), { nil: undefined });
    const many = fc.array(tie("type"), { minLength: 1, maxLength: 6 });
    return {
      type: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom(...KINDS).map((kind): ValueType => ({ kind })),
        names(1, 32).map((names): ValueType => ({ kind: "flags", names })),
        fc.oneof(names(1, 5), names(255, 258))
          .map((names): ValueType => ({ kind: "enum", names })),
        fc.tuple(
          tie("type"),
          fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
        )
          .map(([element, length]): ValueType => ({
            kind: "list",
            element,
            length,
          })),
        many.map((types): ValueType => ({ kind: "tuple", types })),
        many.map((types): ValueType => ({
          kind: "record",
          fields: types.map((type, at) => ({ name: `field-f${at}`, type })),
        })),
        fc.array(maybe, { minLength: 1, maxLength: 5 }).map((
          types,
        ): ValueType => ({
          kind: "variant",
          cases: types.map((type, at) => ({ name: `case-c${at}`, type })),
        })),
        tie("type").map((type): ValueType => ({ kind: "option", type })),
        fc.tuple(maybe, maybe)
          .map(([ok, error]): ValueType => ({ kind: "result", ok, error })),
      ),
    };
  },
).type;

/** Values of `type`. */
export function samplesOf(type: ValueType): fc.Arbitrary<Sample> {
  switch (type.kind) {
    case "bool":
      return same(fc.boolean());
    case "s8":
      return same(fc.integer({ min: -128, max: 127 }));
    case "u8":
      return same(fc.integer({ min: 0, max: 255 }));
    case "s16":
      return same(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }));
    case "u16":
      return same(fc.integer({ min: 0, max: 2 ** 16 - 1 }));
    case "s32":
      return same(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    case "u32":
      return same(fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    case "s64":
      return same(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case "u64":
      return same(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    case "f32":
      return same(fc.float());
    case "f64":
      return same(fc.double());
    case "char":
      return same(fc.string({ unit: "binary", minLength: 1, maxLength: 1 }));
    case "string":
      return same(strings);
    case "flags":
      return flagsOf(type.names);
    case "enum":
      return fc.constantFrom(...type.names)
        .map((name) => ({ js: name, spec: { [name]: null } }));
    case "list":
      return listOf(type.element, type.length);
    case "tuple":
      return all(type.types).map((each) => ({
        js: each.map(({ js }) => js),
        spec: { ...each.map(({ spec }) => spec) },
      }));
    case "record":
      return all(type.fields.map(({ type }) => type)).map((each) => ({
        js: Object.fromEntries(each.map(({ js }, at) => [`fieldF${at}`, js])),
        spec: Object.fromEntries(
          each.map(({ spec }, at) => [`field-f${at}`, spec]),
        ),
      }));
    case "variant":
      return fc.oneof(
        ...type.cases.map(({ name, type }) =>
          type === undefined
            ? fc.constant({ js: { tag: name }, spec: { [name]: null } })
            : samplesOf(type)
              .map(({ js, spec }) => ({
                js: { tag: name, val: js },
                spec: { [name]: spec },
              }))
        ),
      );
    case "option":
      return optionOf(type.type, isNullable(type));
    case "result":
      return fc.oneof(
        payloadOf("ok", "ok", type.ok),
        payloadOf("err", "error", type.error),
      );
    default:
      throw new Error("There are no handles among the types");
  }
}

const strings = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "binary-ascii", maxLength: 100 }),
  fc.tuple(
    fc.string({ unit: "binary-ascii", maxLength: 60 }),
    fc.string({ unit: "binary" }),
  )
    .map((parts) => parts.join("")),
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 })
    .map((codes) => String.fromCharCode(...codes)),
);

function same(values: fc.Arbitrary<unknown>): fc.Arbitrary<Sample> {
  return values.map((value) => ({ js: value, spec: value }));
}

function all(types: readonly ValueType[]): fc.Arbitrary<Sample[]> {
  return fc.tuple(...types.map(samplesOf));
}

function flagsOf(names: readonly string[]): fc.Arbitrary<Sample> {
  return fc.tuple(...names.map(() => fc.boolean())).map((bits) => ({
    js: Object.fromEntries(bits.map((bit, at) => [`nameN${at}`, bit])),
    spec: Object.fromEntries(bits.map((bit, at) => [`name-n${at}`, bit])),
  }));
}

const TYPED = {
  s8: Int8Array,
  u8: Uint8Array,
  s16: Int16Array,
  u16: Uint16Array,
  s32: Int32Array,
  u32: Uint32Array,
  s64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

function listOf(
  element: ValueType,
  length: number | undefined,
): fc.Arbitrary<Sample> {
  const typed: Any = TYPED[element.kind as keyof typeof TYPED];
  return fc.array(samplesOf(element), {
    minLength: length ?? 0,
    maxLength: length ?? 5,
  }).map((each) => {
    const list = each.map(({ js }) => js);
    return {
      js: typed === undefined ? list : typed.from(list),
      spec: each.map(({ spec }) => spec),
    };
  });
}

function optionOf(type: ValueType, nullable: boolean): fc.Arbitrary<Sample> {
  return fc.option(samplesOf(type), { nil: undefined }).map((sample) => {
    const spec = sample === undefined ? { none: null } : { some: sample.spec };
    if (nullable) return { js: sample?.js, spec };
    const js = sample === undefined
      ? { tag: "none" }
      : { tag: "some", val: sample.js };
    return { js, spec };
  });
}

function isNullable(type: ValueType): boolean {
  return type.kind === "option" && !isNullable(type.type);
}

function payloadOf(
  tag: string,
  label: string,
  type: ValueType | undefined,
): fc.Arbitrary<Sample> {
  if (type === undefined) {
    return fc.constant({
      js: { tag, val: undefined },
      spec: { [label]: null },
    });
  }
  return samplesOf(type)
    .map(({ js, spec }) => ({ js: { tag, val: js }, spec: { [label]: spec } }));
}
