/**
 * Codecs of values that are one of several: variants, enums, options, results.
 *
 * @see Canonical ABI, `load_variant`, `lift_flat_variant` and their twins.
 *
 * @module
 */

import { type Codec, OBJECT_HEAP_BYTES, traitsOf } from "./codec.ts";
import { coerceLifted, coerceLowered, coercionsOf } from "./coercion.ts";
import type { Context } from "./context.ts";
import { trap } from "./errors.ts";
import { flattenVariant } from "./flatten.ts";
import { variantLayout } from "./layout.ts";
import { takeU32 } from "./primitives.ts";
import { readBits, writeBits } from "./records.ts";
import type { VariantShape } from "./variant_shape.ts";

/** The codec of a variant; undefined is a case that carries nothing. */
export function variantCodec(
  cases: readonly (Codec | undefined)[],
  { wrap, indexOf, payloadOf }: VariantShape,
): Codec {
  const payloads = cases.filter((each) => each !== undefined);
  const layout = variantLayout(cases.map((each) => each?.layout));
  const { discriminantSize, payloadOffset } = layout;
  const flat = flattenVariant(cases.map((each) => each?.flat ?? []));
  const flatCases = new FlatCases(cases, flat);
  return {
    layout,
    flat,
    heapBytes: payloads.reduce(
      (max, each) => Math.max(max, each.heapBytes),
      0,
    ) + OBJECT_HEAP_BYTES,
    ...traitsOf(payloads),
    scalar: undefined,
    load: (cx, pointer) => {
      const index = readBits(cx.data, pointer, discriminantSize);
      checkCase(index, cases.length);
      return wrap(index, cases[index]?.load(cx, pointer + payloadOffset));
    },
    store: (cx, value, pointer) => {
      const index = indexOf(value);
      writeBits(cx.data, pointer, discriminantSize, index);
      cases[index]?.store(cx, payloadOf(value), pointer + payloadOffset);
    },
    lift: (cx) => {
      const index = takeU32(cx);
      checkCase(index, cases.length);
      return wrap(index, flatCases.lift(cx, index));
    },
    lower: (cx, value) => flatCases.lower(cx, indexOf(value), payloadOf(value)),
  };
}

function checkCase(index: number, count: number): void {
  if (index >= count) trap(`Cannot find a case of ${count}: ${index}`);
}

/** The cases of a variant as core values: each takes as many as the longest, of types that hold all. */
class FlatCases {
  readonly #cases: readonly (Codec | undefined)[];
  readonly #length: number;
  readonly #zeros: readonly (number | bigint)[];
  readonly #coercions: readonly ReturnType<typeof coercionsOf>[];

  constructor(cases: readonly (Codec | undefined)[], flat: Codec["flat"]) {
    const joined = flat.slice(1);
    this.#cases = cases;
    this.#length = joined.length;
    this.#zeros = joined.map((type) => type === "i64" ? 0n : 0);
    this.#coercions = cases.map((each) =>
      coercionsOf(each?.flat ?? [], joined)
    );
  }

  lift(cx: Context, index: number): unknown {
    const begin = cx.cursor;
    coerceLifted(cx.flat, begin, this.#coercions[index]!);
    const payload = this.#cases[index]?.lift(cx);
    cx.cursor = begin + this.#length;
    return payload;
  }

  lower(cx: Context, index: number, payload: unknown): void {
    cx.flat[cx.cursor++] = index;
    const begin = cx.cursor;
    this.#cases[index]?.lower(cx, payload);
    coerceLowered(cx.flat, begin, this.#coercions[index]!);
    for (let at = cx.cursor - begin; at < this.#length; at++) {
      cx.flat[cx.cursor++] = this.#zeros[at]!;
    }
  }
}
