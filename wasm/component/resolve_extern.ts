/**
 * Resolves what is imported: it is the host's, or it is given and must fit.
 *
 * @module
 */

import { InvalidComponent, type Place } from "./errors.ts";
import {
  clip,
  formatFunction,
  formatResource,
  formatType,
} from "./format_type.ts";
import { duplicateOf } from "./name.ts";
import type { ComponentFunction } from "./plan.ts";
import { type Context, functionType } from "./lookup.ts";
import {
  functionParts,
  nameResource,
  resolveType,
  valueParts,
} from "./resolve_type.ts";
import { isSameFunction, isSameType } from "./same_type.ts";
import {
  type Entities,
  type Entity,
  type Instance,
  Scope,
  type TypeEntity,
} from "./scope.ts";
import type { Definition, ExternSyntax, Sort } from "./syntax.ts";
import type { FunctionType, ResourceType } from "./value_type.ts";

/** Where an import comes from. */
export type Source =
  /** The host; an interface has no name of its own, but its members have. */
  | {
    readonly kind: "host";
    readonly name: string;
    readonly member: string | undefined;
  }
  /** Something that is there already. */
  | {
    readonly kind: "given";
    /** What it is for, for messages: `import "a:b/c"` and so on. */
    readonly path: string;
    readonly entity: Entity;
  };

/** What an import of type `type` is. */
export function resolveExtern(
  context: Context,
  type: ExternSyntax,
  source: Source,
): Entity {
  context.session.charge(1, context.place);
  switch (type.kind) {
    case "func":
      return resolveFunctionExtern(context, type.type, source);
    case "equal type":
      return resolveEqualType(context, type.type, source);
    case "resource":
      return resolveNewType(context, source);
    case "instance":
      return resolveInstance(context, type.type, source);
    case "component":
    case "core module":
      return resolveCode(context, type.kind, source);
  }
}

function resolveFunctionExtern(
  context: Context,
  index: number,
  source: Source,
): Entity {
  const type = functionType(context, index);
  if (source.kind === "host") {
    const { name, member } = source;
    return { sort: "func", value: { kind: "import", name, member, type } };
  }
  const found = insistSort(context, "func", source);
  context.session.charge(functionParts(context.session, type), context.place);
  if (!isSameFunction(type, found.type)) {
    throw mismatch(
      source.path,
      formatFunction(type),
      formatFunction(found.type),
      context.place,
    );
  }
  return { sort: "func", value: withType(found, type) };
}

// The type that is asked for: its resources are the same, its names are better.
function withType(
  found: ComponentFunction,
  type: FunctionType,
): ComponentFunction {
  return found.type === type ? found : { ...found, type };
}

function resolveEqualType(
  context: Context,
  index: number,
  source: Source,
): Entity {
  const type = context.scope.get("type", index, context.place);
  if (source.kind === "given") {
    const found = insistSort(context, "type", source);
    if (!isSameTypeEntity(context, type, found)) {
      throw mismatch(
        source.path,
        formatEntity(type),
        formatEntity(found),
        context.place,
      );
    }
  }
  return { sort: "type", value: type };
}

function isSameTypeEntity(
  { session, place }: Context,
  one: TypeEntity,
  other: TypeEntity,
): boolean {
  if (one.kind === "value" && other.kind === "value") {
    session.charge(valueParts(session, one.type), place);
    return isSameType(one.type, other.type);
  }
  if (one.kind === "function" && other.kind === "function") {
    session.charge(functionParts(session, one.type), place);
    return isSameFunction(one.type, other.type);
  }
  if (one.kind === "resource" && other.kind === "resource") {
    return one.resource === other.resource;
  }
  return one.kind === other.kind;
}

function formatEntity(type: TypeEntity): string {
  switch (type.kind) {
    case "value":
      return formatType(type.type);
    case "function":
      return formatFunction(type.type);
    case "resource":
      return `resource ${formatResource(type.resource)}`;
    default:
      return `${type.kind} type`;
  }
}

function resolveNewType(context: Context, source: Source): Entity {
  if (source.kind === "host") {
    const name = source.member ?? source.name;
    const resource: ResourceType = { name };
    return { sort: "type", value: { kind: "resource", resource } };
  }
  const found = insistSort(context, "type", source);
  if (found.kind !== "resource") {
    throw mismatch(
      source.path,
      "resource",
      formatEntity(found),
      context.place,
    );
  }
  return { sort: "type", value: found };
}

