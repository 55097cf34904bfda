/**
 * Environment variables, for guests that were granted some.
 *
 * @module
 */

import type { Capability } from "../capability.ts";

/** The value of `name`, or undefined when it is not granted or not set. */
export function environmentGet(
  capability: Capability,
  name: string,
): string | undefined {
  return capability.env.includes(name) ? Deno.env.get(name) : undefined;
}

/** The names that are granted and set. */
export function environmentNames(capability: Capability): string[] {
  return capability.env.filter((name) => Deno.env.get(name) !== undefined);
}
