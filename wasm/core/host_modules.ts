/**
 * What a core module can import.
 *
 * @module
 */

import { RUSM_TYPES, rusmFunctions } from "./rusm_abi.ts";
import type { HostFunctions, Slot } from "./slot.ts";
import { WASIP1, WASIP1_MODULE } from "./wasip1.ts";

/** One import module. */
export interface HostModule {
  /** Makes the functions of one instance. Does not use `slot` yet. */
  readonly functionsOf: (slot: Slot) => HostFunctions;
  /**
   * The type of each function, by field, such as `"(i64, i32) -> i32"`; without
   * a result, `"(i64) -> ()"`.
   */
  readonly types: Readonly<Record<string, string>>;
}

/** What can be imported, by the name of the import module. */
export const HOST_MODULES: ReadonlyMap<string, HostModule> = new Map([
  ["rusm", { functionsOf: rusmFunctions, types: RUSM_TYPES }],
  [WASIP1_MODULE, WASIP1],
]);
