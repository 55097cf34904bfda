/**
 * A capability in one line, for logs.
 *
 * @module
 */

import type { Capability } from "@rusm/wasm";

/**
 * Names what `capability` grants, always in one order, and its memory:
 * `net spawn mem=64M`, `sandboxed mem=64M`. What is denied is left out; of
 * lists, the length is told.
 */
export function summarize(capability: Capability): string {
  const grants = grantsOf(capability);
  const memoryMb = capability.memoryBytesMax / (1024 * 1024);
  return [...grants.length === 0 ? ["sandboxed"] : grants, `mem=${memoryMb}M`]
    .join(" ");
}

function grantsOf(capability: Capability): string[] {
  const { network, spawn, storage, processControl, stdio } = capability;
  const { env, preopens } = capability;
  return [
    typeof network === "boolean" ? word("net", network) : count("net", network),
    word("spawn", spawn),
    word("storage", storage),
    word("proc", processControl),
    word("stdio", stdio),
    count("env", env),
    count("dirs", preopens),
  ].flat();
}

function word(name: string, isGranted: boolean): string[] {
  return isGranted ? [name] : [];
}

function count(name: string, items: readonly unknown[]): string[] {
  return items.length === 0 ? [] : [`${name}=${items.length}`];
}
