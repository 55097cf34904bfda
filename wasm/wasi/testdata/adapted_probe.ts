/**
 * The probe as a component: preview 1 on top of WASI 0.2, by the adapter that
 * all toolchains use.
 *
 * @module
 */

import { Ceilings } from "../../ceilings.ts";
import { HOST_REGISTRY } from "../../component/hosts.ts";
import type { ComponentInstance } from "../../component/instance.ts";
import { ComponentPool } from "../../component/pool.ts";
import { ComponentCache } from "../../component/prepare.ts";
import { ModuleCache } from "../../core/module_cache.ts";
import type { Guest } from "../../core/slot.ts";
import { Epoch } from "../../epoch.ts";
import { perform } from "./driver.mjs";
import {
  optionsFor,
  type ProbeCall,
  type ProbeResult,
  SIGNATURES,
} from "./probe.ts";
import type { Preopen } from "../../capability.ts";

/** The component, as `rebuild.ts` makes it. */
export const ADAPTED_PROBE: Uint8Array<ArrayBuffer> = Deno.readFileSync(
  new URL("probe.wasm", import.meta.url),
);

/** Performs calls in a process that sees `preopens`. */
export async function performAdapted(
  preopens: readonly Preopen[],
  calls: readonly ProbeCall[],
): Promise<ProbeResult[]> {
  const options = optionsFor(preopens);
  const { capability } = options;
  const cache = new ComponentCache(new ModuleCache(), HOST_REGISTRY);
  const prepared = await cache.prepare("probe", ADAPTED_PROBE, capability);
  const pool = new ComponentPool(prepared, {
    ...{ capability, epoch: new Epoch(), ceilings: new Ceilings() },
  });
  const instance = pool.take(guestOf(options));
  try {
    return await perform(exportsOf(instance), calls as unknown[][]);
  } finally {
    pool.give(instance);
  }
}

function exportsOf(instance: ComponentInstance): Record<string, never> {
  const calls = Object.keys(SIGNATURES).map((name) => [
    name,
    (...values: unknown[]) =>
      instance.call(name.replaceAll("_", "-"), ...values),
  ]);
  const memory = {
    get buffer() {
      return instance.memories[0]!.buffer;
    },
  };
  return { ...Object.fromEntries(calls), memory };
}

// What WASI needs of a process; this one is never stopped, and alone.
function guestOf(
  { capability, args, env, stdio }: ReturnType<typeof optionsFor>,
): Guest {
  const guest: Partial<Guest> = {
    capability,
    command: { args, env, stdio },
    isStopped: false,
    log: () => {},
    overrun: () => 0,
    overrunBelow: () => 0,
    wait: (value) => value,
  };
  return guest as Guest;
}
