/**
 * Modules that were made ready, by what they are made of.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { type CoreModule, prepareModule } from "./module.ts";

/**
 * Rewrites and compiles each module once, however many components are made of
 * it. Those under way are waited for; one that failed is tried again.
 */
export class ModuleCache {
  // By digest and cap.
  readonly #modules = new Map<string, Promise<CoreModule>>();

  /** See {@linkcode prepareModule}. */
  async prepare(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
  ): Promise<CoreModule> {
    const key = `${await digestOf(bytes)} ${capability.memoryBytesMax}`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      module = prepareModule(name, bytes, capability);
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
