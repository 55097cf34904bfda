/**
 * Modules that were made ready, by what they are made of.
 *
 * @module
 */

import { hash } from "node:crypto";
import type { Capability } from "../capability.ts";
import { BYTES_AT_ONCE_MAX } from "./limits.ts";
import {
  capsOf,
  type CoreModule,
  prepareModule,
  type PrepareOptions,
} from "./module.ts";
import type { ModuleStore } from "./module_store.ts";

/**
 * Rewrites and compiles each module once, however many components are made of
 * it. Those under way are waited for; one that failed is tried again.
 */
export class ModuleCache {
  // By digest, cap, and what it imports of whom.
  readonly #modules = new Map<string, Promise<CoreModule>>();
  readonly #store: ModuleStore | undefined;

  /** A cache that also looks into `store`, if there is one. */
  constructor(store?: ModuleStore) {
    this.#store = store;
  }

  /** See {@linkcode prepareModule}; `told` is {@linkcode PrepareOptions.told}. */
  async prepare(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
    told?: PrepareOptions["told"],
  ): Promise<CoreModule> {
    const digest = await digestOf(bytes);
    const kind = await kindOf(told);
    const key = `${digest} ${capability.memoryBytesMax} ${kind}`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      const caps = capsOf(capability);
      const entry = this.#store?.entry(digest, caps, kind);
      const options = { entry, told };
      module = prepareModule(name, bytes, capability, options);
      this.#modules.set(key, module);
      module.catch(() => this.#modules.delete(key));
    }
    return await module;
  }
}

// How the same bytes can be rewritten, in few letters: a module can import much.
// A list that is too short is one of its own: what is behind it is not told.
async function kindOf(told: PrepareOptions["told"]): Promise<string> {
  if (told === undefined) return "";
  if (!told.includes(false)) return `linked-${told.length}`;
  return `linked-${await digestOf(Uint8Array.from(told, Number))}`;
}

/** The SHA-256 of `bytes`, in hexadecimal digits. */
export async function digestOf(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  // Another thread would take longer to wake than this one to be done.
  if (bytes.length <= BYTES_AT_ONCE_MAX) return hash("sha256", bytes, "hex");
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
