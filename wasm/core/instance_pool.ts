/**
 * Instances of one module, put back to their first state between processes.
 *
 * @module
 */

import { Ceilings, type Cost } from "../ceilings.ts";
import type { Epoch } from "../epoch.ts";
import { IDLE_INSTANCES_MAX } from "../limits.ts";
import { type Hibernated, isHibernatable } from "./hibernation.ts";
import { hasFirstSize, type MemoryImage, saveMemory } from "./image.ts";
import { CoreInstance, type InstanceParts } from "./instance.ts";
import {
  FIBER_MAPS,
  IDLE_MEMORIES_MAX,
  RESTORED_BYTES_MAX,
  ZEROED_BYTES_MAX,
} from "./limits.ts";
import { Linkage } from "./linkage.ts";
import { memoryCost } from "./memory.ts";
import type { CoreModule } from "./module.ts";
import type { Guest } from "./slot.ts";

/** What the stack of a process takes while a call of it is under way. */
export const FIBER_COST: Cost = { maps: FIBER_MAPS, bytes: 0 };

let unlimited: Ceilings | undefined;

/**
 * Hands out instances in which no code has run, or that are no different.
 *
 * An instance that was used is put back before it waits for the next process,
 * so what one process left behind is gone before another can come.
 */
export class InstancePool {
  /** What all guests together may take. */
  readonly ceilings: Ceilings;
  /** Whether a service can wait for messages without an instance. */
  readonly isHibernatable: boolean;
  readonly #parts: InstanceParts;
  readonly #memoryCost: Cost;
  // That of a memory and a fiber.
  readonly #wholeCost: Cost;
  readonly #idle: CoreInstance[] = [];
  // For instances that cannot be put back.
  readonly #zeroed: WebAssembly.Memory[] = [];
  // Bytes that are counted of the memories that have grown.
  readonly #countedBytes = new WeakMap<WebAssembly.Memory, number>();
  // What the memory of each instance holds at first; undefined when it is too
  // large to be put back.
  #image: MemoryImage | undefined;
  #isClosed = false;

  /**
   * A pool for processes of `module`.
   *
   * @param ceilings Those of this thread alone when absent.
   */
  constructor(module: CoreModule, epoch: Epoch, ceilings?: Ceilings) {
    this.ceilings = ceilings ?? (unlimited ??= new Ceilings());
    this.isHibernatable = isHibernatable(module);
    this.#parts = { module, linkage: new Linkage(module, epoch.memory) };
    this.#memoryCost = memoryCost(module);
    const { maps, bytes } = this.#memoryCost;
    this.#wholeCost = { maps: maps + FIBER_MAPS, bytes };
  }

  /** How many instances wait. */
  get idleCount(): number {
    return this.#idle.length;
  }

  // What a process takes that comes now.
  get #cost(): Cost {
    const isThere = this.#idle.length > 0 || this.#zeroed.length > 0;
    return isThere ? FIBER_COST : this.#wholeCost;
  }

  /**
   * Takes what a process needs of the machine, for {@linkcode InstancePool.take}.
   * Who does not need it any more gives it back to the ceilings.
   *
   * @returns Undefined when it is not there.
   */
  tryAdmit(): Cost | undefined {
    const cost = this.#cost;
    return this.ceilings.tryReserve(cost) ? cost : undefined;
  }

  /** The same, waiting for it. Resolves to undefined when it did not come in time. */
  admit(): Promise<Cost | undefined> {
    return this.ceilings.reserve(() => this.#cost);
  }

  /**
   * Takes an instance for a process.
   *
   * @param admitted What was taken for it; the fiber stays the caller's to give
   * back, and the rest goes with the instance.
   * @throws {RangeError} There is no room for its memory.
   * @throws {WebAssembly.RuntimeError} Its segments do not fit.
   */
  take(guest: Guest, admitted: Cost = FIBER_COST): CoreInstance {
    const isPaid = admitted === this.#wholeCost;
    const isThere = this.#cost === FIBER_COST;
    if (isPaid && isThere) this.ceilings.release(this.#memoryCost);
    // What was there when it asked, another has taken since.
    if (!isPaid && !isThere) this.ceilings.force(this.#memoryCost);
    const instance = this.#idle.pop() ?? this.#create();
    instance.guest = guest;
    return instance;
  }

  #create(): CoreInstance {
    try {
      const instance = new CoreInstance(this.#parts, this.#zeroed.pop());
      this.#image ??= firstImage(instance);
      return instance;
    } catch (error) {
      this.ceilings.release(this.#memoryCost);
      throw error;
    }
  }

  /** Gives an instance back. No call may be under way in it. */
  give(instance: CoreInstance): void {
    instance.guest = undefined;
    const isKept = !this.#isClosed && this.#idle.length < IDLE_INSTANCES_MAX &&
      instance.restore(this.#image);
    if (isKept) this.#idle.push(instance);
    else if (instance.memory !== undefined) this.#drop(instance.memory);
  }

  /** Drops what waits, and from now on what is given. Nothing is taken any more. */
  close(): void {
    this.#isClosed = true;
    for (const { memory } of this.#idle.splice(0)) {
      if (memory !== undefined) this.#drop(memory);
    }
    this.#zeroed.splice(0).forEach((memory) => this.#drop(memory));
  }

  #drop(memory: WebAssembly.Memory): void {
    const { isRestorable, memories } = this.#parts.module;
    const isZeroed = !this.#isClosed && !isRestorable &&
      hasFirstSize(memory, memories[0]!) &&
      memory.buffer.byteLength <= ZEROED_BYTES_MAX &&
      this.#zeroed.length < IDLE_MEMORIES_MAX;
    if (isZeroed) {
      new Uint8Array(memory.buffer).fill(0);
      this.#zeroed.push(memory);
    } else {
      const { maps } = this.#memoryCost;
      this.ceilings.force(this.#growthOf(memory));
      const cost = { maps, bytes: memory.buffer.byteLength };
      this.ceilings.releaseWithGarbage(memory, cost);
    }
  }

  // What it has grown by and was not counted yet.
  #growthOf(memory: WebAssembly.Memory): Cost {
    const counted = this.#countedBytes.get(memory) ?? this.#memoryCost.bytes;
    return { maps: 0, bytes: memory.buffer.byteLength - counted };
  }

  /**
   * Counts what the memory of an instance has grown by.
   *
   * @returns False when that is more than all guests may take.
   */
  count({ memory }: CoreInstance): boolean {
    if (memory === undefined || !this.#parts.module.growsMemories) return true;
    const growth = this.#growthOf(memory);
    if (growth.bytes === 0) return true;
    if (!this.ceilings.tryExtend(growth)) return false;
    this.#countedBytes.set(memory, memory.buffer.byteLength);
    return true;
  }

  /**
   * Saves the state of an instance, and gives it back.
   *
   * @returns Undefined when it cannot be saved; it is not given back then.
   */
  hibernate(instance: CoreInstance): Hibernated | undefined {
    if (!this.isHibernatable || this.#image === undefined) return undefined;
    const saved = instance.save(this.#image);
    if (saved !== undefined) this.give(instance);
    return saved;
  }
}

function firstImage({ memory }: CoreInstance): MemoryImage | undefined {
  if (memory === undefined) return [];
  return memory.buffer.byteLength > RESTORED_BYTES_MAX
    ? undefined
    : saveMemory(memory);
}
