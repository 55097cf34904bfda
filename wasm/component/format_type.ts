/**
 * Types as text in WIT notation, and whether they are the same.
 *
 * @module
 */

import type {
  Field,
  FunctionType,
  ResourceType,
  ValueType,
} from "./value_type.ts";

/** Names of types: a type that has one is written as its name. */
export type TypeNames = ReadonlyMap<ValueType | ResourceType, string>;

// Characters of a type that a message needs at most.
const CLIPPED_LENGTH = 300;

const NO_NAMES: TypeNames = new Map();

/** `list<tuple<string, u32>>` and so on. What WIT can only name is written out. */
export function formatType(
  type: ValueType,
  names: TypeNames = NO_NAMES,
): string {
  return names.get(type) ?? formatBody(type, names);
}

/** As {@linkcode formatType}, but `type` itself is written out. */
export function formatBody(
  type: ValueType,
  names: TypeNames = NO_NAMES,
): string {
  switch (type.kind) {
    case "record":
      return `record { ${formatFields(type.fields, names)} }`;
    case "variant":
      return `variant { ${
        type.cases.map(({ name, type }) =>
          type === undefined ? name : `${name}(${formatType(type, names)})`
        ).join(", ")
      } }`;
    case "flags":
    case "enum":
      return `${type.kind} { ${type.names.join(", ")} }`;
    case "tuple":
      return `tuple<${
        type.types.map((one) => formatType(one, names)).join(", ")
      }>`;
    case "list": {
      const element = formatType(type.element, names);
      if (type.length === undefined) return `list<${element}>`;
      return `list<${element}, ${type.length}>`;
    }
    case "option":
      return `option<${formatType(type.type, names)}>`;
    case "result":
      return formatResult(type.ok, type.error, names);
    case "own":
      return formatResource(type.resource, names);
    case "borrow":
      return `borrow<${formatResource(type.resource, names)}>`;
    default:
      return type.kind;
  }
}

function formatResult(
  ok: ValueType | undefined,
  error: ValueType | undefined,
  names: TypeNames,
): string {
  if (ok === undefined && error === undefined) return "result";
  const first = ok === undefined ? "_" : formatType(ok, names);
  if (error === undefined) return `result<${first}>`;
  return `result<${first}, ${formatType(error, names)}>`;
}

/** The name of a resource; `resource` if it has none. */
export function formatResource(
  resource: ResourceType,
  names: TypeNames = NO_NAMES,
): string {
  return names.get(resource) ?? resource.name ?? "resource";
}

/** `name: type` of each, with commas. */
export function formatFields(
  fields: readonly Field[],
  names: TypeNames = NO_NAMES,
): string {
  return fields.map(({ name, type }) => `${name}: ${formatType(type, names)}`)
    .join(", ");
}

/** `func(a: u32) -> string` and so on. */
export function formatFunction(
  { params, result, isAsync }: FunctionType,
  names: TypeNames = NO_NAMES,
): string {
  const arrow = result === undefined ? "" : ` -> ${formatType(result, names)}`;
  const word = isAsync ? "async func" : "func";
  return `${word}(${formatFields(params, names)})${arrow}`;
}

/** The front of `text`, as much of it as belongs into a message. */
export function clip(text: string): string {
  if (text.length <= CLIPPED_LENGTH) return text;
  return `${text.slice(0, CLIPPED_LENGTH)}…`;
}
