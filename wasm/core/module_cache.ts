/**
 * Modules that were made ready, by what they are made of.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { capsOf, type CoreModule, prepareModule } from "./module.ts";
import type { ModuleStore } from "./module_store.ts";

/**
 * Rewrites and compiles each module once, however many components are made of
 * it. Those under way are waited for; one that failed is tried again.
 */
export class ModuleCache {
  // By digest, cap, and who gives it what it imports.
  readonly #modules = new Map<string, Promise<CoreModule>>();
  readonly #store: ModuleStore | undefined;

  /** A cache that also looks into `store`, if there is one. */
  constructor(store?: ModuleStore) {
    this.#store = store;
  }

  /** See {@linkcode prepareModule}. */
  async prepare(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
    isLinked = false,
  ): Promise<CoreModule> {
    const digest = await digestOf(bytes);
    const key = `${digest} ${capability.memoryBytesMax} ${isLinked}`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      const caps = capsOf(capability);
      const entry = this.#store?.entry(digest, caps, isLinked);
      const options = { entry, isLinked };
      module = prepareModule(name, bytes, capability, options);
      this.#modules.set(key, module);
      module.catch(() => this.#modules.delete(key));
    }
    return await module;
  }
}

/** The SHA-256 of `bytes`, in hexadecimal digits. */
export async function digestOf(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
