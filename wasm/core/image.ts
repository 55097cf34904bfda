/**
 * What an instance of a core module holds at first, and putting it back.
 *
 * @module
 */

import { PAGE_BYTES } from "../instrument/memory_type.ts";
import type { CoreModule } from "./module.ts";

/** Bytes that are not zero, and where they lie. */
interface Part {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The first contents of a memory. Those of a module are the same in each instance. */
export type MemoryImage = readonly Part[];

// Finer than a page of the machine, so that little that is zero is copied.
const PART_BYTES = 1_024;

/** Saves the contents of a memory that no code has run in. */
export function saveMemory(memory: WebAssembly.Memory): MemoryImage {
  const bytes = new Uint8Array(memory.buffer);
  const parts: Part[] = [];
  let from = 0;
  for (let at = 0; at <= bytes.length; at += PART_BYTES) {
    if (at < bytes.length && !isZero(bytes, at)) continue;
    if (at > from) parts.push({ at: from, bytes: bytes.slice(from, at) });
    from = at + PART_BYTES;
  }
  return parts;
}

function isZero(bytes: Uint8Array, at: number): boolean {
  for (let index = at; index < at + PART_BYTES; index++) {
    if (bytes[index] !== 0) return false;
  }
  return true;
}

/** Puts back the contents of a memory that has not grown. */
export function restoreMemory(
  memory: WebAssembly.Memory,
  image: MemoryImage,
): void {
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0);
  for (const { at, bytes: part } of image) bytes.set(part, at);
}

/** Whether a memory is as large as it was at first. */
export function hasFirstSize(
  memory: WebAssembly.Memory,
  { min }: { readonly min: number },
): boolean {
  return memory.buffer.byteLength === min * PAGE_BYTES;
}

interface SavedTable {
  readonly table: WebAssembly.Table;
  readonly is64: boolean;
  // TypeScript has it that every table holds functions.
  readonly entries: readonly ReturnType<WebAssembly.Table["get"]>[];
}

/** The first entries of the tables of an instance. */
export type TableImage = readonly SavedTable[];

const NO_TABLES: TableImage = [];

/** Saves the tables that may be written, of an instance that no code has run in. */
export function saveTables(
  exports: WebAssembly.Exports,
  { writesTables, tables }: CoreModule,
): TableImage {
  if (!writesTables) return NO_TABLES;
  return tables.map(({ exportName, is64 }) =>
    saveTable(exports[exportName] as WebAssembly.Table, is64)
  );
}

function saveTable(table: WebAssembly.Table, is64: boolean): SavedTable {
  const length = Number(table.length);
  const entries = Array.from(
    { length },
    (_, index) => table.get(keyOf(index, is64)),
  );
  return { table, is64, entries };
}

/** Puts back the entries of tables. */
export function restoreTables(image: TableImage): void {
  for (const { table, is64, entries } of image) {
    entries.forEach((entry, index) => table.set(keyOf(index, is64), entry));
  }
}

// TypeScript does not know tables of 64 bits yet, whose keys are bigints.
function keyOf(index: number, is64: boolean): number {
  return (is64 ? BigInt(index) : index) as number;
}
