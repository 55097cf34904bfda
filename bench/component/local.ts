/**
 * Components on a scheduler in this thread.
 *
 * @module
 */

import { Ceilings } from "../../wasm/ceilings.ts";
import type { HostInterface } from "../../wasm/component/host.ts";
import { ComponentPool } from "../../wasm/component/pool.ts";
import {
  ComponentCache,
  type PreparedComponent,
} from "../../wasm/component/prepare.ts";
import { HostRegistry } from "../../wasm/component/registry.ts";
import { ModuleCache } from "../../wasm/core/module_cache.ts";
import { type LocalScheduler, ROOMY, type Spawner } from "../wasm/local.ts";

/** A component that a scheduler in this thread runs processes of. */
export interface LocalComponent extends Spawner {
  /** Its instances. */
  readonly pool: ComponentPool;
}

/** Makes a component ready, which imports `hosts`. */
export async function loadComponent(
  scheduler: LocalScheduler,
  bytes: Uint8Array<ArrayBuffer>,
  hosts: readonly HostInterface[] = [],
): Promise<LocalComponent> {
  const registry = new HostRegistry(hosts);
  const cache = new ComponentCache(new ModuleCache(), registry);
  const prepared = await prepareBy(cache, bytes);
  const { epoch } = scheduler;
  const ceilings = new Ceilings();
  const pool = new ComponentPool(prepared, {
    ...{ capability: ROOMY, epoch, ceilings, registry },
  });
  return { pool, spawn: (entry) => scheduler.spawn(pool, entry) };
}

/** Makes a component ready for guests that may do nothing. */
export function prepareBy(
  cache: ComponentCache,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<PreparedComponent> {
  return cache.prepare("bench", bytes, ROOMY);
}
