/**
 * Instances of components: a group of core instances, linked to each other and
 * to the host.
 *
 * @module
 */

import type { Ceilings } from "../ceilings.ts";
import {
  hasFirstSize,
  type MemoryImage,
  restoreMemory,
  restoreTables,
  saveTables,
  type TableImage,
} from "../core/image.ts";
import { FIBER_COST } from "../core/instance_pool.ts";
import { newMemory } from "../core/memory.ts";
import type { CoreModule } from "../core/module.ts";
import type { ProcessInstance } from "../core/process_pool.ts";
import type { Guest } from "../core/slot.ts";
import { promising, suspending } from "../fiber.ts";
import {
  EPOCH_FIELD,
  OVERRUN_FIELD,
  RESERVED_MODULE,
  RESET_EXPORT,
} from "../instrument/reserved.ts";
import { GuestStopped } from "../script/guest_error.ts";
import { bind, bindSuspending, type GuestSlot } from "./bind.ts";
import {
  type CanonicalOptions,
  CanonicalTrap,
  ComponentInstanceState,
  type CoreFunction,
  type HostFunction,
  liftExport,
  lowerImport,
  type Realloc,
  resourceDrop,
  resourceNew,
  resourceRep,
} from "./canonical/mod.ts";
import { ComponentGuest } from "./guest.ts";
import { NESTED_FIBERS_MAX } from "./limits.ts";
import type { ComponentLinkage, LinkAction } from "./linkage.ts";
import { overrunImport, SUSPENDS } from "./overrun.ts";
import type {
  CanonicalOptions as PlannedOptions,
  ComponentFunction,
  CoreExport,
  CoreFunction as PlannedFunction,
  CoreInstantiation,
  CoreItem,
  DefinedResource,
  LiftedFunction,
  LoweredFunction,
  ResourceFunction,
} from "./plan.ts";

/** What every instance of a component is made from. */
export interface ComponentParts {
  /** What it is linked by. */
  readonly linkage: ComponentLinkage;
  /** The memory of the ticker. */
  readonly epoch: WebAssembly.Memory;
  /** What all guests together may take. */
  readonly ceilings: Ceilings;
}

/** A function that core modules can import, and the host call. */
interface Import {
  readonly call: CoreFunction;
  readonly isSuspending: boolean;
}

/** An instance of a component, and who has it. */
export class ComponentInstance implements ProcessInstance, GuestSlot {
  /** None: whatever runs first is part of the first call. */
  readonly startExport = undefined;
  /** The memories of its modules. */
  readonly memories: WebAssembly.Memory[] = [];
  readonly #parts: ComponentParts;
  // By index of the component instance; made when a function of it is.
  readonly #states = new Map<number, ComponentInstanceState>();
  readonly #exports = new Map<CoreInstantiation, WebAssembly.Exports>();
  readonly #tables: TableImage[] = [];
  readonly #options = new Map<string, CanonicalOptions>();
  readonly #imports = new Map<PlannedFunction, Import>();
  readonly #values = new Map<PlannedFunction, WebAssembly.ImportValue>();
  readonly #functions = new Map<ComponentFunction, HostFunction>();
  readonly #overrun: WebAssembly.ImportValue;
  #guest: ComponentGuest | undefined;
  #hasBegun = false;
  // Calls of the guest by the host that are under way, above which it cannot be suspended.
  #belowCount = 0;
  #nestedFibers = 0;

