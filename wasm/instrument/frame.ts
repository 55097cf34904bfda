/**
 * All of a module but its code and its custom sections.
 *
 * @module
 */

import { type Elements, rewriteElements } from "./elements.ts";
import type { EpochIndices } from "./epoch.ts";
import { type Export, rewriteExports } from "./exports.ts";
import { type Global, type Globals, rewriteGlobals } from "./globals.ts";
import {
  type Imports,
  KIND,
  type MemoryImport,
  readImports,
  readMemories,
} from "./imports.ts";
import { movedIndex } from "./move.ts";
import { Reader } from "./reader.ts";
import { RESET_EXPORT, START_EXPORT } from "./reserved.ts";
import { SECTION, type Section } from "./sections.ts";
import { rewriteTables, type Table, type Tables } from "./tables.ts";
import { rewriteTypes, type Types } from "./types.ts";
import { Writer } from "./writer.ts";

/** Bounds on what a module may use. */
export interface Caps {
  /** The size that each of its memories may grow to, in bytes; rounded down to whole pages. */
  readonly memoryBytesMax: number;
  /** How many entries each table that it defines may grow to. */
  readonly tableEntriesMax: number;
}

/** All of a module but its code and its custom sections, rewritten. */
export interface Frame {
  /** The type section. */
  readonly types: Types;
  /** What the module imports by itself. */
  readonly imports: Imports;
  /** The memories that it defines. */
  readonly ownMemories: readonly MemoryImport[];
  /** Contents of the function section. */
  readonly functions: Uint8Array;
  /** The table section. */
  readonly tables: Tables;
  /** The global section. */
  readonly globals: Globals;
  /** The element section. */
  readonly elements: Elements;
  /** Contents of the export section. */
  readonly exports: Uint8Array;
  /** Whether there was a start function, which is exported now. */
  readonly hasStart: boolean;
  /** Index of the first function that moves. */
  readonly moveFrom: number;
  /** What checks use. */
  readonly epoch: EpochIndices;
}

/** Finds the section of an id; one that is missing is as good as one without entries. */
export type Find = (id: number) => Section;

/**
 * Rewrites all sections but those of code and custom ones.
 *
 * One function is added in front of those that the module defines, since it is
 * imported, and two behind them: what checks call, and the reset.
 *
 * @throws {NotRewritable} A section is malformed, uses a reserved name, or
 * starts above a cap.
 */
export function rewriteFrame(
  sections: readonly Section[],
  find: Find,
  caps: Caps,
): Frame {
  const types = rewriteTypes(find(SECTION.type));
  const imports = readImports(find(SECTION.import), caps.memoryBytesMax);
  const { counts, memories } = imports;
  const ownMemories = readMemories(find(SECTION.memory), {
    first: memories.length,
    bytesMax: caps.memoryBytesMax,
  });
  const moveFrom = counts[KIND.func]!;
  const functions = rewriteFunctions(find(SECTION.function), types.procedure);
  const tables = rewriteTables(find(SECTION.table), {
    first: counts[KIND.table]!,
    moveFrom,
    entriesMax: caps.tableEntriesMax,
  });
  const globals = rewriteGlobals(
    find(SECTION.global),
    counts[KIND.global]!,
    moveFrom,
  );
  const epoch = {
    memory: memories.length + ownMemories.length,
    seen: globals.seen,
    check: moveFrom + 1 + functions.count,
    overrun: moveFrom,
  };
  const start = readStart(sections, moveFrom);
  const added = [
    { name: RESET_EXPORT, kind: KIND.func, index: epoch.check + 1 },
    ...start,
    ...stateOf(globals, tables),
  ];
  return {
    types,
    imports,
    ownMemories,
    functions: functions.bytes,
    tables,
    globals,
    elements: rewriteElements(find(SECTION.element), moveFrom),
    exports: rewriteExports(find(SECTION.export), moveFrom, added),
    hasStart: start.length > 0,
    moveFrom,
    epoch,
  };
}

function rewriteFunctions(
  section: Section,
  type: number,
): { bytes: Uint8Array; count: number } {
  const reader = new Reader(section);
  const count = reader.u32();
  const writer = new Writer(section.bytes.length + 16);
  writer.u32(count + 2);
  writer.copy(section.bytes, reader.at);
  writer.u32(type);
  writer.u32(type);
  return { bytes: writer.bytes, count };
}

function readStart(sections: readonly Section[], moveFrom: number): Export[] {
  const section = sections.find(({ id }) => id === SECTION.start);
  if (section === undefined) return [];
  const reader = new Reader(section);
  const index = movedIndex(reader.u32(), moveFrom);
  reader.end();
  return [{ name: START_EXPORT, kind: KIND.func, index }];
}

function stateOf({ globals }: Globals, { tables }: Tables): Export[] {
  const exportOf =
    (kind: number) => ({ exportName, index }: Global | Table) => ({
      name: exportName,
      kind,
      index,
    });
  return [
    ...globals.map(exportOf(KIND.global)),
    ...tables.map(exportOf(KIND.table)),
  ];
}
