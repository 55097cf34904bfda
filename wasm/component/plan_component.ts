/**
 * Makes a plan of a component.
 *
 * @module
 */

import { decodeComponent } from "./decode.ts";
import { InvalidComponent, NeedsPreview3, type Place } from "./errors.ts";
import { skipShims } from "./shim.ts";
import type {
  ComponentExport,
  ComponentFunction,
  ComponentImport,
  ComponentPlan,
} from "./plan.ts";
import { resolveComponent } from "./resolve.ts";
import type { Entity, Instance } from "./scope.ts";
import { Session } from "./session.ts";
import type { FunctionType, ResourceType, ValueType } from "./value_type.ts";

// What is imported and exported is told apart by name, not by place.
const WHOLE: Place = { section: "header", offset: 0 };

/**
 * What a linker does to run the component `bytes`.
 *
 * The components in it are part of the same plan. Trampolines that only break
 * a cycle between a module and the functions it imports are left out where the
 * host gives those functions.
 *
 * @param bytes Not copied: the modules of the plan are views of it.
 * @throws {InvalidComponent} It is malformed, or does not fit together, or
 * holds what is not known, or is larger than the bounds of `limits.ts`.
 * @throws {NeedsPreview3} It needs streams, futures, threads, or async lifting.
 */
export function planComponent(bytes: Uint8Array): ComponentPlan {
  const { component, preview3 } = decodeComponent(bytes);
  if (preview3.length > 0) throw new NeedsPreview3(preview3);
  const session = new Session(false);
  const { imports, exports } = resolveComponent(session, component);
  return skipShims({
    imports: [...imports].flatMap(importOf),
    modules: session.modules,
    steps: session.steps,
    resources: [...session.resources.values()],
    exports: [...exports].flatMap(exportOf),
    componentInstances: session.componentInstances,
  });
}

/** What a component imports and exports, of which only the types are known. */
export interface ComponentTypes {
  /** In the order of the component. */
  readonly imports: readonly ComponentImport[];
  /** In the order of the component; functions are not to be called. */
  readonly exports: readonly ComponentExport[];
}

/**
 * What the component `bytes` imports and exports, whether or not there is a
 * plan for it.
 *
 * @throws {InvalidComponent} As {@linkcode planComponent}, but for what only
 * concerns core modules and preview 3.
 * @throws {NeedsPreview3} It is of a draft of preview 3 that cannot be read.
 */
export function readComponentTypes(bytes: Uint8Array): ComponentTypes {
  const { component } = decodeComponent(bytes);
  const { imports, exports } = resolveComponent(new Session(true), component);
  return {
    imports: [...imports].flatMap(importOf),
    exports: [...exports].flatMap(exportOf),
  };
}

function importOf([name, entity]: [string, Entity]): ComponentImport[] {
  switch (entity.sort) {
    case "func":
      return [{ kind: "function", name, type: entity.value.type }];
    case "instance": {
      const { functions, ...rest } = membersOf(entity.value);
      const types = [...functions].map(([name, { type }]): [
        string,
        FunctionType,
      ] => [name, type]);
      return [{ kind: "interface", name, functions: new Map(types), ...rest }];
    }
    default:
      return typeOf(name, entity);
  }
}

function exportOf([name, entity]: [string, Entity]): ComponentExport[] {
  switch (entity.sort) {
    case "func":
      return [{ kind: "function", name, function: entity.value }];
    case "instance":
      return [{ kind: "interface", name, ...membersOf(entity.value) }];
    case "type":
      return typeOf(name, entity);
    default:
      throw new InvalidComponent(
        `Cannot export from a component what is of sort ${entity.sort}: "${name}"`,
        WHOLE,
      );
  }
}

// A name for the type of a function or an instance says nothing to a linker.
function typeOf(
  name: string,
  { sort, value }: Entity,
): (ComponentImport & ComponentExport)[] {
  if (sort !== "type") return [];
  if (value.kind === "value") return [{ kind: "type", name, type: value.type }];
  if (value.kind !== "resource") return [];
  return [{ kind: "resource", name, resource: value.resource }];
}

/** What an instance consists of. */
interface Members {
  readonly functions: ReadonlyMap<string, ComponentFunction>;
  readonly resources: ReadonlyMap<string, ResourceType>;
  readonly types: ReadonlyMap<string, ValueType>;
}

function membersOf(instance: Instance): Members {
  const functions = new Map<string, ComponentFunction>();
  const resources = new Map<string, ResourceType>();
  const types = new Map<string, ValueType>();
  for (const [name, { sort, value }] of instance) {
    if (sort === "func") functions.set(name, value);
    else if (sort !== "type") throw nestedExport(name, sort);
    else if (value.kind === "resource") resources.set(name, value.resource);
    else if (value.kind === "value") types.set(name, value.type);
  }
  return { functions, resources, types };
}

function nestedExport(name: string, sort: string): InvalidComponent {
  return new InvalidComponent(
    `Cannot export from an interface what is of sort ${sort}: "${name}"`,
    WHOLE,
  );
}
