/**
 * What a process of a component can begin with.
 *
 * @module
 */

import type { ComponentExport, ComponentFunction } from "./plan.ts";
import { readComponentTypes } from "./plan_component.ts";

/**
 * Names of the exported functions of the component `bytes` that take nothing, in
 * its order: what `Start.entry` can be. That of a function in an interface is
 * `interface#function`.
 *
 * @throws {InvalidComponent} It is malformed, or does not fit together.
 *
 * @example A component without exports
 * ```ts
 * import { deepStrictEqual } from "node:assert";
 * import { componentEntries } from "@rusm/wasm";
 *
 * const header = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
 * deepStrictEqual(componentEntries(header), []);
 * ```
 */
export function componentEntries(bytes: Uint8Array): string[] {
  return readComponentTypes(bytes).exports.flatMap(namesIn);
}

/**
 * Whether `wanted` is among `entries`. Any version of an interface will do where
 * it names none.
 *
 * @param entries As of {@linkcode componentEntries}, or of a core module.
 */
export function hasEntry(entries: readonly string[], wanted: string): boolean {
  return entries.some((name) =>
    name === wanted || name.replace(/@[^#]*(?=#)/, "") === wanted
  );
}

function namesIn(each: ComponentExport): string[] {
  if (each.kind === "function") {
    return takesNothing(each.function) ? [each.name] : [];
  }
  if (each.kind !== "interface") return [];
  return [...each.functions].flatMap(([name, member]) =>
    takesNothing(member) ? [`${each.name}#${name}`] : []
  );
}

function takesNothing({ type }: ComponentFunction): boolean {
  return type.params.length === 0;
}
