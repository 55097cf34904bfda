/**
 * Whether all that a component imports is there, before an instance is made.
 *
 * @module
 */

import { clip, formatFunction } from "./format_type.ts";
import type { HostInterface } from "./host.ts";
import type { InterfaceTypes } from "./interface_types.ts";
import type { ComponentImport, InterfaceImport } from "./plan.ts";
import type { HostRegistry, ResourceHome } from "./registry.ts";
import { isSameFunction } from "./same_type.ts";
import type { FunctionType, ResourceType } from "./value_type.ts";

/** Functions of a world are those of an interface of this name. */
export const ROOT = "$root";

/** A component imports what is not given, or what has another type. */
export class ImportRefused extends Error {
  /** Names the import, and both types. */
  constructor(message: string) {
    super(message);
    this.name = "ImportRefused";
  }
}

/**
 * Checks that the host gives `imports`, by the types that they have.
 *
 * @returns Where each resource that is imported is defined.
 * @throws {ImportRefused} It does not.
 */
export function checkImports(
  imports: readonly ComponentImport[],
  registry: HostRegistry,
): ReadonlyMap<ResourceType, ResourceHome> {
  const check = new ImportCheck(registry);
  // Resources first: functions of any interface may hold them.
  for (const each of imports) check.addResources(each);
  for (const each of imports) check.addFunctions(each);
  return check.homes;
}

class ImportCheck {
  /** Where the resources are defined. */
  readonly homes = new Map<ResourceType, ResourceHome>();
  readonly #registry: HostRegistry;
  // What the host has for a resource of the component.
  readonly #resources = new Map<ResourceType, ResourceType>();

  constructor(registry: HostRegistry) {
    this.#registry = registry;
  }

  addResources(imported: ComponentImport): void {
    if (imported.kind === "interface") {
      const { name, resources } = imported;
      for (const [each, resource] of resources) {
        this.#addResource(name, each, resource);
      }
    } else if (
      imported.kind === "resource" && !this.#resources.has(imported.resource)
    ) this.#addResource(ROOT, imported.name, imported.resource);
  }

  #addResource(from: string, name: string, resource: ResourceType): void {
    const given = this.#find(from, name).types.resources.get(name);
    const known = this.#resources.get(resource);
    if (given === undefined) {
      throw new ImportRefused(
        `Cannot import a resource that is not there: ${from}#${name}`,
      );
    }
    if (known !== undefined && known !== given) {
      throw new ImportRefused(
        `Cannot import two resources as one: ${from}#${name} as ${known.name}`,
      );
    }
    this.#resources.set(resource, given);
    this.homes.set(resource, this.#registry.homeOf(given));
  }

  addFunctions(imported: ComponentImport): void {
    if (imported.kind === "interface") this.#addInterface(imported);
    else if (imported.kind === "function") {
      this.#addFunction(ROOT, imported.name, imported.type);
    }
  }

  // One without functions and resources has only names for types.
  #addInterface({ name, functions }: InterfaceImport): void {
    for (const [each, type] of functions) this.#addFunction(name, each, type);
  }

  #addFunction(from: string, name: string, type: FunctionType): void {
    const { types, declared } = this.#find(from, name);
    const given = types.functions.get(name);
    if (given === undefined) {
      throw new ImportRefused(
        `Cannot import a function that is not there: ${from}#${name} (there is ${declared.name})`,
      );
    }
    const isSame = isSameFunction(
      type,
      given,
      (one, other) => this.#resources.get(one) === other,
    );
    if (isSame) return;
    throw new ImportRefused(
      `Cannot import a function of type ${shown(given)} as one of type ${
        shown(type)
      }: ${from}#${name}`,
    );
  }

  #find(
    from: string,
    name: string,
  ): { readonly declared: HostInterface; readonly types: InterfaceTypes } {
    const declared = this.#registry.find(from);
    if (declared !== undefined) {
      return { declared, types: this.#registry.typesOf(declared) };
    }
    throw new ImportRefused(
      from === ROOT
        ? `Cannot import what is not there: ${name}`
        : `Cannot import an interface that is not there: ${from}#${name}`,
    );
  }
}

function shown(type: FunctionType): string {
  return clip(formatFunction(type));
}
