/**
 * All of a module but its code and its custom sections.
 *
 * @module
 */

import { type BoundImports, boundImports, UNBOUND } from "./bound.ts";
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
import { type Move, movedIndex } from "./move.ts";
import { TRAIT } from "./opcode.ts";
import type { Ranges } from "./ranges.ts";
import { Reader } from "./reader.ts";
import { RESET_EXPORT, START_EXPORT } from "./reserved.ts";
import { SECTION, type Section } from "./sections.ts";
import { rewriteTables, type Table, type Tables } from "./tables.ts";
import { Types } from "./types.ts";
import { Writer } from "./writer.ts";

/** Bounds on what a module may use. */
export interface Caps {
  /** The size that each of its memories may grow to, in bytes; rounded down to whole pages. */
  readonly memoryBytesMax: number;
  /** How many entries each table that it defines may grow to. */
  readonly tableEntriesMax: number;
}

/** How a frame is rewritten. */
export interface FrameOptions extends Caps {
  /** Whether functions that are imported are told who calls them, or which of them. */
  readonly bindsImports: boolean | readonly boolean[];
}

/** All of a module but its code and its custom sections, rewritten. */
export interface Frame {
  /** The type section; nothing is added to it any more. */
  readonly types: Types;
  /** What the module imports by itself. */
  readonly imports: Imports;
  /** What stands in the place of the functions that it imports. */
  readonly bound: BoundImports;
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
  /** Which functions move. */
  readonly move: Move;
  /** What checks use. */
  readonly epoch: EpochIndices;
  /** What the module has before anything is added. */
  readonly ranges: Ranges;
  /** Whether it is in order, see `ranges.ts`. */
  readonly isSure: boolean;
}

/** Finds the section of an id; one that is missing is as good as one without entries. */
export type Find = (id: number) => Section;

/**
 * Rewrites all sections but those of code and custom ones.
 *
 * One function is added in front of those that the module defines, since it is
 * imported, and two behind them: what checks call, and the reset. When imports
 * are bound, one for each of them stands in front as well.
 *
 * @throws {NotRewritable} A section is malformed, uses a reserved name, or
 * starts above a cap.
 */
export function rewriteFrame(
  sections: readonly Section[],
  find: Find,
  options: FrameOptions,
): Frame {
  const { memoryBytesMax: bytesMax } = options;
  const bindsImports = options.bindsImports !== false;
  const types = new Types(find(SECTION.type), bindsImports);
  const isBound = (nth: number) => isBoundBy(options, nth);
  const typeOf = (type: number, nth: number) => {
    if (type >= types.count) return undefined;
    return isBound(nth) ? types.bound(type) : type;
  };
  const imports = readImports(find(SECTION.import), bytesMax, typeOf);
  const { counts, memories, functionTypes } = imports;
  const ranges = rangesOf(counts, types.count, find);
  const first = memories.length;
  const own = readMemories(find(SECTION.memory), { first, bytesMax });
  const move = moveOf(counts[KIND.func]!, bindsImports);
  const tables = rewriteTables(find(SECTION.table), {
    first: counts[KIND.table]!,
    move,
    ranges,
    entriesMax: options.tableEntriesMax,
  });
  const globals = rewriteGlobals(find(SECTION.global), {
    first: counts[KIND.global]!,
    move,
    ranges,
    bindsImports,
  });
  const bound = bindsImports
    ? boundImports(functionTypes, types, { self: globals.self, isBound })
    : UNBOUND;
  const functions = rewriteFunctions(find(SECTION.function), bound, types);
  const epoch = {
    memory: memories.length + own.memories.length,
    seen: globals.seen,
    check: counts[KIND.func]! + 1 + functions.count - 2,
    overrun: counts[KIND.func]!,
    self: bindsImports ? globals.self : undefined,
  };
  const start = readStart(sections, move);
  const added = [
    { name: RESET_EXPORT, kind: KIND.func, index: epoch.check + 1 },
    ...start,
    ...stateOf(globals, tables),
  ];
  const elements = rewriteElements(find(SECTION.element), move, ranges);
  const exports = rewriteExports(find(SECTION.export), { move, added, ranges });
  const hasStart = start.length > 0;
  const parts = [imports, own, functions, globals, exports];
  return {
    types,
    imports,
    bound,
    ownMemories: own.memories,
    functions: functions.bytes,
    tables,
    globals,
    elements,
    exports: exports.bytes,
    hasStart,
    move,
    epoch,
    ranges,
    isSure: ranges.memories === 1 && !hasStart &&
      parts.every(({ isSure }) => isSure) &&
      ((tables.traits | elements.traits) & TRAIT.unsure) === 0,
  };
}

function rangesOf(
  counts: readonly number[],
  types: number,
  find: Find,
): Ranges {
  const countOf = (id: number) => new Reader(find(id)).u32();
  return {
    functions: counts[KIND.func]! + countOf(SECTION.function),
    globals: counts[KIND.global]! + countOf(SECTION.global),
    memories: counts[KIND.memory]! + countOf(SECTION.memory),
    types,
  };
}

function isBoundBy({ bindsImports }: FrameOptions, nth: number): boolean {
  return typeof bindsImports === "boolean"
    ? bindsImports
    : bindsImports[nth] ?? false;
}

// One import is added behind the others. With functions in the place of the
// others, all that names a function moves alike.
function moveOf(importCount: number, bindsImports: boolean): Move {
  return bindsImports
    ? { from: 0, by: importCount + 1 }
    : { from: importCount, by: 1 };
}

function rewriteFunctions(
  section: Section,
  bound: BoundImports,
  { added, count: typeCount }: Types,
): { bytes: Uint8Array; count: number; isSure: boolean } {
  const reader = new Reader(section);
  const defined = reader.u32();
  const count = defined + bound.types.length + 2;
  const writer = new Writer(section.bytes.length + 16);
  writer.u32(count);
  for (const type of bound.types) writer.u32(type);
  writer.copy(section.bytes, reader.at);
  writer.u32(added.check);
  writer.u32(added.reset);
  let isSure = true;
  for (let left = defined; left > 0; left--) {
    if (reader.u32() >= typeCount) isSure = false;
  }
  reader.end();
  return { bytes: writer.bytes, count, isSure };
}

function readStart(sections: readonly Section[], move: Move): Export[] {
  const section = sections.find(({ id }) => id === SECTION.start);
  if (section === undefined) return [];
  const reader = new Reader(section);
  const index = movedIndex(reader.u32(), move);
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
