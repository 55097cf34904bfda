/**
 * The type section.
 *
 * @module
 */

import { Reader } from "./reader.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

const RECURSIVE = 0x4e;
const FINAL_SUBTYPE = 0x4f;
const SUBTYPE = 0x50;
const ARRAY = 0x5e;
const STRUCTURE = 0x5f;
const FUNCTION = 0x60;

// () -> i32 and () -> ().
const ADDED = Uint8Array.of(FUNCTION, 0, 1, 0x7f, FUNCTION, 0, 0);

/** What became of the type section. */
export interface Types {
  /** Its contents. */
  readonly bytes: Uint8Array;
  /** Index of the type `() -> i32`, behind all others. */
  readonly overrun: number;
  /** Index of the type `() -> ()`, behind that. */
  readonly procedure: number;
}

/**
 * Adds two types.
 *
 * @throws {NotRewritable} A type has a form that is not known.
 */
export function rewriteTypes(section: Section): Types {
  const reader = new Reader(section);
  const groups = reader.u32();
  const start = reader.at;
  let count = 0;
  for (let group = 0; group < groups; group++) count += readGroup(reader);
  reader.end();
  const writer = new Writer(section.bytes.length + 16);
  writer.u32(groups + 2);
  writer.copy(section.bytes, start);
  writer.copy(ADDED);
  return { bytes: writer.bytes, overrun: count, procedure: count + 1 };
}

function readGroup(reader: Reader): number {
  const form = reader.byte();
  if (form !== RECURSIVE) {
    readType(reader, form);
    return 1;
  }
  let count = 0;
  reader.vector(() => {
    readType(reader, reader.byte());
    count++;
  });
  return count;
}

function readType(reader: Reader, form: number): void {
  if (form !== SUBTYPE && form !== FINAL_SUBTYPE) {
    return readComposite(reader, form);
  }
  reader.vector(() => reader.skipInteger());
  readComposite(reader, reader.byte());
}

function readComposite(reader: Reader, form: number): void {
  switch (form) {
    case FUNCTION:
      reader.vector(() => reader.valueType());
      reader.vector(() => reader.valueType());
      return;
    case STRUCTURE:
      return reader.vector(() => readField(reader));
    case ARRAY:
      return readField(reader);
    default:
      throw reader.refusal(
        "Cannot read an unknown form of type",
        reader.at - 1,
      );
  }
}

function readField(reader: Reader): void {
  reader.valueType();
  reader.byte();
}
