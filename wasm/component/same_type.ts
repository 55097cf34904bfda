/**
 * What types consist of, and whether they are the same.
 *
 * @module
 */

import type { FunctionType, ResourceType, ValueType } from "./value_type.ts";

/** Whether two types of resources are the same. */
export type IsSameResource = (
  one: ResourceType,
  other: ResourceType,
) => boolean;

/**
 * Whether two types are the same.
 *
 * @param isSameResource Resources are only if they are the same object, when absent.
 */
export function isSameType(
  one: ValueType,
  other: ValueType,
  isSameResource: IsSameResource = Object.is,
): boolean {
  if (one === other) return true;
  if (one.kind !== other.kind) return false;
  if (!isSameShape(one, other, isSameResource)) return false;
  const parts = partsOf(other);
  return partsOf(one).every((part, at) =>
    isSameType(part, parts[at]!, isSameResource)
  );
}

// Where the parts are and what they are called; not what they are.
function isSameShape(
  one: ValueType,
  other: ValueType,
  isSameResource: IsSameResource,
): boolean {
  if (one.kind === "own" || one.kind === "borrow") {
    if (!("resource" in other)) return false;
    return isSameAsync(one.resource, other.resource) ||
      isSameResource(one.resource, other.resource);
  }
  return shapeOf(one) === shapeOf(other);
}

// What they carry is all that tells them apart.
function isSameAsync(one: ResourceType, other: ResourceType): boolean {
  return one.isAsync === true && other.isAsync === true &&
    one.name === other.name;
}

function shapeOf(type: ValueType): string {
  switch (type.kind) {
    case "record":
      return type.fields.map(({ name }) => name).join();
    case "variant":
      return type.cases.map(({ name, type }) =>
        type === undefined ? name : `${name}=`
      ).join();
    case "flags":
    case "enum":
      return type.names.join();
    case "tuple":
      return `${type.types.length}`;
    case "list":
      return `${type.length}`;
    case "result":
      return `${type.ok === undefined} ${type.error === undefined}`;
    default:
      return "";
  }
}

/** Whether two functions have the same type, names of parameters included. */
export function isSameFunction(
  one: FunctionType,
  other: FunctionType,
  isSameResource?: IsSameResource,
): boolean {
  if (one.isAsync !== other.isAsync) return false;
  if (one.params.length !== other.params.length) return false;
  return isSameOptional(one.result, other.result, isSameResource) &&
    one.params.every(({ name, type }, at) => {
      const param = other.params[at]!;
      return name === param.name &&
        isSameType(type, param.type, isSameResource);
    });
}

function isSameOptional(
  one: ValueType | undefined,
  other: ValueType | undefined,
  isSameResource?: IsSameResource,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return isSameType(one, other, isSameResource);
}

/** The types that `type` directly consists of. */
export function partsOf(type: ValueType): readonly ValueType[] {
  switch (type.kind) {
    case "record":
      return type.fields.map((field) => field.type);
    case "tuple":
      return type.types;
    case "variant":
      return present(type.cases.map((one) => one.type));
    case "list":
      return [type.element];
    case "option":
      return [type.type];
    case "result":
      return present([type.ok, type.error]);
    default:
      return [];
  }
}

function present(types: readonly (ValueType | undefined)[]): ValueType[] {
  return types.filter((type) => type !== undefined);
}
