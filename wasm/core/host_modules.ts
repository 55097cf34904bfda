/**
 * What a core module can import.
 *
 * @module
 */

import { rusmFunctions } from "./rusm_abi.ts";
import type { HostFunctions, Slot } from "./slot.ts";

/** Makes the functions of one instance, by the module that they are imported from. */
export const HOST_MODULES: ReadonlyMap<
  string,
  (slot: Slot) => HostFunctions
> = new Map([
  ["rusm", rusmFunctions],
]);