  /**
   * An instance in which no code has run.
   *
   * @throws {RangeError} There is no room for a memory.
   * @throws {WebAssembly.LinkError} Modules do not fit together.
   * @throws {WebAssembly.RuntimeError} Their segments do not fit.
   */
  constructor(parts: ComponentParts) {
    this.#parts = parts;
    this.#overrun = overrunImport(
      () => this.#belowCount === 0 ? SUSPENDS : this.#process.overrunBelow(),
      () => this.#process.overrun(),
    );
    for (const action of parts.linkage.first) {
      if (action.kind === "instantiate") this.#instantiate(action.step);
    }
    this.#saveTables();
  }

  /** See {@linkcode GuestSlot.guest}. */
  get guest(): ComponentGuest {
    const guest = this.#guest;
    if (guest === undefined || guest.process.isStopped) {
      throw new GuestStopped();
    }
    return guest;
  }

  get #process(): Guest {
    if (this.#guest !== undefined) return this.#guest.process;
    throw new TypeError("Cannot call the host without a process");
  }

  /** Gives it to a process. */
  begin(guest: Guest): void {
    this.#guest = new ComponentGuest(guest);
    this.#belowCount = 0;
  }

  /** Takes it from its process, and closes what that holds. No call may be under way. */
  end(): void {
    const guest = this.#guest!;
    for (const state of this.#states.values()) this.#dropAll(guest, state);
    guest.close();
    this.#guest = undefined;
  }

  // What one resource does when it is dropped does not keep the others.
  #dropAll(guest: ComponentGuest, state: ComponentInstanceState): void {
    for (const { type, rep } of state.reset().toReversed()) {
      try {
        this.#parts.linkage.hostResource(type)?.drop?.(guest, rep);
      } catch (error) {
        // What a guest may not do, such as dropping a stream before its
        // pollables, it has not done: the order of its handles is ours.
        if (error instanceof CanonicalTrap) continue;
        guest.log(0, `Cannot drop a ${type.name} at the end: ${error}`);
      }
    }
  }

  /**
   * Puts it back to its first state. No process may have it.
   *
   * @param images Of its memories; undefined when they are quicker to make anew.
   * @returns False when that cannot be done, or is no quicker than a new one.
   */
  restore(images: readonly MemoryImage[] | undefined): boolean {
    const { linkage } = this.#parts;
    if (images === undefined || !linkage.isRestorable) return false;
    const firsts = linkage.ownMemories;
    const areFirst = this.memories.every((memory, nth) =>
      hasFirstSize(memory, firsts[nth]!)
    );
    if (!areFirst) return false;
    this.memories.forEach((memory, nth) => restoreMemory(memory, images[nth]!));
    for (const exports of this.#exports.values()) {
      (exports[RESET_EXPORT] as () => void)();
    }
    for (const image of this.#tables) restoreTables(image);
    this.#hasBegun = false;
    return true;
  }

  /** See {@linkcode ProcessInstance.wake}. Never saved. */
  wake(): void {
    throw new TypeError("Cannot go on with a component that was saved");
  }

  /** See {@linkcode ComponentLinkage.entryOf}: one that takes nothing. */
  has(entry: string): boolean {
    const callee = this.#parts.linkage.entryOf(entry);
    return callee?.type.params.length === 0;
  }

  /**
   * Calls an exported function, on a fiber of its own.
   *
   * The first call runs whatever the component does when it starts. Calls of
   * one component instance come one after the other.
   *
   * @param entry See {@linkcode ComponentLinkage.entryOf}.
   * @param values Arguments, as in the table of `canonical/mod.ts`.
   * @returns The result. Rejects with a `ComponentError` when that is an error;
   * with a `TypeMismatch` when an argument has another type than it must have;
   * and with whatever else ends the guest.
   */
  async call(entry: string, ...values: unknown[]): Promise<unknown> {
    const callee = this.#parts.linkage.entryOf(entry);
    if (callee === undefined) {
      throw new TypeError(`Cannot find an exported function: ${entry}`);
    }
    if (!this.#hasBegun) await this.#start();
    return await this.#function(callee)(...values);
  }

  async #start(): Promise<void> {
    this.#hasBegun = true;
    for (const action of this.#parts.linkage.later) {
      await this.#act(action);
      // It may have been stopped meanwhile.
      void this.guest;
    }
  }

  async #act(action: LinkAction): Promise<void> {
    switch (action.kind) {
      case "instantiate":
        return this.#instantiate(action.step);
      case "run": {
        const { startExport } = this.#parts.linkage.moduleOf(action.step);
        const exports = this.#exports.get(action.step)!;
        await promising(exports[startExport!] as () => void)();
        return;
      }
      case "start":
        await this.#function(action.function)();
        return;
    }
  }

  #instantiate(step: CoreInstantiation): void {
    const { linkage } = this.#parts;
    const module = linkage.moduleOf(step);
    const imports: Record<string, WebAssembly.ModuleImports> = {
      [RESERVED_MODULE]: this.#reserved(module),
    };
    for (const { module, name, item } of step.imports) {
      (imports[module] ??= {})[name] = this.#item(item);
    }
    const { exports } = new WebAssembly.Instance(module.module, imports);
    this.#exports.set(step, exports);
  }

  #reserved(module: CoreModule): WebAssembly.ModuleImports {
    const reserved: WebAssembly.ModuleImports = {
      [EPOCH_FIELD]: this.#parts.epoch,
      [OVERRUN_FIELD]: this.#overrun,
    };
    const own = module.memories.find(({ isOwn }) => isOwn);
    if (own !== undefined) {
      const { growsMemories } = this.#parts.linkage;
      const memory = newMemory({ ...module, growsMemories })!;
      this.memories.push(memory);
      reserved[own.field] = memory;
    }
    return reserved;
  }

  // Others can write the tables that a module exports, also when it does not itself.
  #saveTables(): void {
    const { linkage } = this.#parts;
    const { isRestorable, writesTables } = linkage;
    if (!isRestorable) return;
    for (const [step, exports] of this.#exports) {
      const module = linkage.moduleOf(step);
      this.#tables.push(saveTables(exports, { ...module, writesTables }));
    }
  }

  #item(item: CoreItem): WebAssembly.ImportValue {
    return item.kind === "export" ? this.#export(item) : this.#value(item);
  }

  #export({ instance, name }: CoreExport): WebAssembly.ExportValue {
    const exported = this.#exports.get(instance)?.[name];
    if (exported !== undefined) return exported;
    throw new CanonicalTrap(
      `Cannot use an export of a module that is not there yet: ${name}`,
    );
  }

  #value(item: LoweredFunction | ResourceFunction): WebAssembly.ImportValue {
    let value = this.#values.get(item);
    if (value === undefined) {
      const { call, isSuspending } = this.#import(item);
      this.#values.set(item, value = isSuspending ? suspending(call) : call);
    }
    return value;
  }

  #import(item: LoweredFunction | ResourceFunction): Import {
    let made = this.#imports.get(item);
    if (made === undefined) {
      made = item.kind === "lower" ? this.#lower(item) : this.#resource(item);
      this.#imports.set(item, made);
    }
    return made;
  }

  #lower(
    { function: callee, options, componentInstance }: LoweredFunction,
  ): Import {
    const { type } = callee;
    const canonical = this.#optionsOf(options, componentInstance);
    if (callee.kind === "lift") {
      const host = (...values: unknown[]) =>
        this.#onFiber(() => this.#function(callee)(...values));
      return { call: lowerImport(type, canonical, host), isSuspending: true };
    }
    const linked = this.#parts.linkage.hostFunction(callee);
    const { call, isSuspending, sharesBytes } = linked;
    const host = (isSuspending ? bindSuspending : bind)(
      this,
      call,
      type.params.length,
    );
    return {
      call: lowerImport(type, canonical, host, sharesBytes),
      isSuspending,
    };
  }

  // Above the fiber that calls: that is suspended for as long.
  async #onFiber<Result>(
    work: () => Result | Promise<Result>,
  ): Promise<Result> {
    const { ceilings } = this.#parts;
    const isThere = this.#nestedFibers < NESTED_FIBERS_MAX &&
      ceilings.tryExtend(FIBER_COST);
    if (!isThere) {
      throw new CanonicalTrap("Cannot have more calls between components");
    }
    this.#nestedFibers++;
    try {
      return await work();
    } finally {
      this.#nestedFibers--;
      ceilings.releaseFiber();
    }
  }

  #resource({ kind, resource, componentInstance }: ResourceFunction): Import {
    const state = this.#stateOf(componentInstance);
    if (kind === "resource.new") {
      return { call: resourceNew(resource, state), isSuspending: false };
    }
    if (kind === "resource.rep") {
      return { call: resourceRep(resource, state), isSuspending: false };
    }
    const { linkage } = this.#parts;
    const defined = linkage.defined.get(resource);
    if (defined === undefined) {
      const drop = linkage.hostResource(resource)?.drop;
      const call = resourceDrop(
        resource,
        state,
        drop && ((rep) => void drop(this.guest, rep)),
      );
      return { call, isSuspending: false };
    }
    if (defined.destructor === undefined) {
      return { call: resourceDrop(resource, state), isSuspending: false };
    }
    const destroy = (rep: number) =>
      this.#onFiber(() => this.#destroy(defined, rep, componentInstance));
    const call = resourceDrop(resource, state, destroy);
    return { call, isSuspending: true };
  }

  // Who drops its own runs already; another is entered.
  async #destroy(
    { destructor, componentInstance }: DefinedResource,
    rep: number,
    from: number,
  ): Promise<void> {
    const call = this.#promising(destructor!);
    if (componentInstance === from) return await call(rep);
    const state = this.#stateOf(componentInstance);
    state.enter();
    await call(rep);
    state.mayEnter = true;
  }

  #stateOf(componentInstance: number): ComponentInstanceState {
    let state = this.#states.get(componentInstance);
    if (state === undefined) {
      const { linkage } = this.#parts;
      state = new ComponentInstanceState(
        linkage.implementedBy(componentInstance),
      );
      this.#states.set(componentInstance, state);
    }
    return state;
  }

  #function(callee: ComponentFunction): HostFunction {
    let made = this.#functions.get(callee);
    if (made === undefined) {
      made = callee.kind === "lift" ? this.#lift(callee) : this.#given(callee);
      this.#functions.set(callee, made);
    }
    return made;
  }

  #lift(
    { type, options, core, componentInstance }: LiftedFunction,
  ): HostFunction {
    const canonical = this.#optionsOf(options, componentInstance);
    return liftExport(type, canonical, this.#promising(core));
  }

  // What the component imports, and exports as it is.
  #given(callee: Extract<ComponentFunction, { kind: "import" }>): HostFunction {
    const { call, isSuspending } = this.#parts.linkage.hostFunction(callee);
    const arity = callee.type.params.length;
    return (isSuspending ? bindSuspending : bind)(this, call, arity);
  }

  /** A core function, on a fiber of its own. */
  #promising(core: PlannedFunction): CoreFunction {
    return core.kind === "export"
      ? promising(this.#export(core) as CoreFunction)
      : this.#import(core).call;
  }

  #optionsOf(
    planned: PlannedOptions,
    componentInstance: number,
  ): CanonicalOptions {
    const { linkage } = this.#parts;
    const key = linkage.optionsKey(planned, componentInstance);
    let options = this.#options.get(key);
    if (options === undefined) {
      options = this.#makeOptions(planned, componentInstance);
      this.#options.set(key, options);
    }
    return options;
  }

  #makeOptions(
    { memory, realloc, postReturn, encoding }: PlannedOptions,
    componentInstance: number,
  ): CanonicalOptions {
    let found: WebAssembly.Memory | undefined;
    return {
      // What has the memory may be instantiated behind what is linked to it.
      memory: () =>
        found ??= this.#export(memory!) as unknown as WebAssembly.Memory,
      realloc: realloc && this.#below(realloc),
      postReturn: postReturn && this.#belowOne(postReturn),
      encoding,
      instance: this.#stateOf(componentInstance),
    };
  }

  // Four parameters, as `realloc` has.
  #below(item: PlannedFunction): Realloc {
    let core: CoreFunction | undefined;
    return (oldPointer, oldSize, alignment, newSize) => {
      core ??= this.#callable(item);
      this.#belowCount++;
      try {
        return core(oldPointer, oldSize, alignment, newSize);
      } finally {
        this.#belowCount--;
      }
    };
  }

  // One parameter or none, as `post-return` has.
  #belowOne(item: PlannedFunction): CoreFunction {
    let core: CoreFunction | undefined;
    return (result) => {
      core ??= this.#callable(item);
      this.#belowCount++;
      try {
        return core(result);
      } finally {
        this.#belowCount--;
      }
    };
  }

  #callable(item: PlannedFunction): CoreFunction {
    return item.kind === "export"
      ? this.#export(item) as CoreFunction
      : this.#import(item).call;
  }
}
