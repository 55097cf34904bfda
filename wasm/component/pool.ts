/**
 * Instances of one component, put back to their first state between processes.
 *
 * @module
 */

import type { Ceilings, Cost } from "../ceilings.ts";
import type { Capability } from "../capability.ts";
import { type MemoryImage, saveMemory } from "../core/image.ts";
import { FIBER_COST } from "../core/instance_pool.ts";
import {
  FIBER_MAPS,
  FIXED_MEMORY_MAPS,
  GROWABLE_MEMORY_MAPS,
  RESTORED_BYTES_MAX,
} from "../core/limits.ts";
import type { ProcessPool } from "../core/process_pool.ts";
import type { Guest } from "../core/slot.ts";
import type { Epoch } from "../epoch.ts";
import { PAGE_BYTES } from "../instrument/memory_type.ts";
import { IDLE_INSTANCES_MAX } from "../limits.ts";
import { HOST_REGISTRY } from "./hosts.ts";
import { IMPORT_BYTES } from "./limits.ts";
import { ComponentInstance, type ComponentParts } from "./instance.ts";
import { ComponentLinkage } from "./linkage.ts";
import type { PreparedComponent } from "./prepare.ts";
import type { HostRegistry } from "./registry.ts";

/** How a {@linkcode ComponentPool} is made. */
export interface ComponentPoolOptions {
  /** What its processes may do. */
  readonly capability: Capability;
  /** The clock that they are preempted by. */
  readonly epoch: Epoch;
  /** What all guests together may take. */
  readonly ceilings: Ceilings;
  /** What the component was checked against; everything there is when absent. */
  readonly registry?: HostRegistry;
}

/**
 * Hands out instances in which no code has run, or that are no different.
 *
 * As with core modules, one that was used is put back before it waits for the
 * next process. All memories of an instance are counted together.
 */
export class ComponentPool implements ProcessPool {
  readonly ceilings: Ceilings;
  readonly isHibernatable = false;
  readonly #parts: ComponentParts;
  readonly #memoryBytesMax: number;
  readonly #memoriesCost: Cost;
  // That of the memories and a fiber.
  readonly #wholeCost: Cost;
  readonly #idle: ComponentInstance[] = [];
  // Bytes that are counted of the memories of instances that have grown.
  readonly #countedBytes = new WeakMap<ComponentInstance, number>();
  // What the memories of each instance hold at first; undefined when they are
  // too large to be put back.
  #images: readonly MemoryImage[] | undefined;
  #isClosed = false;

  /** A pool for processes of a component. */
  constructor(component: PreparedComponent, options: ComponentPoolOptions) {
    const { capability, epoch, ceilings, registry = HOST_REGISTRY } = options;
    const linkage = new ComponentLinkage(component, registry);
    this.ceilings = ceilings;
    this.#parts = { linkage, epoch: epoch.memory, ceilings };
    this.#memoryBytesMax = capability.memoryBytesMax;
    this.#memoriesCost = costOf(linkage);
    const { maps, bytes } = this.#memoriesCost;
    this.#wholeCost = { maps: maps + FIBER_MAPS, bytes };
  }

  /** How many instances wait. */
  get idleCount(): number {
    return this.#idle.length;
  }

  get #cost(): Cost {
    return this.#idle.length > 0 ? FIBER_COST : this.#wholeCost;
  }

  tryAdmit(): Cost | undefined {
    const cost = this.#cost;
    return this.ceilings.tryReserve(cost) ? cost : undefined;
  }

  admit(): Promise<Cost | undefined> {
    return this.ceilings.reserve(() => this.#cost);
  }

  take(guest: Guest, admitted: Cost = FIBER_COST): ComponentInstance {
    const isPaid = admitted === this.#wholeCost;
    const isThere = this.#idle.length > 0;
    if (isPaid && isThere) this.ceilings.release(this.#memoriesCost);
    // What was there when it asked, another has taken since.
    if (!isPaid && !isThere) this.ceilings.force(this.#memoriesCost);
    const instance = this.#idle.pop() ?? this.#create();
    instance.begin(guest);
    return instance;
  }

  #create(): ComponentInstance {
    try {
      const instance = new ComponentInstance(this.#parts);
      this.#images ??= firstImages(instance);
      return instance;
    } catch (error) {
      // Whoever asked for it hears of it; here it only costs nothing any more.
      this.ceilings.release(this.#memoriesCost);
      throw error;
    }
  }

  give(instance: ComponentInstance): void {
    instance.end();
    const isKept = !this.#isClosed && this.#idle.length < IDLE_INSTANCES_MAX &&
      instance.restore(this.#images);
    if (isKept) this.#idle.push(instance);
    else this.#drop(instance);
  }

  /** Drops what waits, and from now on what is given. Nothing is taken any more. */
  close(): void {
    this.#isClosed = true;
    this.#idle.splice(0).forEach((instance) => this.#drop(instance));
  }

  // Memories that nobody uses count until they are collected.
  #drop(instance: ComponentInstance): void {
    const { maps } = this.#memoriesCost;
    const bytes = this.#bytesOf(instance);
    this.ceilings.force({ maps: 0, bytes: bytes - this.#counted(instance) });
    const [first] = instance.memories;
    this.ceilings.releaseWithGarbage(first ?? instance, { maps, bytes });
  }

  #counted(instance: ComponentInstance): number {
    return this.#countedBytes.get(instance) ?? this.#memoriesCost.bytes;
  }

  #bytesOf(instance: ComponentInstance): number {
    return memoryBytesOf(instance) + importBytes(this.#parts.linkage);
  }

  count(instance: ComponentInstance): boolean | "memory" {
    if (!this.#parts.linkage.growsMemories) return true;
    const bytes = this.#bytesOf(instance);
    const growth = bytes - this.#counted(instance);
    if (growth === 0) return true;
    if (memoryBytesOf(instance) > this.#memoryBytesMax) return "memory";
    if (!this.ceilings.tryExtend({ maps: 0, bytes: growth })) return false;
    this.#countedBytes.set(instance, bytes);
    return true;
  }

  hibernate(): undefined {
    return undefined;
  }
}

function costOf(linkage: ComponentLinkage): Cost {
  const { ownMemories, growsMemories } = linkage;
  let [maps, bytes] = [0, importBytes(linkage)];
  for (const { min, max } of ownMemories) {
    const isGrowable = growsMemories && max > min;
    maps += isGrowable ? GROWABLE_MEMORY_MAPS : FIXED_MEMORY_MAPS;
    bytes += min * PAGE_BYTES;
  }
  return { maps, bytes };
}

// What is linked lies on the heap of the scheduler. Whole pages, as ceilings
// count them, or what is taken in parts would not be what is given back.
function importBytes({ importsCount }: ComponentLinkage): number {
  return Math.floor(importsCount * IMPORT_BYTES / PAGE_BYTES) * PAGE_BYTES;
}

function memoryBytesOf({ memories }: ComponentInstance): number {
  return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

function firstImages(
  instance: ComponentInstance,
): readonly MemoryImage[] | undefined {
  if (memoryBytesOf(instance) > RESTORED_BYTES_MAX) return undefined;
  return instance.memories.map(saveMemory);
}
