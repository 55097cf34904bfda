/**
 * Functions of a guest that is alone: nobody has to be told whose they are.
 *
 * @module
 */

import type { FunctionType, ResourceType } from "../../value_type.ts";
import type { Caller } from "../caller.ts";
import { Context, type StringEncoding } from "../context.ts";
import type { ComponentInstanceState } from "../instance.ts";
import { liftExport as lift } from "../lift_export.ts";
import { lowerImport as lower } from "../lower_import.ts";
import * as resources from "../resources.ts";
import type { CoreFunction, ToldFunction } from "../signature.ts";

/** The one guest, and how its functions are lifted and lowered. */
export interface AloneOptions {
  memory(): WebAssembly.Memory;
  readonly realloc?:
    | ((...sizes: [number, number, number, number]) => number)
    | undefined;
  readonly postReturn?: (result: unknown) => unknown;
  readonly encoding: StringEncoding;
  readonly instance: ComponentInstanceState;
}

// deno-lint-ignore no-explicit-any -- as many values as the type of the function says
type Host = (...values: any[]) => unknown;

const contexts = new WeakMap<AloneOptions, Context>();
const NOT_LIFTED = () => {};

/** See {@linkcode lower}. */
export function lowerImport(
  type: FunctionType,
  options: AloneOptions,
  host: Host,
  sharesBytes = false,
): CoreFunction {
  const told = lower(
    type,
    numbersOf(options),
    (_self, ...values) => host(...values),
    sharesBytes,
  );
  return by(callerOf(options, NOT_LIFTED), told);
}

/** See {@linkcode lift}. */
export function liftExport(
  type: FunctionType,
  options: AloneOptions,
  core: CoreFunction,
): Host {
  const told = lift(type, numbersOf(options), 0);
  return by(callerOf(options, core), told);
}

/** See {@linkcode resources.resourceNew}. */
export function resourceNew(
  type: ResourceType,
  state: ComponentInstanceState,
): Host {
  const { implemented } = state;
  const told = resources.resourceNew(type, { componentInstance: 0, implemented });
  return by(callerIn(state), told);
}

/** See {@linkcode resources.resourceRep}. */
export function resourceRep(
  type: ResourceType,
  state: ComponentInstanceState,
): Host {
  const { implemented } = state;
  const told = resources.resourceRep(type, { componentInstance: 0, implemented });
  return by(callerIn(state), told);
}

/** See {@linkcode resources.resourceDrop}. */
export function resourceDrop(
  type: ResourceType,
  state: ComponentInstanceState,
  destructor?: Host,
): Host {
  const told = destructor && ((_self: Caller, rep: unknown) => destructor(rep));
  return by(callerIn(state), resources.resourceDrop(type, 0, told));
}

function by(caller: Caller, told: ToldFunction): Host {
  return (...values) => told(caller, ...values);
}

function numbersOf({ realloc, postReturn }: AloneOptions) {
  return {
    componentInstance: 0,
    context: 0,
    realloc: realloc && 0,
    postReturn: postReturn && 0,
  };
}

function callerIn(state: ComponentInstanceState): Caller {
  return { stateAt: () => state } as Partial<Caller> as Caller;
}

function callerOf(options: AloneOptions, core: CoreFunction): Caller {
  const { instance, encoding } = options;
  const caller: Caller = {
    stateAt: () => instance,
    contextAt: () => contexts.get(options)!,
    memoryAt: () => options.memory(),
    allocate: (_realloc, ...sizes) => options.realloc!(...sizes),
    cleanUp: (_postReturn, result) => options.postReturn!(result),
    coreAt: () => core,
  };
  if (!contexts.has(options)) {
    const parts = { caller, index: 0, encoding, state: instance };
    contexts.set(options, new Context(parts));
  }
  return caller;
}
