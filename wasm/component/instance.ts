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
import { RESET_EXPORT } from "../instrument/reserved.ts";
import { GuestStopped } from "../script/guest_error.ts";
import {
  CanonicalTrap,
  ComponentInstanceState,
  Context,
  type CoreFunction,
} from "./canonical/mod.ts";
import { ComponentGuest } from "./guest.ts";
import { NESTED_FIBERS_MAX } from "./limits.ts";
import type { ComponentLinkage, LinkAction } from "./linkage.ts";
import type { LinkedInstance } from "./linked_functions.ts";
import { type Overrun, SUSPENDS } from "./overrun.ts";
import type {
  ComponentFunction,
  CoreExport,
  CoreFunction as PlannedFunction,
  CoreInstantiation,
  CoreItem,
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

const NO_MEMORIES: readonly WebAssembly.Memory[] = [];
const NO_TABLES: readonly TableImage[] = [];

/**
 * An instance of a component, and who has it.
 *
 * There are many: what is the same in all of them lies in the linkage, lists
 * are as long as they have to be, and most is made when it is first used.
 */
export class ComponentInstance
  implements ProcessInstance, LinkedInstance, Overrun {
  /** None: whatever runs first is part of the first call. */
  readonly startExport = undefined;
  readonly #parts: ComponentParts;
  #memories = NO_MEMORIES;
  #tables = NO_TABLES;
  // By the index of the step.
  readonly #exports: WebAssembly.Exports[];
  // By number, which says what it is. One list, since there is one in each.
  readonly #made: (ComponentInstanceState | Context | CoreFunction)[];
  // What was called last on a fiber of its own, and how: a process has one entry.
  #entered: number | undefined;
  #enter: CoreFunction | undefined;
  // What was called before.
  #others: Map<number, CoreFunction> | undefined;
  #guest: ComponentGuest | undefined;
  #hasBegun = false;
  // Calls of the guest by the host that are under way, above which it cannot be suspended.
  #belowCount = 0;
  #nestedFibers = 0;

  /**
   * An instance in which no code has run.
   *
   * @throws {RangeError} There is no room for a memory.
   * @throws {WebAssembly.LinkError} A reference does not fit, see `core_fit.ts`.
   * @throws {WebAssembly.RuntimeError} Their segments do not fit.
   */
  constructor(parts: ComponentParts) {
    this.#parts = parts;
    const { linkage } = parts;
    this.#exports = new Array(linkage.instancesCount);
    for (const action of linkage.first) {
      if (action.kind === "instantiate") this.#instantiate(action.step);
    }
    this.#saveTables();
    this.#made = new Array(linkage.numbering.count);
  }

  /** The memories of its modules. */
  get memories(): readonly WebAssembly.Memory[] {
    return this.#memories;
  }

  /** See {@linkcode LinkedInstance.guest}. */
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
    for (const made of this.#made) {
      if (made instanceof ComponentInstanceState) this.#dropAll(guest, made);
    }
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
    const areFirst = this.#memories.every((memory, nth) =>
      hasFirstSize(memory, firsts[nth]!)
    );
    if (!areFirst) return false;
    this.#memories.forEach((memory, nth) =>
      restoreMemory(memory, images[nth]!)
    );
    for (const exports of this.#exports) this.#reset(exports);
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
  call(entry: string, ...values: unknown[]): Promise<unknown> {
    try {
      const callee = this.#parts.linkage.entryOf(entry);
      if (callee === undefined) {
        throw new TypeError(`Cannot find an exported function: ${entry}`);
      }
      // No asynchronous function unless there is something to wait for.
      return this.#hasBegun
        ? Promise.resolve(this.#call(callee, values))
        : this.#callFirst(callee, values);
    } catch (error) {
      // A function that answers at once throws at once.
      return Promise.reject(error);
    }
  }

  #call(callee: ComponentFunction, values: readonly unknown[]): unknown {
    return this.#parts.linkage.functions.function(callee)(this, ...values);
  }

  #callFirst(
    callee: ComponentFunction,
    values: readonly unknown[],
  ): Promise<unknown> {
    this.#hasBegun = true;
    return this.#parts.linkage.later.length === 0
      ? Promise.resolve(this.#call(callee, values))
      : this.#start().then(() => this.#call(callee, values));
  }

  async #start(): Promise<void> {
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
        const { index, module } = this.#parts.linkage.stepOf(action.step);
        const run = this.#exports[index]![module.startExport!];
        await promising(run as () => void)();
        return;
      }
      case "start":
        await this.#call(action.function, []);
        return;
    }
  }

  #instantiate(step: CoreInstantiation): void {
    const { linkage, epoch } = this.#parts;
    const linked = linkage.stepOf(step);
    const exports = linked.instantiate({
      epoch,
      memory: this.#newMemory(linked.module),
      valueOf: (item) => this.#valueOf(item),
    });
    this.#reset(exports);
    this.#exports[linked.index] = exports;
  }

  // Tells the instance as well who it is.
  #reset(exports: WebAssembly.Exports): void {
    (exports[RESET_EXPORT] as (self: LinkedInstance) => void)(this);
  }

  #newMemory({ memories }: CoreModule): WebAssembly.Memory | undefined {
    if (!memories.some(({ isOwn }) => isOwn)) return undefined;
    const { growsMemories } = this.#parts.linkage;
    const memory = newMemory({ memories, growsMemories })!;
    this.#memories = this.#memories.concat(memory);
    return memory;
  }

  // Others can write the tables that a module exports, also when it does not itself.
  #saveTables(): void {
    const { linkage } = this.#parts;
    const { isRestorable, writesTables } = linkage;
    if (!isRestorable || !writesTables) return;
    this.#tables = linkage.first.flatMap((action) => {
      if (action.kind !== "instantiate") return [];
      const { index, module } = linkage.stepOf(action.step);
      const exports = this.#exports[index]!;
      return [saveTables(exports, { ...module, writesTables })];
    });
  }

  #export({ instance, name }: CoreExport): WebAssembly.ExportValue {
    const { index } = this.#parts.linkage.stepOf(instance);
    const exported = this.#exports[index]?.[name];
    if (exported !== undefined) return exported;
    throw new CanonicalTrap(
      `Cannot use an export of a module that is not there yet: ${name}`,
    );
  }

  // What is not the same for all instances.
  #valueOf(item: CoreItem): WebAssembly.ImportValue {
    if (item.kind === "export") return this.#export(item);
    const call = this.#functionOf(item);
    const { isSuspending } = this.#parts.linkage.functions.told(item);
    return isSuspending ? suspending(call) : call;
  }

  #functionOf(item: PlannedFunction): CoreFunction {
    if (item.kind === "export") return this.#export(item) as CoreFunction;
    return this.#parts.linkage.functions.told(item).call.bind(undefined, this);
  }

  stateAt(number: number): ComponentInstanceState {
    const state = this.#made[number] ??= this.#newState(number);
    return state as ComponentInstanceState;
  }

  #newState(number: number): ComponentInstanceState {
    const { linkage } = this.#parts;
    const componentInstance = linkage.numbering.states.at(number);
    const implemented = linkage.implementedBy(componentInstance);
    return new ComponentInstanceState(implemented);
  }

  contextAt(number: number): Context {
    return (this.#made[number] ??= this.#newContext(number)) as Context;
  }

  #newContext(index: number): Context {
    const { numbering } = this.#parts.linkage;
    const { encoding, state } = numbering.contexts.at(index);
    const parts = { caller: this, index, encoding };
    return new Context({ ...parts, state: this.stateAt(state) });
  }

  memoryAt(context: number): WebAssembly.Memory {
    const { memory } = this.#parts.linkage.numbering.contexts.at(context);
    return this.#export(memory!) as unknown as WebAssembly.Memory;
  }

  allocate(
    realloc: number,
    oldPointer: number,
    oldSize: number,
    alignment: number,
    newSize: number,
  ): unknown {
    const call = this.#callableAt(realloc);
    this.#belowCount++;
    try {
      return call(oldPointer, oldSize, alignment, newSize);
    } finally {
      this.#belowCount--;
    }
  }

  cleanUp(postReturn: number, result: unknown): unknown {
    const call = this.#callableAt(postReturn);
    this.#belowCount++;
    try {
      return call(result);
    } finally {
      this.#belowCount--;
    }
  }

  #callableAt(number: number): CoreFunction {
    const callable = this.#made[number] ??= this.#newCallable(number);
    return callable as CoreFunction;
  }

  #newCallable(number: number): CoreFunction {
    const { functions } = this.#parts.linkage.numbering;
    return this.#functionOf(functions.at(number));
  }

  /** See {@linkcode Caller.coreAt}: on a fiber of its own. */
  coreAt(number: number): CoreFunction {
    if (this.#entered === number) return this.#enter!;
    const enter = this.#others?.get(number) ?? this.#newEntry(number);
    if (this.#entered !== undefined) {
      this.#others ??= new Map();
      this.#others.set(this.#entered, this.#enter!);
    }
    this.#entered = number;
    return this.#enter = enter;
  }

  #newEntry(number: number): CoreFunction {
    const item = this.#parts.linkage.numbering.entries.at(number);
    const call = this.#functionOf(item);
    return item.kind === "export" ? promising(call) : call;
  }

  async onFiber<Result>(
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

  askOverrun(): number {
    return this.#belowCount === 0 ? SUSPENDS : this.#process.overrunBelow();
  }

  overrun(): number | Promise<number> {
    return this.#process.overrun();
  }
}
