/**
 * Resolves types: from indices to trees.
 *
 * @module
 */

import { InvalidComponent } from "./errors.ts";
import { formatType } from "./format_type.ts";
import { TYPE_DEPTH_MAX, TYPE_PARTS_MAX } from "./limits.ts";
import { type Context, coreFunction, resolveResource } from "./lookup.ts";
import { partsOf } from "./same_type.ts";
import type { TypeEntity } from "./scope.ts";
import type { Session, TypeSize } from "./session.ts";
import type {
  FunctionSyntax,
  TypeSyntax,
  ValueReference,
  ValueSyntax,
} from "./syntax.ts";
import {
  asyncResource,
  type FunctionType,
  type PrimitiveType,
  type ResourceType,
  type ValueType,
} from "./value_type.ts";

const PRIMITIVE_SIZE: TypeSize = { parts: 1, depth: 1 };

// One object for each, so that same types are more often the same object.
const primitives = new Map<PrimitiveType["kind"], PrimitiveType>();

/** Resolves a type definition. */
export function resolveType(context: Context, syntax: TypeSyntax): TypeEntity {
  switch (syntax.kind) {
    case "value":
      return { kind: "value", type: resolveValueType(context, syntax.type) };
    case "function":
      return { kind: "function", type: resolveFunction(context, syntax) };
    case "resource":
      return defineResource(context, syntax.destructor);
    case "component":
    case "instance":
      return { ...syntax, outside: context.scope.snapshot() };
  }
}

function resolveFunction(
  context: Context,
  { params, result, isAsync }: FunctionSyntax,
): FunctionType {
  const type: FunctionType = {
    params: params.map(({ name, type }) => ({
      name,
      type: resolveReference(context, type),
    })),
    result: optionally(context, result),
    isAsync,
  };
  const parts = functionParts(context.session, type);
  context.session.charge(parts, context.place);
  if (parts > TYPE_PARTS_MAX) {
    throw new InvalidComponent(
      `Cannot resolve a function type of more than ${TYPE_PARTS_MAX} parts: ${parts}`,
      context.place,
    );
  }
  // It would be lent when the call is over, by whoever can then close it.
  if (type.result !== undefined && isLent(type.result)) {
    throw new InvalidComponent(
      "Cannot resolve a function type that returns what is borrowed",
      context.place,
    );
  }
  return type;
}

function isLent(type: ValueType): boolean {
  return type.kind === "borrow" || partsOf(type).some(isLent);
}

/** Parts of a function type: what it costs to look at it once. */
export function functionParts(
  session: Session,
  { params, result }: FunctionType,
): number {
  const parts = params.map(({ type }) => sizeOf(session, type).parts);
  if (result !== undefined) parts.push(sizeOf(session, result).parts);
  return parts.reduce((sum, count) => sum + count, 1);
}

/** Parts of a value type. */
export function valueParts(session: Session, type: ValueType): number {
  return sizeOf(session, type).parts;
}

function defineResource(
  { session, scope, place }: Context,
  destructor: number | undefined,
): TypeEntity {
  const { componentInstance } = scope;
  if (componentInstance === undefined) {
    throw new InvalidComponent("Cannot define a resource in a type", place);
  }
  const resource: ResourceType = { name: undefined };
  const core = destructor === undefined || session.isTypesOnly
    ? undefined
    : coreFunction(scope.get("core func", destructor, place), place, {
      what: () => "a destructor",
      params: ["i32"],
      results: [],
    });
  session.resources.set(resource, {
    resource,
    destructor: core,
    componentInstance,
  });
  return { kind: "resource", resource };
}

function resolveValueType(context: Context, syntax: ValueSyntax): ValueType {
  if (syntax.kind === "reference") {
    return resolveReference(context, syntax.type);
  }
  const type = makeValueType(context, syntax);
  measure(context, type);
  return type;
}

