/**
 * Resolves a component: carries out its definitions in order, those of the
 * components in it wherever they are instantiated, with what the host gives
 * standing for itself.
 *
 * So all nested components end in one list of steps, and each resource that
 * one of them defines is a type of its own each time.
 *
 * @see Component Model, "Component Definitions" of the explainer.
 *
 * @module
 */

import { InvalidComponent, type Place } from "./errors.ts";
import { INSTANTIATION_DEPTH_MAX } from "./limits.ts";
import {
  resolveLift,
  resolveLower,
  resolveResourceFunction,
} from "./resolve_canonical.ts";
import {
  resolveCoreAlias,
  resolveCoreBundle,
  resolveCoreInstantiate,
} from "./resolve_core.ts";
import { aliasExport, nameEntity, resolveExtern } from "./resolve_extern.ts";
import type { Context } from "./lookup.ts";
import { resolveType } from "./resolve_type.ts";
import {
  type ComponentEntity,
  type Entity,
  type Instance,
  Scope,
} from "./scope.ts";
import type { Session } from "./session.ts";
import type { ComponentSyntax, Definition, NamedIndex } from "./syntax.ts";

/** A component whose imports are the host's. */
export interface Resolved {
  /** By name, in order. */
  readonly imports: Instance;
  /** By name, in order. */
  readonly exports: Instance;
}

/** What the definitions of one component instance share. */
interface Frame {
  readonly session: Session;
  readonly scope: Scope;
  readonly depth: number;
  /** What satisfies imports; undefined if the host does. */
  readonly args: Instance | undefined;
  readonly imports: Map<string, Entity>;
  readonly exports: Map<string, Entity>;
  /** Names of imports and of exports in lower case, which must differ. */
  readonly names: {
    readonly imports: Set<string>;
    readonly exports: Set<string>;
  };
}

/**
 * Resolves `component`.
 *
 * @throws {InvalidComponent} It does not fit together.
 */
export function resolveComponent(
  session: Session,
  component: ComponentSyntax,
): Resolved {
  return carryOut(
    session,
    { syntax: component, outside: undefined },
    undefined,
    0,
  );
}

function carryOut(
  session: Session,
  { syntax, outside }: ComponentEntity,
  args: Instance | undefined,
  depth: number,
): Resolved {
  const scope = new Scope(outside, session.addComponentInstance());
  const frame: Frame = {
    session,
    scope,
    depth,
    args,
    imports: new Map(),
    exports: new Map(),
    names: { imports: new Set(), exports: new Set() },
  };
  for (const definition of syntax.definitions) {
    session.charge(1, definition.place);
    const entity = resolveDefinition(frame, definition);
    if (entity !== undefined) scope.add(entity);
  }
  return frame;
}

function resolveDefinition(
  frame: Frame,
  definition: Definition,
): Entity | undefined {
  const { session, scope } = frame;
  const { place } = definition;
  const context: Context = { session, scope, place };
  switch (definition.kind) {
    case "component": {
      const value = { syntax: definition.component, outside: scope.snapshot() };
      return { sort: "component", value };
    }
    case "core module": {
      const value = session.module(definition.bytes, place);
      return { sort: "core module", value };
    }
    case "core type":
      return { sort: "core type", value: undefined };
    case "instantiate":
      return instantiate(frame, definition);
    case "bundle":
      return { sort: "instance", value: bundle(context, definition.exports) };
    case "alias export":
      return aliasExport(context, definition);
    case "alias outer":
      return scope.outer(definition, definition.count, place);
    case "type":
      return { sort: "type", value: resolveType(context, definition.type) };
    case "lift":
      return resolveLift(context, definition);
    case "import":
      return resolveImport(frame, definition);
    case "export":
      return resolveExport(frame, definition);
    case "declare export":
      throw new InvalidComponent("Cannot declare an export", place);
    default:
      return session.isTypesOnly ? undefined : resolveCore(context, definition);
  }
}

/** Resolves what has no part in the types of imports and exports. */
function resolveCore(
  context: Context,
  definition: Extract<
    Definition,
    {
      kind:
        | "core instantiate"
        | "core bundle"
        | "alias core export"
        | "lower"
        | "resource.new"
        | "resource.drop"
        | "resource.rep"
        | "preview3 function"
        | "start";
    }
  >,
): Entity | undefined {
  switch (definition.kind) {
    case "core instantiate":
      return resolveCoreInstantiate(context, definition);
    case "core bundle":
      return resolveCoreBundle(context, definition);
    case "alias core export":
      return resolveCoreAlias(context, definition);
    case "lower":
      return resolveLower(context, definition);
    case "start":
      return resolveStart(context, definition.func);
    case "preview3 function":
      throw new InvalidComponent(
        `Cannot resolve a function of preview 3: ${definition.feature}`,
        context.place,
      );
    default:
      return resolveResourceFunction(context, definition);
  }
}

function resolveStart({ session, scope, place }: Context, func: number) {
  const callee = scope.get("func", func, place);
  const { params, result } = callee.type;
  if (params.length > 0 || result !== undefined) {
    throw new InvalidComponent(
      "Cannot start a component with a function that takes or gives values",
      place,
    );
  }
  session.steps.push({ kind: "start", function: callee });
  return undefined;
}

function instantiate(
  { session, scope, depth }: Frame,
  definition: Extract<Definition, { kind: "instantiate" }>,
): Entity {
  const { place } = definition;
  if (depth >= INSTANTIATION_DEPTH_MAX) {
    throw new InvalidComponent(
      `Cannot instantiate components deeper than ${INSTANTIATION_DEPTH_MAX}`,
      place,
    );
  }
  const component = scope.get("component", definition.component, place);
  const args = bundle({ session, scope, place }, definition.args);
  const { exports } = carryOut(session, component, args, depth + 1);
  return { sort: "instance", value: exports };
}

function bundle(
  { session, scope, place }: Context,
  items: readonly NamedIndex[],
): Instance {
  session.charge(items.length, place);
  const instance = new Map<string, Entity>();
  const names = new Set<string>();
  for (const item of items) {
    insistNew(names, item.name, place);
    instance.set(item.name, scope.entity(item, place));
  }
  return instance;
}

function insistNew(names: Set<string>, name: string, place: Place): void {
  const key = name.toLowerCase();
  if (names.has(key)) {
    throw new InvalidComponent(`Cannot give a name twice: "${name}"`, place);
  }
  names.add(key);
}

function resolveImport(
  { session, scope, args, imports, names }: Frame,
  { name, type, place }: Extract<Definition, { kind: "import" }>,
): Entity {
  insistNew(names.imports, name, place);
  const context: Context = { session, scope, place };
  const entity = resolveExtern(
    context,
    type,
    args === undefined ? { kind: "host", name, member: undefined } : {
      kind: "given",
      path: `import "${name}"`,
      entity: given(args, name, place),
    },
  );
  imports.set(name, entity);
  return entity;
}

function given(args: Instance, name: string, place: Place): Entity {
  const entity = args.get(name);
  if (entity !== undefined) return entity;
  throw new InvalidComponent(
    `Cannot satisfy import "${name}" of a nested component: it is missing`,
    place,
  );
}

function resolveExport(
  { session, scope, exports, names }: Frame,
  { name, item, type, place }: Extract<Definition, { kind: "export" }>,
): Entity {
  insistNew(names.exports, name, place);
  const found = scope.entity(item, place);
  nameEntity(found, name);
  const context: Context = { session, scope, place };
  const entity = type === undefined ? found : resolveExtern(context, type, {
    kind: "given",
    path: `export "${name}"`,
    entity: found,
  });
  exports.set(name, entity);
  return entity;
}
