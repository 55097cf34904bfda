/**
 * Types at random.
 *
 * @module
 */

import fc from "fast-check";

import type { FunctionType, ResourceType, ValueType } from "../value_type.ts";

/** Kinds of types without parts. */
export const PRIMITIVE_KINDS = [
  "bool",
  "s8",
  "u8",
  "s16",
  "u16",
  "s32",
  "u32",
  "s64",
  "u64",
  "f32",
  "f64",
  "char",
  "string",
] as const;

// Objects as literals are.
const PLAIN = { noNullPrototype: true } as const;

/** A name in kebab case. */
export const label: fc.Arbitrary<string> = fc.stringMatching(
  /^[a-z][a-z0-9]{0,4}(-([a-z][a-z0-9]{0,3}|[0-9]{1,3}|[A-Z]{1,3}))?$/,
);

const labels = (maxLength: number) =>
  fc.uniqueArray(label, {
    minLength: 1,
    maxLength,
    selector: (name) => name.toLowerCase(),
  });

/** Types of values, whose handles are of `resource`, and own it or borrow it as `kinds` say. */
export function valueTypes(
  resource: ResourceType,
  kinds: readonly ("own" | "borrow")[],
): fc.Arbitrary<ValueType> {
  return fc.letrec<{ type: ValueType }>((tie) => {
    const type = tie("type");
    const optional = fc.option(type, { nil: undefined });
    const primitive = fc.constantFrom(...PRIMITIVE_KINDS).map((kind) => ({
      kind,
    }));
    const record = labels(4).chain((names) =>
      fc.tuple(...names.map(() => type)).map((types): ValueType => ({
        kind: "record",
        fields: names.map((name, at) => ({ name, type: types[at]! })),
      }))
    );
    const variant = labels(4).chain((names) =>
      fc.tuple(...names.map(() => optional)).map((types): ValueType => ({
        kind: "variant",
        cases: names.map((name, at) => ({ name, type: types[at] })),
      }))
    );
    const list = fc.record({
      kind: fc.constant("list" as const),
      element: type,
      length: fc.option(fc.integer({ min: 1, max: 2 ** 32 - 1 }), {
        nil: undefined,
      }),
    }, PLAIN);
    const tuple = fc.record({
      kind: fc.constant("tuple" as const),
      types: fc.array(type, { minLength: 1, maxLength: 4 }),
    }, PLAIN);
    const names = fc.record({
      kind: fc.constantFrom("flags" as const, "enum" as const),
      names: labels(32),
    }, PLAIN);
    const option = type.map((type): ValueType => ({ kind: "option", type }));
    const result = fc.record({
      kind: fc.constant("result" as const),
      ok: optional,
      error: optional,
    }, PLAIN);
    const handle = fc.constantFrom(...kinds)
      .map((kind) => ({ kind, resource }));
    return {
      type: fc.oneof(
        { maxDepth: 5 },
        primitive,
        record,
        variant,
        list,
        tuple,
        names,
        option,
        result,
        handle,
      ),
    };
  }).type;
}

/** Types of functions, whose handles are of `resource`. */
export function functionTypes(
  resource: ResourceType,
): fc.Arbitrary<FunctionType> {
  const type = valueTypes(resource, ["own", "borrow"]);
  return fc.record({
    params: labels(18).chain((names) =>
      fc.tuple(...names.map(() => type)).map((types) =>
        names.map((name, at) => ({ name, type: types[at]! }))
      )
    ),
    result: fc.option(valueTypes(resource, ["own"]), { nil: undefined }),
    isAsync: fc.boolean(),
  }, PLAIN);
}
