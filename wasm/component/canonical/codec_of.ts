/**
 * Codecs of all types.
 *
 * @module
 */

import type {
  OptionType,
  ResultType,
  ValueType,
  VariantType,
} from "../value_type.ts";
import type { Codec } from "./codec.ts";
import { handleCodec } from "./handle_codec.ts";
import { fixedListCodec, listCodec } from "./lists.ts";
import { scalarCodec } from "./primitives.ts";
import { flagsCodec, recordCodec, tupleCodec } from "./records.ts";
import { STRINGS } from "./strings.ts";
import {
  enumShape,
  NULLABLE_SHAPE,
  RESULT_SHAPE,
  taggedShape,
} from "./variant_shape.ts";
import { variantCodec } from "./variants.ts";

const codecs = new WeakMap<ValueType, Codec>();

/**
 * The codec of `type`, made once.
 *
 * @throws {TypeError} Its names are not in kebab case, or it is larger than a memory.
 */
export function codecOf(type: ValueType): Codec {
  let codec = codecs.get(type);
  if (codec === undefined) codecs.set(type, codec = newCodec(type));
  return codec;
}

function newCodec(type: ValueType): Codec {
  switch (type.kind) {
    case "string":
      return STRINGS;
    case "list":
      return type.length === undefined
        ? listCodec(codecOf(type.element))
        : fixedListCodec(codecOf(type.element), type.length);
    case "record":
      return recordCodec(
        type.fields.map(({ name }) => name),
        type.fields.map((field) => codecOf(field.type)),
      );
    case "tuple":
      return tupleCodec(type.types.map(codecOf));
    case "flags":
      return flagsCodec(type.names);
    case "variant":
      return taggedCodec(type);
    case "enum":
      return variantCodec(
        type.names.map(() => undefined),
        enumShape(type.names),
      );
    case "option":
      return optionCodec(type);
    case "result":
      return resultCodec(type);
    case "own":
    case "borrow":
      return handleCodec(type);
    default:
      return scalarCodec(type.kind);
  }
}

function taggedCodec({ cases }: VariantType): Codec {
  const names = cases.map(({ name }) => name);
  const carries = cases.map(({ type }) => type !== undefined);
  return variantCodec(
    cases.map(({ type }) => type && codecOf(type)),
    taggedShape(names, carries),
  );
}

function optionCodec(type: OptionType): Codec {
  const shape = isNullable(type)
    ? NULLABLE_SHAPE
    : taggedShape(["none", "some"], [false, true]);
  return variantCodec([undefined, codecOf(type.type)], shape);
}

// An option of what can itself be undefined says so by a tag.
function isNullable(type: ValueType): boolean {
  return type.kind === "option" && !isNullable(type.type);
}

function resultCodec({ ok, error }: ResultType): Codec {
  const cases = [ok && codecOf(ok), error && codecOf(error)];
  return variantCodec(cases, RESULT_SHAPE);
}
