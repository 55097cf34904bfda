/**
 * The section that names functions and what is in them.
 *
 * @see WebAssembly Core, appendix "Custom Sections", "Name Section".
 *
 * @module
 */

import { readLeniently } from "./custom.ts";
import { type Move, movedIndex } from "./move.ts";
import { Reader } from "./reader.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

/** Name of the section. */
export const NAME_SECTION = "name";

// Subsections that are a map from functions.
const FUNCTIONS = 1;
const LOCALS = 2;
const LABELS = 3;

/**
 * Moves the functions that are named, or whose locals or labels are. A section
 * that cannot be read stays as it is.
 *
 * @param reader Behind the section's name.
 */
export function rewriteNames(
  section: Section,
  reader: Reader,
  move: Move,
): Uint8Array {
  const writer = new Writer(section.bytes.length + 64);
  writer.copy(section.bytes, 0, reader.at);
  return readLeniently(() => {
    while (!reader.isAtEnd) moveSubsection(section, reader, writer, move);
    return writer.bytes;
  }, section.bytes);
}

function moveSubsection(
  section: Section,
  reader: Reader,
  writer: Writer,
  move: Move,
): void {
  const id = reader.byte();
  const size = reader.u32();
  const start = reader.at;
  reader.skip(size);
  const bytes = section.bytes.subarray(start, reader.at);
  const offset = section.offset + start;
  const inner = new Reader({ id: section.id, offset, bytes });
  writer.byte(id);
  writer.sized(moveMap(inner, id, move));
}

function moveMap(reader: Reader, id: number, move: Move): Uint8Array {
  const { bytes } = reader;
  if (id !== FUNCTIONS && id !== LOCALS && id !== LABELS) return bytes;
  const writer = new Writer(bytes.length + 64);
  const count = reader.u32();
  writer.u32(count);
  for (let nth = 0; nth < count; nth++) {
    writer.u32(movedIndex(reader.u32(), move));
    const start = reader.at;
    if (id === FUNCTIONS) skipName(reader);
    else reader.vector(() => skipNamed(reader));
    writer.copy(bytes, start, reader.at);
  }
  reader.end();
  return writer.bytes;
}

function skipNamed(reader: Reader): void {
  reader.skipInteger();
  skipName(reader);
}

function skipName(reader: Reader): void {
  reader.skip(reader.u32());
}
