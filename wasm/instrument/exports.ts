/**
 * The export section.
 *
 * @module
 */

import { KIND } from "./imports.ts";
import { type Move, movedIndex } from "./move.ts";
import type { Ranges } from "./ranges.ts";
import { Reader } from "./reader.ts";
import { RESERVED_PREFIX } from "./reserved.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

/** What is exported besides. */
export interface Export {
  /** Its name. */
  readonly name: string;
  /** One of {@linkcode KIND}. */
  readonly kind: number;
  /** Its new index. */
  readonly index: number;
}

/** How the export section is rewritten. */
export interface ExportOptions {
  /** Which functions move. */
  readonly move: Move;
  /** What is exported besides. */
  readonly added: readonly Export[];
  /** What the module has. */
  readonly ranges: Ranges;
}

/** What became of the export section. */
export interface Exports {
  /** Its contents. */
  readonly bytes: Uint8Array;
  /** Whether it is in order, see `ranges.ts`. */
  readonly isSure: boolean;
}

/**
 * Moves the functions that are exported, and adds exports.
 *
 * @throws {NotRewritable} A name is reserved.
 */
export function rewriteExports(
  section: Section,
  { move, added, ranges }: ExportOptions,
): Exports {
  const reader = new Reader(section);
  const writer = new Writer(section.bytes.length + 64);
  const count = reader.u32();
  writer.u32(count + added.length);
  let isSure = true;
  for (let left = count; left > 0; left--) {
    const { kind, index } = readExport(reader, writer);
    if (index >= countOf(kind, ranges)) isSure = false;
    writer.u32(kind === KIND.func ? movedIndex(index, move) : index);
  }
  reader.end();
  for (const { name, kind, index } of added) {
    writer.name(name);
    writer.byte(kind);
    writer.u32(index);
  }
  return { bytes: writer.bytes, isSure };
}

/** Reads an export, and copies all but its index. */
function readExport(
  reader: Reader,
  writer: Writer,
): { kind: number; index: number } {
  const start = reader.at;
  if (reader.name().startsWith(RESERVED_PREFIX)) {
    throw reader.refusal(
      `Cannot rewrite an export whose name begins with ${RESERVED_PREFIX}`,
      start,
    );
  }
  const kind = reader.byte();
  writer.copy(reader.bytes, start, reader.at);
  return { kind, index: reader.u32() };
}

// Of all other kinds there are not more than before.
function countOf(kind: number, ranges: Ranges): number {
  switch (kind) {
    case KIND.func:
      return ranges.functions;
    case KIND.global:
      return ranges.globals;
    case KIND.memory:
      return ranges.memories;
    default:
      return Infinity;
  }
}
