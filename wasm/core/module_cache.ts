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
  // By digest and cap.
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
  ): Promise<CoreModule> {
    const digest = await digestOf(bytes);
    const key = `${digest} ${capability.memoryBytesMax}`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      const entry = this.#store?.entry(digest, capsOf(capability));
      module = prepareModule(name, bytes, capability, entry);
      this.#modules.set(key, module);
      module.catch(() => this.#modules.delete(key));
    }
    return await module;
  }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
