/**
 * Writes components, by the format and not by the reader's idea of it.
 *
 * @module
 */

import type { FunctionType, ResourceType, ValueType } from "../value_type.ts";

type Bytes = readonly number[];

const PRIMITIVES = [
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
];

/** An unsigned integer. */
export function u32(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + 128);
  }
  return [...bytes, rest];
}

/** An integer of 33 bits with a sign, which is not below 0. */
export function s33(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 64; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + 128);
  }
  return [...bytes, rest];
}

/** A length, and `items`. */
export function vec(items: readonly Bytes[]): Bytes {
  return [...u32(items.length), ...items.flat()];
}

/** A name. */
export function text(name: string): Bytes {
  const bytes = [...new TextEncoder().encode(name)];
  return [...u32(bytes.length), ...bytes];
}

/** The name of an import or export. */
export function extern(name: string): Bytes {
  return [0x00, ...text(name)];
}

/** What may be there. */
export function optional(bytes: Bytes | undefined): Bytes {
  return bytes === undefined ? [0x00] : [0x01, ...bytes];
}

/** A section that is a vector. */
export function section(id: number, ...items: Bytes[]): Bytes {
  return raw(id, vec(items));
}

/** A section. */
export function raw(id: number, bytes: Bytes): Bytes {
  return [id, ...u32(bytes.length), ...bytes];
}

/** A component of `sections`. */
export function component(...sections: Bytes[]): Uint8Array {
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x0d,
    0x00,
    0x01,
    0x00,
    ...sections.flat(),
  ]);
}

/** Writes types, and what they are made of before them. */
export class TypeWriter {
  /** The type definitions so far. */
  readonly definitions: Bytes[] = [];
  readonly #first: number;
  readonly #resources: ReadonlyMap<ResourceType, number>;

  /** `first` types are there; those of `resources` among them. */
  constructor(
    first: number,
    resources: ReadonlyMap<ResourceType, number> = new Map(),
  ) {
    this.#first = first;
    this.#resources = resources;
  }

  /** Adds a definition; gives its index. */
  define(bytes: Bytes): number {
    return this.#first + this.definitions.push(bytes) - 1;
  }

  /** Adds the type of a function. */
  function({ params, result, isAsync }: FunctionType): number {
    const fields = params.map(({ name, type }) => [
      ...text(name),
      ...this.value(type),
    ]);
    const last = result === undefined
      ? [0x01, 0x00]
      : [0x00, ...this.value(result)];
    return this.define([isAsync ? 0x43 : 0x40, ...vec(fields), ...last]);
  }

  /** A reference to a type. */
  value(type: ValueType): Bytes {
    const nth = PRIMITIVES.indexOf(type.kind);
    if (nth !== -1) return [0x7f - nth];
    return s33(this.define(this.#body(type)));
  }

  #optional(type: ValueType | undefined): Bytes {
    return optional(type === undefined ? undefined : this.value(type));
  }

  #body(type: ValueType): Bytes {
    switch (type.kind) {
      case "record":
        return [
          0x72,
          ...vec(type.fields.map(({ name, type }) => [
            ...text(name),
            ...this.value(type),
          ])),
        ];
      case "variant":
        return [
          0x71,
          ...vec(type.cases.map(({ name, type }) => [
            ...text(name),
            ...this.#optional(type),
            0x00,
          ])),
        ];
      case "list":
        return type.length === undefined
          ? [0x70, ...this.value(type.element)]
          : [0x67, ...this.value(type.element), ...u32(type.length)];
      case "tuple":
        return [0x6f, ...vec(type.types.map((one) => this.value(one)))];
      case "flags":
      case "enum":
        return [
          type.kind === "flags" ? 0x6e : 0x6d,
          ...vec(type.names.map(text)),
        ];
      case "option":
        return [0x6b, ...this.value(type.type)];
      case "result":
        return [
          0x6a,
          ...this.#optional(type.ok),
          ...this.#optional(type.error),
        ];
      case "own":
      case "borrow":
        return [
          type.kind === "own" ? 0x69 : 0x68,
          ...u32(this.#resources.get(type.resource)!),
        ];
      default:
        throw new RangeError(`Cannot write a type: ${type.kind}`);
    }
  }
}
