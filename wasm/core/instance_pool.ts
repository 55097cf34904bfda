/**
 * Instances of one module, put back to their first state between processes.
 *
 * @module
 */

import type { Epoch } from "../epoch.ts";
import { IDLE_INSTANCES_MAX } from "../limits.ts";
import { type MemoryImage, saveMemory } from "./image.ts";
import { CoreInstance } from "./instance.ts";
import type { CoreModule } from "./module.ts";
import type { Guest } from "./slot.ts";

/**
 * Hands out instances in which no code has run, or that are no different.
 *
 * An instance that was used is put back before it waits for the next process,
 * so what one process left behind is gone before another can come.
 */
export class InstancePool {
  readonly #module: CoreModule;
  readonly #epoch: Epoch;
  readonly #idle: CoreInstance[] = [];
  // What the memory of each instance holds at first.
  #image: MemoryImage | undefined;

  /** A pool for processes of `module`. */
  constructor(module: CoreModule, epoch: Epoch) {
    this.#module = module;
    this.#epoch = epoch;
  }

  /** How many instances wait. */
  get idleCount(): number {
    return this.#idle.length;
  }

  /** Takes an instance for a process. */
  take(guest: Guest): CoreInstance {
    const instance = this.#idle.pop() ?? this.#create();
    instance.guest = guest;
    return instance;
  }

  #create(): CoreInstance {
    const instance = new CoreInstance(this.#module, this.#epoch.memory);
    const { memory } = instance;
    this.#image ??= memory === undefined ? [] : saveMemory(memory);
    return instance;
  }

  /** Gives an instance back. No call may be under way in it. */
  give(instance: CoreInstance): void {
    instance.guest = undefined;
    if (this.#idle.length >= IDLE_INSTANCES_MAX) return;
    if (instance.restore(this.#image!)) this.#idle.push(instance);
  }
}