function makeValueType(
  context: Context,
  syntax: Exclude<ValueSyntax, { kind: "reference" }>,
): ValueType {
  const resolve = (type: ValueReference) => resolveReference(context, type);
  switch (syntax.kind) {
    case "record": {
      const fields = syntax.fields.map(({ name, type }) => ({
        name,
        type: resolve(type),
      }));
      return { kind: "record", fields };
    }
    case "variant": {
      const cases = syntax.cases.map(({ name, type }) => ({
        name,
        type: optionally(context, type),
      }));
      return { kind: "variant", cases };
    }
    case "list":
      return {
        kind: "list",
        element: resolve(syntax.element),
        length: syntax.length,
      };
    case "tuple":
      return { kind: "tuple", types: syntax.types.map(resolve) };
    case "flags":
    case "enum":
      return syntax;
    case "option":
      return { kind: "option", type: resolve(syntax.type) };
    case "result":
      return {
        kind: "result",
        ok: optionally(context, syntax.ok),
        error: optionally(context, syntax.error),
      };
    case "own":
    case "borrow":
      return {
        kind: syntax.kind,
        resource: resolveResource(context, syntax.resource),
      };
    case "stream":
    case "future":
      return asyncType(
        context.session,
        formatAsync(context, syntax.kind, optionally(context, syntax.type)),
      );
  }
}

function formatAsync(
  { session, place }: Context,
  kind: string,
  type: ValueType | undefined,
): string {
  if (type === undefined) return kind;
  session.charge(valueParts(session, type), place);
  return `${kind}<${formatType(type)}>`;
}

/**
 * A stand-in for a type that only preview 3 has: a handle, which such a value
 * is in core Wasm. It is for descriptions; there is no plan with one.
 */
function asyncType(session: Session, text: string): ValueType {
  const known = session.asyncTypes.get(text);
  if (known !== undefined) return known;
  const type: ValueType = { kind: "own", resource: asyncResource(text) };
  session.asyncTypes.set(text, type);
  return type;
}

function measure({ session, place }: Context, type: ValueType): void {
  const sizes = partsOf(type).map((part) => sizeOf(session, part));
  const names = "names" in type ? type.names.length : 0;
  const parts = sizes.reduce((sum, size) => sum + size.parts, 1 + names);
  const depth = 1 + sizes.reduce((most, size) => Math.max(most, size.depth), 0);
  session.charge(1 + sizes.length + names, place);
  if (parts > TYPE_PARTS_MAX) {
    throw new InvalidComponent(
      `Cannot resolve a type of more than ${TYPE_PARTS_MAX} parts: ${parts}`,
      place,
    );
  }
  if (depth > TYPE_DEPTH_MAX) {
    throw new InvalidComponent(
      `Cannot resolve a type that is deeper than ${TYPE_DEPTH_MAX}: ${depth}`,
      place,
    );
  }
  session.sizes.set(type, { parts, depth });
}

function sizeOf(session: Session, type: ValueType): TypeSize {
  return session.sizes.get(type) ?? PRIMITIVE_SIZE;
}

function optionally(
  context: Context,
  type: ValueReference | undefined,
): ValueType | undefined {
  return type === undefined ? undefined : resolveReference(context, type);
}

function resolveReference(
  { session, scope, place }: Context,
  type: ValueReference,
): ValueType {
  if (type === "error-context") return asyncType(session, type);
  if (typeof type === "string") return primitive(type);
  const entity = scope.get("type", type, place);
  if (entity.kind === "value") return entity.type;
  throw new InvalidComponent(
    `Cannot use a type as one of values: index ${type} is of kind ${entity.kind}`,
    place,
  );
}

function primitive(kind: PrimitiveType["kind"]): PrimitiveType {
  const known = primitives.get(kind);
  if (known !== undefined) return known;
  const type: PrimitiveType = { kind };
  primitives.set(kind, type);
  return type;
}

/** What a resource is made with here: its name is known only when it has one. */
interface Nameable {
  name: string | undefined;
}

/** Gives a name to a resource that has none. */
export function nameResource(resource: ResourceType, name: string): void {
  const nameable: Nameable = resource;
  nameable.name ??= name;
}
