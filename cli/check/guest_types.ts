/**
 * The types of the modules that every component can import.
 *
 * @module
 */

import { GUEST_DECLARATIONS } from "./guest_types.gen.ts";

/** A declaration file of `.rusm/`. */
export interface GuestTypes {
  /** Its name. */
  readonly file: string;
  /** What it holds. */
  readonly text: string;
}

/** By what the module is imported as. */
export const GUEST_TYPES: ReadonlyMap<string, GuestTypes> = new Map([
  ["@rusm/wasm/guest", { file: "guest.d.ts", text: GUEST_DECLARATIONS }],
]);
