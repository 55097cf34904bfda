/**
 * Names that the rewriter keeps for itself.
 *
 * @module
 */

/** Module name of every import that the rewriter adds. */
export const RESERVED_MODULE = "$rusm";

/** What the names of exports begin with that the rewriter adds. */
export const RESERVED_PREFIX = "$rusm.";

/** Field of the imported function `() -> i32` that a check calls; see {@linkcode Rewritten}. */
export const OVERRUN_FIELD = "overrun";

/** Field of the imported memory whose first four bytes are the epoch. */
export const EPOCH_FIELD = "epoch";

/** Exported function that gives each mutable global its first value. */
export const RESET_EXPORT: string = `${RESERVED_PREFIX}reset`;

/** Exported function that was the start function. */
export const START_EXPORT: string = `${RESERVED_PREFIX}start`;

/** Field of the import that was the memory of `index`. */
export function memoryField(index: number): string {
  return `memory.${index}`;
}

/** Name under which the global of `index` is exported. */
export function globalExport(index: number): string {
  return `${RESERVED_PREFIX}global.${index}`;
}

/** Name under which the table of `index` is exported. */
export function tableExport(index: number): string {
  return `${RESERVED_PREFIX}table.${index}`;
}
