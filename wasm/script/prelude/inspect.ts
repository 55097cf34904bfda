/**
 * Values as text.
 *
 * @module
 */

import { library } from "./libraries.ts";

/**
 * Shows a value on as many lines as it takes. A proxy's traps may throw: then
 * so does this.
 */
export function inspect(value: unknown): string {
  return library("inspect").inspect(value);
}
