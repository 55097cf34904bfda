/**
 * Resolves core instances.
 *
 * @module
 */

import { formatExtern, isFit } from "./core_fit.ts";
import type { CoreImport } from "./core_module.ts";
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
    imports: imports.map((wanted): PlannedImport => {
      const found = given.get(wanted.module)?.get(wanted.name);
      return fit(context, module, wanted, found);
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
  importer: number,
  { module, name, type }: CoreImport,
  found: CoreEntity | undefined,
): PlannedImport {
  if (found !== undefined && isFit(type, found.type)) {
    return { module, name, item: found.item };
  }
  throw new InvalidComponent(
    `Cannot satisfy import "${module}" "${name}" of core module ${importer}, ${
      formatExtern(type)
    }: found ${found === undefined ? "nothing" : formatExtern(found.type)}`,
    place,
  );
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