function resolveInstance(
  context: Context,
  index: number,
  source: Source,
): Entity {
  const { session, place } = context;
  const type = context.scope.get("type", index, place);
  if (type.kind !== "instance") {
    throw new InvalidComponent(
      `Cannot use a type as one of instances: index ${index} is of kind ${type.kind}`,
      place,
    );
  }
  if (source.kind === "host" && source.member !== undefined) {
    throw new InvalidComponent(
      `Cannot import an instance within an instance: "${source.name}" "${source.member}"`,
      place,
    );
  }
  const exports = new Map<string, Entity>();
  const given = source.kind === "given"
    ? insistSort(context, "instance", source)
    : undefined;
  const scope = new Scope(type.outside, undefined);
  for (const declaration of type.declarations) {
    session.charge(1, declaration.place);
    const inner = { session, scope, place: declaration.place };
    const entity = declare(
      inner,
      declaration,
      (name) => memberSource(source, given, name, place),
    );
    scope.add(entity);
    if (declaration.kind === "declare export") {
      exports.set(declaration.name, entity);
    }
  }
  insistDistinct(exports, type.declarations);
  return { sort: "instance", value: exports };
}

function insistDistinct(
  exports: Instance,
  declarations: readonly Definition[],
): void {
  const names = declarations.filter(({ kind }) => kind === "declare export");
  const duplicate = names.length === exports.size
    ? duplicateOf(exports.keys())
    : "";
  if (duplicate === undefined) return;
  throw new InvalidComponent(
    "Cannot resolve an instance type that exports a name twice",
    names[0]!.place,
  );
}

function declare(
  context: Context,
  declaration: Definition,
  sourceOf: (name: string) => Source,
): Entity {
  const { scope, place } = context;
  switch (declaration.kind) {
    case "core type":
      return { sort: "core type", value: undefined };
    case "type":
      return { sort: "type", value: resolveType(context, declaration.type) };
    case "alias outer":
      return scope.outer(declaration, declaration.count, place);
    case "alias export":
      return aliasExport(context, declaration);
    case "declare export":
      return resolveExtern(
        context,
        declaration.type,
        sourceOf(declaration.name),
      );
    default:
      throw new InvalidComponent(
        `Cannot resolve a declaration of an instance type: ${declaration.kind}`,
        place,
      );
  }
}

/** What an alias of an instance's export stands for. */
export function aliasExport(
  { scope, place }: Context,
  { sort, instance, name }: Extract<Definition, { kind: "alias export" }>,
): Entity {
  const entity = scope.get("instance", instance, place).get(name);
  if (entity?.sort === sort) return entity;
  throw new InvalidComponent(
    `Cannot find an alias of sort ${sort} in instance ${instance}: "${name}"`,
    place,
  );
}

function memberSource(
  source: Source,
  given: Instance | undefined,
  name: string,
  place: Place,
): Source {
  if (source.kind === "host") return { ...source, member: name };
  const entity = given?.get(name);
  const path = `${source.path} "${name}"`;
  if (entity !== undefined) return { kind: "given", path, entity };
  throw new InvalidComponent(`Cannot satisfy ${path}: it is missing`, place);
}

function resolveCode(
  context: Context,
  sort: "component" | "core module",
  source: Source,
): Entity {
  if (source.kind === "host") {
    throw new InvalidComponent(
      `Cannot import a ${sort}: "${source.name}"`,
      context.place,
    );
  }
  // Its type is not compared: whoever instantiates it is checked in full, with
  // what is then at hand.
  insistSort(context, sort, source);
  return source.entity;
}

function insistSort<S extends Sort>(
  { place }: Context,
  sort: S,
  { path, entity }: Extract<Source, { kind: "given" }>,
): Entities[S] {
  // The compiler cannot see that the value is of the sort that was asked for.
  if (entity.sort === sort) return entity.value as Entities[S];
  throw mismatch(path, sort, entity.sort, place);
}

function mismatch(
  path: string,
  wanted: string,
  found: string,
  place: Place,
): InvalidComponent {
  return new InvalidComponent(
    `Cannot satisfy ${path} of type ${clip(wanted)}: found ${clip(found)}`,
    place,
  );
}

/** Names the resource that `entity` is, if it is one and has no name. */
export function nameEntity(entity: Entity, name: string): void {
  if (entity.sort !== "type" || entity.value.kind !== "resource") return;
  nameResource(entity.value.resource, name);
}
