/**
 * Resolves core instances.
 *
 * @module
 */

import { type CoreExtern, formatSignature } from "./core_module.ts";
import { InvalidComponent } from "./errors.ts";
import type { CoreExport, CoreInstantiation, PlannedImport } from "./plan.ts";
import type { Context } from "./lookup.ts";
import type { CoreEntity, Entity } from "./scope.ts";
import type { CoreKind, DefinitionSyntax } from "./syntax.ts";

/** A definition of the kind `Kind`. */
export type DefinitionOf<Kind extends DefinitionSyntax["kind"]> = Extract<
  DefinitionSyntax,
  { kind: Kind }
>;

type CoreInstance = ReadonlyMap<string, CoreEntity>;

/** Instantiates a core module. */
export function resolveCoreInstantiate(
  context: Context,
  { module, args }: DefinitionOf<"core instantiate">,
): Entity {
  const { session, scope, place } = context;
  const { index, interface: { imports, exports } } = scope.get(
    "core module",
    module,
    place,
  );
  session.charge(imports.length + exports.size, place);
  const given = new Map<string, CoreInstance>();
  for (const { name, index } of args) {
    insistNew(context, given, name);
    given.set(name, scope.get("core instance", index, place));
  }
  const instance: CoreInstantiation = {
    kind: "instantiate",
    module: index,
    imports: imports.map(({ module, name, type }): PlannedImport => {
      const entity = given.get(module)?.get(name);
      const path = `"${module}" "${name}"`;
      return { module, name, item: fit(context, path, type, entity).item };
    }),
  };
  session.instantiate(instance, place);
  const value = new Map<string, CoreEntity>();
  for (const [name, type] of exports) {
    const item: CoreExport = {
      kind: "export",
      sort: type.kind,
      instance,
      name,
    };
    value.set(name, { item, type });
  }
  return { sort: "core instance", value };
}

function fit(
  { place }: Context,
  path: string,
  wanted: CoreExtern,
  found: CoreEntity | undefined,
): CoreEntity {
  const [want, have] = [describe(wanted), found && describe(found.type)];
  if (found !== undefined && want === have) return found;
  throw new InvalidComponent(
    `Cannot satisfy import ${path} of a core module, ${want}: found ${
      have ?? "nothing"
    }`,
    place,
  );
}

/** `func (i32) -> ()`, `memory` and so on. */
export function describe(type: CoreExtern): string {
  if (type.kind === "func") return `func ${formatSignature(type.signature)}`;
  if (type.kind === "memory" && type.is64) return "memory of 64 bits";
  if (type.kind === "memory" && type.isShared) return "shared memory";
  return type.kind;
}

/** Makes a core instance of what is there. */
export function resolveCoreBundle(
  context: Context,
  { exports }: DefinitionOf<"core bundle">,
): Entity {
  const { session, scope, place } = context;
  session.charge(exports.length, place);
  const value = new Map<string, CoreEntity>();
  for (const { name, sort, index } of exports) {
    if (!isCoreSort(sort)) {
      throw new InvalidComponent(
        `Cannot export from a core instance what is of sort ${sort}: "${name}"`,
        place,
      );
    }
    insistNew(context, value, name);
    value.set(name, scope.get(sort, index, place));
  }
  return { sort: "core instance", value };
}

function isCoreSort(sort: string): sort is `core ${CoreKind}` {
  return /^core (func|table|memory|global|tag)$/.test(sort);
}

function insistNew(
  { place }: Context,
  names: ReadonlyMap<string, unknown>,
  name: string,
): void {
  if (!names.has(name)) return;
  throw new InvalidComponent(`Cannot give a name twice: "${name}"`, place);
}

/** Finds an export of a core instance. */
export function resolveCoreAlias(
  { scope, place }: Context,
  { sort, instance, name }: DefinitionOf<"alias core export">,
): Entity {
  const entity = scope.get("core instance", instance, place).get(name);
  if (entity !== undefined && `core ${entity.type.kind}` === sort) {
    return { sort, value: entity };
  }
  throw new InvalidComponent(
    `Cannot find an alias of sort ${sort} in core instance ${instance}: "${name}"`,
    place,
  );
}
