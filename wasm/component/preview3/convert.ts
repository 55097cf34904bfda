/**
 * Values of components as glue has them, and as functions of the host do.
 *
 * They differ in resources alone: a resource of the host is any object there,
 * and an instance of a class here.
 *
 * @module
 */

import { keysOf } from "../canonical/names.ts";
import { partsOf } from "../same_type.ts";
import type { ResourceType, ValueType } from "../value_type.ts";

/** Makes of a resource the other thing that stands for it. */
export type ConvertResource = (
  resource: ResourceType,
  value: unknown,
) => unknown;

/** Whether a value of `type` is not the same on both sides. */
export function holdsResources(type: ValueType | undefined): boolean {
  if (type === undefined) return false;
  if (type.kind === "own" || type.kind === "borrow") {
    return type.resource.isAsync !== true;
  }
  return partsOf(type).some(holdsResources);
}

/**
 * `value`, of `type`, with each resource in it converted. What holds none is
 * returned as it is, and never looked at.
 */
export function convert(
  type: ValueType | undefined,
  value: unknown,
  resource: ConvertResource,
): unknown {
  if (type === undefined || !holdsResources(type)) return value;
  switch (type.kind) {
    case "own":
    case "borrow":
      return resource(type.resource, value);
    case "list":
      return (value as unknown[]).map((each) =>
        convert(type.element, each, resource)
      );
    case "tuple":
      return type.types.map((each, nth) =>
        convert(each, (value as unknown[])[nth], resource)
      );
    case "record": {
      const keys = keysOf(type.fields.map(({ name }) => name));
      return Object.fromEntries(keys.map((key, nth) => [
        key,
        convert(
          type.fields[nth]!.type,
          (value as Record<string, unknown>)[key],
          resource,
        ),
      ]));
    }
    case "option":
      return convertOption(type.type, value, resource);
    default:
      return convertCase(type, value as Tagged, resource);
  }
}

interface Tagged {
  readonly tag: string;
  readonly val?: unknown;
}

// One around another is tagged.
function convertOption(
  type: ValueType,
  value: unknown,
  resource: ConvertResource,
): unknown {
  if (type.kind === "option") {
    const { tag, val } = value as Tagged;
    return tag === "none" ? value : { tag, val: convert(type, val, resource) };
  }
  return value === undefined ? undefined : convert(type, value, resource);
}

function convertCase(
  type: ValueType,
  { tag, val }: Tagged,
  resource: ConvertResource,
): unknown {
  return { tag, val: convert(caseOf(type, tag), val, resource) };
}

function caseOf(type: ValueType, tag: string): ValueType | undefined {
  if (type.kind === "result") return tag === "ok" ? type.ok : type.error;
  if (type.kind !== "variant") return undefined;
  return type.cases.find(({ name }) => name === tag)?.type;
}
