/**
 * The element section.
 *
 * @module
 */

import { EDIT, Edits } from "./edits.ts";
import { copyMoved, type Move } from "./move.ts";
import { TRAIT } from "./opcode.ts";
import type { Ranges } from "./ranges.ts";
import { Reader } from "./reader.ts";
import { scan, type ScanOptions } from "./scan.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

/** What became of the element section. */
export interface Elements {
  /** Its contents. */
  readonly bytes: Uint8Array;
  /** Traits of what is in it. */
  readonly traits: number;
}

// Bits of the flags in front of a segment.
const IS_NOT_ACTIVE = 0x01;
const HAS_TABLE_OR_DECLARES = 0x02;
const HAS_EXPRESSIONS = 0x04;

/**
 * Moves the functions that segments hold, in each of the eight forms.
 *
 * @throws {NotRewritable} A segment has a form that is not known.
 */
export function rewriteElements(
  section: Section,
  move: Move,
  ranges: Ranges,
): Elements {
  const reader = new Reader(section);
  const edits = new Edits();
  const options = { moveFrom: move.from, ranges };
  let traits = 0;
  reader.vector(() => traits |= readSegment(reader, edits, options));
  reader.end();
  const { bytes } = reader;
  const writer = new Writer(bytes.length + 16);
  copyMoved(writer, { bytes, start: 0, end: bytes.length }, edits, move.by);
  return { bytes: writer.bytes, traits };
}

function readSegment(
  reader: Reader,
  edits: Edits,
  options: ScanOptions,
): number {
  const flags = reader.u32();
  if (flags > 7) {
    throw reader.refusal(
      "Cannot rewrite a segment of an unknown form",
      reader.at - 1,
    );
  }
  const hasExpressions = (flags & HAS_EXPRESSIONS) !== 0;
  let traits = 0;
  if ((flags & IS_NOT_ACTIVE) === 0) {
    if ((flags & HAS_TABLE_OR_DECLARES) !== 0) reader.skipInteger();
    traits = scan(reader, edits, options);
  }
  const hasType = (flags & (IS_NOT_ACTIVE | HAS_TABLE_OR_DECLARES)) !== 0;
  if (hasType) {
    if (!hasExpressions) reader.skip(1);
    else if (reader.valueType() === "ref") traits |= TRAIT.unsure;
  }
  reader.vector(() => {
    traits |= hasExpressions
      ? scan(reader, edits, options)
      : readFunction(reader, edits, options);
  });
  return traits;
}

function readFunction(
  reader: Reader,
  edits: Edits,
  { moveFrom, ranges }: ScanOptions,
): number {
  const { at } = reader;
  const index = reader.u32();
  if (index >= moveFrom) edits.add(at, EDIT.move);
  return index < ranges.functions ? 0 : TRAIT.unsure;
}
