/**
 * Memories of core modules, and what they take of the machine.
 *
 * @module
 */

import type { Cost } from "../ceilings.ts";
import { PAGE_BYTES } from "../instrument/memory_type.ts";
import { FIXED_MEMORY_MAPS, GROWABLE_MEMORY_MAPS } from "./limits.ts";
import type { CoreModule } from "./module.ts";

/** What is to be known of a module to make its memory. */
export type MemoryPlan = Pick<CoreModule, "memories" | "growsMemories">;

/** The memory of a new instance; undefined when the module has none. */
export function newMemory(module: MemoryPlan): WebAssembly.Memory | undefined {
  const limits = module.memories[0];
  if (limits === undefined) return undefined;
  const { min, is64, isShared } = limits;
  const maximum = pagesMax(module);
  const options = { initial: min, maximum, shared: isShared };
  // TypeScript does not know memories of 64 bits yet.
  if (!is64) return new WebAssembly.Memory(options);
  return new WebAssembly.Memory({
    address: "i64",
    initial: BigInt(min),
    maximum: BigInt(maximum),
    shared: isShared,
  } as unknown as WebAssembly.MemoryDescriptor);
}

// One that cannot grow reserves no more addresses than it has.
function pagesMax({ memories, growsMemories }: MemoryPlan): number {
  const { min, max } = memories[0]!;
  return growsMemories ? max : min;
}

/** What a new memory of `module` takes. */
export function memoryCost(module: CoreModule): Cost {
  const limits = module.memories[0];
  if (limits === undefined) return { maps: 0, bytes: 0 };
  const isGrowable = pagesMax(module) > limits.min;
  return {
    maps: isGrowable ? GROWABLE_MEMORY_MAPS : FIXED_MEMORY_MAPS,
    bytes: limits.min * PAGE_BYTES,
  };
}

/** Makes `memory` larger. */
export function growMemory(
  memory: WebAssembly.Memory,
  pages: number,
  is64: boolean,
): void {
  // TypeScript does not know memories of 64 bits yet.
  memory.grow((is64 ? BigInt(pages) : pages) as number);
}
