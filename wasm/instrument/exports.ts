/**
 * The export section.
 *
 * @module
 */

import { KIND } from "./imports.ts";
import { type Move, movedIndex } from "./move.ts";
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

/**
 * Moves the functions that are exported, and adds exports.
 *
 * @throws {NotRewritable} A name is reserved.
 */
export function rewriteExports(
  section: Section,
  move: Move,
  added: readonly Export[],
): Uint8Array {
  const reader = new Reader(section);
  const writer = new Writer(section.bytes.length + 64);
  const count = reader.u32();
  writer.u32(count + added.length);
  for (let index = 0; index < count; index++) {
    moveExport(reader, writer, move);
  }
  reader.end();
  for (const { name, kind, index } of added) {
    writer.name(name);
    writer.byte(kind);
    writer.u32(index);
  }
  return writer.bytes;
}

function moveExport(reader: Reader, writer: Writer, move: Move): void {
  const start = reader.at;
  if (reader.name().startsWith(RESERVED_PREFIX)) {
    throw reader.refusal(
      `Cannot rewrite an export whose name begins with ${RESERVED_PREFIX}`,
      start,
    );
  }
  const kind = reader.byte();
  writer.copy(reader.bytes, start, reader.at);
  const index = reader.u32();
  writer.u32(kind === KIND.func ? movedIndex(index, move) : index);
}
