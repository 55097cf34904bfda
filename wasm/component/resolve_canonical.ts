/**
 * Resolves the functions between core and component: lifted, lowered, and
 * those on handles.
 *
 * @module
 */

import type { CoreExtern } from "./core_module.ts";
import { InvalidComponent } from "./errors.ts";
import { clip, formatFunction } from "./format_type.ts";
import { WRAPPING_MAX } from "./limits.ts";
import type {
  CanonicalOptions,
  ComponentFunction,
  CoreExport,
  CoreFunction,
  LiftedFunction,
} from "./plan.ts";
import type { DefinitionOf } from "./resolve_core.ts";
import {
  type Context,
  coreFunction,
  functionType,
  resolveResource,
} from "./lookup.ts";
import { functionParts } from "./resolve_type.ts";
import type { Entity } from "./scope.ts";
import { type Flattened, flattenFunction } from "./signature.ts";
import type { OptionsSyntax } from "./syntax.ts";
import type { FunctionType } from "./value_type.ts";

/** Makes a core function a function. */
export function resolveLift(
  context: Context,
  definition: DefinitionOf<"lift">,
): Entity {
  const type = functionType(context, definition.type);
  if (context.session.isTypesOnly) {
    const value = {
      kind: "import",
      name: "",
      member: undefined,
      type,
    } as const;
    return { sort: "func", value };
  }
  const { scope, place } = context;
  charge(context, type);
  const flattened = flattenFunction(type, "lift", place);
  const { signature } = flattened;
  // First, since a memory of 64 bits explains why core functions do not fit.
  const given = resolveOptions(context, definition.options, flattened);
  const entity = scope.get("core func", definition.core, place);
  const what = () => `an implementation of ${clip(formatFunction(type))}`;
  const core = coreFunction(entity, place, { what, ...signature });
  const options = {
    ...given,
    postReturn: postReturn(context, definition, flattened),
  };
  insistShallow(context, options, depthOf(context, core));
  const value: LiftedFunction = {
    kind: "lift",
    core,
    type,
    options,
    componentInstance: ownInstance(context),
  };
  return { sort: "func", value };
}

function charge(
  { session, place }: Context,
  type: FunctionType,
): void {
  session.charge(functionParts(session, type), place);
}

function postReturn(
  { scope, place }: Context,
  { options }: DefinitionOf<"lift">,
  { signature }: Flattened,
): CanonicalOptions["postReturn"] {
  if (options.postReturn === undefined) return undefined;
  const entity = scope.get("core func", options.postReturn, place);
  return coreFunction(entity, place, {
    what: () => "post-return",
    params: signature.results,
    results: [],
  });
}

/** Makes a function a core function. */
export function resolveLower(
  context: Context,
  { func, options: syntax }: DefinitionOf<"lower">,
): Entity {
  const { scope, place } = context;
  const callee = scope.get("func", func, place);
  if (syntax.postReturn !== undefined) {
    throw new InvalidComponent(
      "Cannot lower a function with post-return",
      place,
    );
  }
  charge(context, callee.type);
  const flattened = flattenFunction(callee.type, "lower", place);
  const { signature } = flattened;
  const options = resolveOptions(context, syntax, flattened);
  insistShallow(context, options, functionDepth(context, callee));
  const item = {
    kind: "lower",
    function: callee,
    options,
    signature,
    componentInstance: ownInstance(context),
  } as const;
  return {
    sort: "core func",
    value: { item, type: { kind: "func", signature } },
  };
}

function resolveOptions(
  context: Context,
  { encoding, memory, realloc }: OptionsSyntax,
  { needsMemory, needsRealloc }: Flattened,
): CanonicalOptions {
  if (needsMemory && memory === undefined) throw missing(context, "a memory");
  if (needsRealloc && realloc === undefined) throw missing(context, "realloc");
  return {
    encoding,
    memory: memory === undefined ? undefined : resolveMemory(context, memory),
    realloc: realloc === undefined
      ? undefined
      : resolveRealloc(context, realloc),
    postReturn: undefined,
  };
}

/** Notes how deep functions lie in each other, so that a linker can follow them. */
function insistShallow(
  context: Context,
  options: CanonicalOptions,
  inner: number,
): void {
  const { realloc, postReturn } = options;
  const outer = Math.max(
    depthOf(context, realloc),
    depthOf(context, postReturn),
  );
  const depth = 1 + Math.max(inner, outer);
  context.session.depths.set(options, depth);
  if (depth <= WRAPPING_MAX) return;
  throw new InvalidComponent(
    `Cannot lift and lower a function more than ${WRAPPING_MAX} times`,
    context.place,
  );
}

function depthOf(context: Context, item: CoreFunction | undefined): number {
  if (item?.kind !== "lower") return 0;
  return context.session.depths.get(item.options) ?? 0;
}

function functionDepth(
  { session }: Context,
  callee: ComponentFunction,
): number {
  if (callee.kind === "import") return 0;
  return session.depths.get(callee.options) ?? 0;
}

function missing({ place }: Context, what: string): InvalidComponent {
  return new InvalidComponent(
    `Cannot lift or lower a function that needs ${what} without one`,
    place,
  );
}

function resolveMemory({ scope, place }: Context, index: number): CoreExport {
  const { item, type } = scope.get("core memory", index, place);
  const found = kindOf(type);
  // Only functions are made by the host.
  if (item.kind === "export" && found === "memory") return item;
  throw new InvalidComponent(`Cannot lift or lower by way of ${found}`, place);
}

function kindOf(type: CoreExtern): string {
  if (type.kind !== "memory") return type.kind;
  if (type.limits.is64) return "memory of 64 bits";
  return type.limits.isShared ? "shared memory" : "memory";
}

function resolveRealloc({ scope, place }: Context, index: number) {
  return coreFunction(scope.get("core func", index, place), place, {
    what: () => "realloc",
    params: ["i32", "i32", "i32", "i32"],
    results: ["i32"],
  });
}

/** Makes a function on handles. */
export function resolveResourceFunction(
  context: Context,
  definition: DefinitionOf<"resource.new" | "resource.drop" | "resource.rep">,
): Entity {
  const { session, place } = context;
  const { kind } = definition;
  const resource = resolveResource(context, definition.resource);
  const componentInstance = ownInstance(context);
  const definer = session.resources.get(resource)?.componentInstance;
  if (kind !== "resource.drop" && definer !== componentInstance) {
    throw new InvalidComponent(
      `Cannot use ${kind} on a resource that another component defines: ${resource.name}`,
      place,
    );
  }
  const signature = {
    params: ["i32"],
    results: kind === "resource.drop" ? [] : ["i32"],
  };
  const item = { kind, resource, signature, componentInstance } as const;
  return {
    sort: "core func",
    value: { item, type: { kind: "func", signature } },
  };
}

function ownInstance({ scope, place }: Context): number {
  if (scope.componentInstance !== undefined) return scope.componentInstance;
  throw new InvalidComponent("Cannot define a function in a type", place);
}
