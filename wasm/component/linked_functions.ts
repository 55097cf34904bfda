/**
 * The functions between a component, what it is made of, and the host: one each
 * for all instances, told at every call which of them it is.
 *
 * @module
 */

import { suspending } from "../fiber.ts";
import { bind, bindSuspending, type GuestSlot } from "./bind.ts";
import {
  type Caller,
  type CanonicalOptions,
  type CoreFunction,
  type HostFunction,
  liftExport,
  lowerImport,
  resourceDrop,
  resourceNew,
  resourceRep,
  type ToldFunction,
} from "./canonical/mod.ts";
import type { ComponentLinkage } from "./linkage.ts";
import type {
  ComponentFunction,
  ImportedFunction,
  LiftedFunction,
  LoweredFunction,
  ResourceFunction,
} from "./plan.ts";
import type { ResourceType } from "./value_type.ts";

/** An instance, as its functions see it. */
export interface LinkedInstance extends Caller, GuestSlot {
  /**
   * Does what calls another component, above the fiber that calls: that is
   * suspended for as long.
   *
   * @throws {CanonicalTrap} There is no room for more.
   */
  onFiber<Result>(work: () => Result | Promise<Result>): Promise<Result>;
}

/** A function that core modules can import. */
export interface Told {
  /** The function. */
  readonly call: ToldFunction;
  /** Whether it may return a promise. */
  readonly isSuspending: boolean;
  /** What a module is given that says who it is. */
  readonly value: WebAssembly.ImportValue;
}

/** A function that is told which instance calls, or is called. */
type Linked = (
  self: LinkedInstance,
  // deno-lint-ignore no-explicit-any -- as many values as the type of the function says
  ...values: any[]
) => unknown;

/** Functions of a component, made when they are first asked for. */
export class LinkedFunctions {
  readonly #linkage: ComponentLinkage;
  readonly #told = new Map<LoweredFunction | ResourceFunction, Told>();
  readonly #functions = new Map<ComponentFunction, HostFunction>();

  /** Those of what `linkage` links. */
  constructor(linkage: ComponentLinkage) {
    this.#linkage = linkage;
  }

  /** What a core module imports of the host. */
  told(item: LoweredFunction | ResourceFunction): Told {
    let told = this.#told.get(item);
    if (told === undefined) {
      told = item.kind === "lower" ? this.#lower(item) : this.#resource(item);
      this.#told.set(item, told);
    }
    return told;
  }

  /** A function of a component, for the host to call. It may return a promise. */
  function(callee: ComponentFunction): HostFunction {
    let made = this.#functions.get(callee);
    if (made === undefined) {
      made = callee.kind === "lift" ? this.#lift(callee) : this.#given(callee);
      this.#functions.set(callee, made);
    }
    return made;
  }

  #lower(item: LoweredFunction): Told {
    const { function: callee } = item;
    const options = this.#optionsOf(item);
    if (callee.kind === "lift") {
      const host = linked((self, ...values) =>
        self.onFiber(() => this.function(callee)(self, ...values))
      );
      return waiting(lowerImport(callee.type, options, host));
    }
    const { isSuspending, sharesBytes } = this.#linkage.hostFunction(callee);
    const host = this.#given(callee);
    const call = lowerImport(callee.type, options, host, sharesBytes);
    return isSuspending ? waiting(call) : atOnce(call);
  }

  #lift(item: LiftedFunction): HostFunction {
    const core = this.#linkage.numbering.entries.of(item.core);
    return liftExport(item.type, this.#optionsOf(item), core);
  }

  // What the component imports, whether it calls that or exports it as it is.
  #given(callee: ImportedFunction): HostFunction {
    const { call, isSuspending } = this.#linkage.hostFunction(callee);
    const arity = callee.type.params.length;
    return linked((isSuspending ? bindSuspending : bind)(call, arity));
  }

  #optionsOf(
    { options, componentInstance }: LoweredFunction | LiftedFunction,
  ): CanonicalOptions {
    const { numbering } = this.#linkage;
    const { functions, states } = numbering;
    const { realloc, postReturn } = options;
    return {
      componentInstance: states.of(componentInstance),
      context: numbering.contextOf(options, componentInstance),
      realloc: realloc && functions.of(realloc),
      postReturn: postReturn && functions.of(postReturn),
    };
  }

  #resource(item: ResourceFunction): Told {
    const { kind, resource, componentInstance } = item;
    if (kind === "resource.drop") return this.#drop(item);
    const implementer = {
      componentInstance: this.#linkage.numbering.states.of(componentInstance),
      implemented: this.#linkage.implementedBy(componentInstance),
    };
    const make = kind === "resource.new" ? resourceNew : resourceRep;
    return atOnce(make(resource, implementer));
  }

  #drop({ resource, componentInstance }: ResourceFunction): Told {
    const { defined, numbering } = this.#linkage;
    const state = numbering.states.of(componentInstance);
    const definition = defined.get(resource);
    if (definition === undefined) {
      return atOnce(resourceDrop(resource, state, this.#hostDrop(resource)));
    }
    const { destructor } = definition;
    if (destructor === undefined) return atOnce(resourceDrop(resource, state));
    const core = numbering.entries.of(destructor);
    const entered = definition.componentInstance === componentInstance
      ? undefined
      : numbering.states.of(definition.componentInstance);
    const destroy = linked((self, rep: number) =>
      self.onFiber(() => callDestructor(self.coreAt(core), rep, entered, self))
    );
    return waiting(resourceDrop(resource, state, destroy));
  }

  #hostDrop(resource: ResourceType): HostFunction | undefined {
    const drop = this.#linkage.hostResource(resource)?.drop;
    return drop && linked((self, rep) => void drop(self.guest, rep));
  }
}

// Who drops its own runs already; another is entered.
async function callDestructor(
  call: CoreFunction,
  rep: number,
  entered: number | undefined,
  self: LinkedInstance,
): Promise<void> {
  if (entered === undefined) return void await call(rep);
  const state = self.stateAt(entered);
  state.enter();
  await call(rep);
  state.mayEnter = true;
}

// Whoever calls a function of a component is an instance of it.
function linked(call: Linked): HostFunction {
  return call as HostFunction;
}

function waiting(call: ToldFunction): Told {
  return { call, isSuspending: true, value: suspending(call) };
}

function atOnce(call: ToldFunction): Told {
  return { call, isSuspending: false, value: call as WebAssembly.ImportValue };
}
