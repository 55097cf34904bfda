/**
 * The table section.
 *
 * @module
 */

import { Edits } from "./edits.ts";
import { type CappedLimits, readLimits, writeLimits } from "./memory_type.ts";
import { copyMoved, type Move } from "./move.ts";
import { TRAIT } from "./opcode.ts";
import { isSureTable, type Ranges } from "./ranges.ts";
import { Reader, type ValueType } from "./reader.ts";
import { tableExport } from "./reserved.ts";
import { scan } from "./scan.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

/** A table that a module defines. */
export interface Table extends CappedLimits {
  /** Its index. */
  readonly index: number;
  /** Type of its entries. */
  readonly type: ValueType;
  /** Name under which it is exported. */
  readonly exportName: string;
}

/** What became of the table section. */
export interface Tables {
  /** Its contents. */
  readonly bytes: Uint8Array;
  /** The tables that are defined, in order. */
  readonly tables: readonly Table[];
  /** Traits of the expressions that fill them. */
  readonly traits: number;
}

// What stands in front of a table that is filled with a value at first.
const HAS_VALUE = 0x40;

/** How the table section is rewritten. */
export interface TableOptions {
  /** Index of the first table that is defined. */
  readonly first: number;
  /** Which functions move. */
  readonly move: Move;
  /** How many entries a table may grow to. */
  readonly entriesMax: number;
  /** What the module has. */
  readonly ranges: Ranges;
}

/**
 * Caps tables, and moves functions in the expressions that fill them.
 *
 * @throws {NotRewritable} One starts above the cap.
 */
export function rewriteTables(section: Section, options: TableOptions): Tables {
  const reader = new Reader(section);
  const writer = new Writer(section.bytes.length + 16);
  const tables: Table[] = [];
  let traits = 0;
  const count = reader.u32();
  writer.u32(count);
  for (let nth = 0; nth < count; nth++) {
    const start = reader.at;
    const hasValue = reader.bytes[start] === HAS_VALUE;
    if (hasValue) reader.skip(2);
    const type = reader.valueType();
    writer.copy(reader.bytes, start, reader.at);
    if (type === "ref" || !isSureTable(reader)) traits |= TRAIT.unsure;
    const limits = readCappedTable(reader, options.entriesMax);
    writeLimits(writer, limits);
    const index = options.first + nth;
    tables.push({ index, type, exportName: tableExport(index), ...limits });
    if (hasValue) traits |= moveValue(reader, writer, options);
  }
  reader.end();
  return { bytes: writer.bytes, tables, traits };
}

function readCappedTable(reader: Reader, entriesMax: number): CappedLimits {
  const start = reader.at;
  const limits = readLimits(reader);
  if (limits.min > entriesMax) {
    throw reader.refusal(
      `Cannot cap a table of ${limits.min} entries at ${entriesMax} entries`,
      start,
    );
  }
  return { ...limits, max: Math.min(limits.max ?? Infinity, entriesMax) };
}

function moveValue(
  reader: Reader,
  writer: Writer,
  { move, ranges }: TableOptions,
): number {
  const edits = new Edits();
  const { at: start, bytes } = reader;
  const traits = scan(reader, edits, { moveFrom: move.from, ranges });
  copyMoved(writer, { bytes, start, end: reader.at }, edits, move.by);
  return traits;
}
