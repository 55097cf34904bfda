/**
 * What a core module can import.
 *
 * @module
 */

import { RUSM } from "./rusm_abi.ts";
import type { HostFunction } from "./slot.ts";
import { WASIP1, WASIP1_MODULE } from "./wasip1.ts";

/** One import module. */
export interface HostModule {
  /**
   * The functions, by field. All instances of a thread have the same. What they
   * throw ends the guest: it is no exception that a guest can catch.
   */
  readonly functions: Readonly<Record<string, HostFunction>>;
  /** Those that may return a promise, and suspend the guest until it is settled. */
  readonly suspending: ReadonlySet<string>;
  /** Those of them whose promises are never rejected with what a guest can catch. */
  readonly endsGuest?: ReadonlySet<string>;
  /**
   * The type of each function, by field, such as `"(i64, i32) -> i32"`; without
   * a result, `"(i64) -> ()"`.
   */
  readonly types: Readonly<Record<string, string>>;
}

/** What can be imported, by the name of the import module. */
export const HOST_MODULES: ReadonlyMap<string, HostModule> = new Map<
  string,
  HostModule
>([
  ["rusm", RUSM],
  [WASIP1_MODULE, WASIP1],
]);
