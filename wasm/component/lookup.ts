/**
 * Finds what indices stand for, where only one kind of thing will do.
 *
 * @module
 */

import { InvalidComponent, type Place } from "./errors.ts";
import type { CoreFunction } from "./plan.ts";
import type { CoreEntity, Scope } from "./scope.ts";
import type { Session } from "./session.ts";
import type { FunctionType, ResourceType } from "./value_type.ts";

/** Where something is resolved. */
export interface Context {
  /** What all of the component share. */
  readonly session: Session;
  /** The index spaces. */
  readonly scope: Scope;
  /** Where the binary says it. */
  readonly place: Place;
}

/** The resource that a type index stands for. */
export function resolveResource(
  { scope, place }: Context,
  index: number,
): ResourceType {
  const entity = scope.get("type", index, place);
  if (entity.kind === "resource") return entity.resource;
  throw new InvalidComponent(
    `Cannot use a type as one of resources: index ${index} is of kind ${entity.kind}`,
    place,
  );
}

/** The type of a function that a type index stands for. */
export function functionType(
  { scope, place }: Context,
  index: number,
): FunctionType {
  const entity = scope.get("type", index, place);
  if (entity.kind === "function") return entity.type;
  throw new InvalidComponent(
    `Cannot use a type as one of functions: index ${index} is of kind ${entity.kind}`,
    place,
  );
}

/** What a core function must be. */
export interface Expected {
  /** What it is for, with an article: to be made only for a message. */
  readonly what: () => string;
  /** The types of its parameters. */
  readonly params: readonly string[];
  /** The types of its results. */
  readonly results: readonly string[];
}

/** The core function that `entity` is, if it is as expected. */
export function coreFunction(
  { item, type }: CoreEntity,
  place: Place,
  { what, params, results }: Expected,
): CoreFunction {
  const wanted = formatCore(params, results);
  const found = type.kind === "func"
    ? formatCore(type.signature.params, type.signature.results)
    : type.kind;
  if (wanted === found) return item;
  throw new InvalidComponent(
    `Cannot use a core function as ${what()} of type ${wanted}: its type is ${found}`,
    place,
  );
}

function formatCore(
  params: readonly string[],
  results: readonly string[],
): string {
  return `(${params.join(", ")}) -> (${results.join(", ")})`;
}
