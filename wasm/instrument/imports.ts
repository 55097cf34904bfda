/**
 * The import section, and the memories that move into it.
 *
 * @module
 */

import {
  type CappedLimits,
  readCapped,
  readLimits,
  writeLimits,
} from "./memory_type.ts";
import { isSureMemory } from "./ranges.ts";
import { Reader } from "./reader.ts";
import {
  EPOCH_FIELD,
  memoryField,
  OVERRUN_FIELD,
  RESERVED_MODULE,
} from "./reserved.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

/** Kinds of imports and exports. */
export const KIND = {
  func: 0,
  table: 1,
  memory: 2,
  global: 3,
  tag: 4,
} as const;

/** A memory that the module is to be given. */
export interface MemoryImport extends CappedLimits {
  /** Module name of the import. */
  readonly module: string;
  /** Field name of the import. */
  readonly field: string;
  /** Whether the module defined it, so that whoever runs it has to make it. */
  readonly isOwn: boolean;
}

/** What a module imports. */
export interface Imports {
  /** How many entries there are. */
  readonly count: number;
  /** The entries, their memories capped. */
  readonly entries: Uint8Array;
  /** The memories among them. */
  readonly memories: readonly MemoryImport[];
  /** The type that each function among them had. */
  readonly functionTypes: readonly number[];
  /** How many there are of each kind, by {@linkcode KIND}. */
  readonly counts: readonly number[];
  /** Whether they are in order, see `ranges.ts`. */
  readonly isSure: boolean;
}

/**
 * Reads the imports, and caps the memories.
 *
 * @param typeOf The type that a function is to have whose type was this, the
 * nth of those that are imported; undefined if there is no such type.
 * @throws {NotRewritable} One has a reserved module name or an unknown kind,
 * or is a memory that starts above the cap.
 */
export function readImports(
  section: Section,
  bytesMax: number,
  typeOf: (type: number, nth: number) => number | undefined,
): Imports {
  const reader = new Reader(section);
  const writer = new Writer(section.bytes.length + 16);
  const memories: MemoryImport[] = [];
  const functionTypes: number[] = [];
  const counts = [0, 0, 0, 0, 0];
  let isSure = true;
  const count = reader.u32();
  for (let index = 0; index < count; index++) {
    const start = reader.at;
    const names = readNames(reader);
    const kind = reader.byte();
    writer.copy(reader.bytes, start, reader.at);
    if (kind === KIND.memory) {
      isSure &&= isSureMemory(reader);
      const limits = readCapped(reader, bytesMax);
      writeLimits(writer, limits);
      memories.push({ ...names, ...limits, isOwn: false });
    } else if (kind === KIND.func) {
      const type = reader.u32();
      functionTypes.push(type);
      const given = typeOf(type, functionTypes.length - 1);
      isSure &&= given !== undefined;
      writer.u32(given ?? type);
    } else {
      const from = reader.at;
      isSure = skipType(reader, kind) && isSure;
      writer.copy(reader.bytes, from, reader.at);
    }
    counts[kind]!++;
  }
  reader.end();
  return {
    count,
    entries: writer.bytes,
    memories,
    functionTypes,
    counts,
    isSure,
  };
}

function readNames(reader: Reader): { module: string; field: string } {
  const start = reader.at;
  const module = reader.name();
  if (module === RESERVED_MODULE) {
    throw reader.refusal(
      `Cannot rewrite an import of the reserved module ${RESERVED_MODULE}`,
      start,
    );
  }
  return { module, field: reader.name() };
}

/** Returns whether the type names no other. */
function skipType(reader: Reader, kind: number): boolean {
  switch (kind) {
    case KIND.table: {
      const type = reader.valueType();
      readLimits(reader);
      return type !== "ref";
    }
    case KIND.global: {
      const type = reader.valueType();
      reader.skip(1);
      return type !== "ref";
    }
    case KIND.tag:
      reader.skip(1);
      reader.skipInteger();
      return false;
    default:
      throw reader.refusal("Cannot rewrite an unknown import", reader.at - 1);
  }
}

/**
 * The memories that a module defines, as imports; `first` is the index of the
 * first of them.
 *
 * @throws {NotRewritable} One starts above the cap.
 */
export function readMemories(
  section: Section,
  { first, bytesMax }: { readonly first: number; readonly bytesMax: number },
): { memories: readonly MemoryImport[]; isSure: boolean } {
  const reader = new Reader(section);
  const memories: MemoryImport[] = [];
  let isSure = true;
  reader.vector((nth) => {
    isSure &&= isSureMemory(reader);
    memories.push({
      module: RESERVED_MODULE,
      field: memoryField(first + nth),
      ...readCapped(reader, bytesMax),
      isOwn: true,
    });
  });
  reader.end();
  return { memories, isSure };
}

/**
 * The import section: all that was there, then the module's own memories, then
 * the epoch and the function to call when it has moved on. So no memory changes
 * its index, and of the functions only those that are defined.
 */
export function writeImports(
  { count, entries }: Imports,
  memories: readonly MemoryImport[],
  overrunType: number,
): Uint8Array {
  const writer = new Writer(entries.length + 64);
  writer.u32(count + memories.length + 2);
  writer.copy(entries);
  for (const memory of memories) writeMemory(writer, memory.field, memory);
  writeMemory(writer, EPOCH_FIELD, {
    ...{ min: 1, max: 1, isShared: true, is64: false },
  });
  writeHead(writer, OVERRUN_FIELD, KIND.func);
  writer.u32(overrunType);
  return writer.bytes;
}

function writeMemory(
  writer: Writer,
  field: string,
  limits: CappedLimits,
): void {
  writeHead(writer, field, KIND.memory);
  writeLimits(writer, limits);
}

function writeHead(writer: Writer, field: string, kind: number): void {
  writer.name(RESERVED_MODULE);
  writer.name(field);
  writer.byte(kind);
}
