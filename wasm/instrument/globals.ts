/**
 * The global section.
 *
 * @module
 */

import { Edits } from "./edits.ts";
import { TRAIT } from "./opcode.ts";
import { copyMoved } from "./move.ts";
import { Reader, type ValueType } from "./reader.ts";
import { globalExport } from "./reserved.ts";
import { scan } from "./scan.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

/** A mutable global that a module defines. */
export interface Global {
  /** Its index. */
  readonly index: number;
  /** Type of its value. */
  readonly type: ValueType;
  /** Name under which it is exported. */
  readonly exportName: string;
}

/** What became of the global section. */
export interface Globals {
  /** Its contents. */
  readonly bytes: Uint8Array;
  /** The mutable ones, in order. */
  readonly globals: readonly Global[];
  /** Index of the one that is added: the epoch that was last seen. */
  readonly seen: number;
  /** Body of a function that gives each mutable global its first value. */
  readonly reset: Uint8Array;
  /** Whether one that cannot change holds an object that may. */
  readonly holdsObjects: boolean;
}

const MUTABLE = 1;
const GLOBAL_SET = 0x24;
const END = 0x0b;

// (mut i32), 0.
const SEEN = Uint8Array.of(0x7f, MUTABLE, 0x41, 0x00, END);

/**
 * Moves functions in the first values of globals, and adds a global.
 *
 * The function that resets holds the very expressions that make the first
 * values: all of these are instructions too, and give the same again, bit for
 * bit, since they read nothing but globals that cannot change.
 *
 * @param first Index of the first global that is defined.
 * @param moveFrom Index of the first function that moves.
 */
export function rewriteGlobals(
  section: Section,
  first: number,
  moveFrom: number,
): Globals {
  const reader = new Reader(section);
  const { bytes } = reader;
  const count = reader.u32();
  const writer = new Writer(bytes.length + 16);
  const reset = new Writer(bytes.length + 16);
  const edits = new Edits();
  const globals: Global[] = [];
  let holdsObjects = false;
  writer.u32(count + 1);
  reset.byte(0);
  for (let index = first; index < first + count; index++) {
    const start = reader.at;
    const type = reader.valueType();
    const isMutable = reader.byte() === MUTABLE;
    const value = reader.at;
    edits.count = 0;
    const traits = scan(reader, edits, { moveFrom });
    copyMoved(writer, { bytes, start, end: reader.at }, edits);
    if (isMutable) {
      globals.push({ index, type, exportName: globalExport(index) });
      copyMoved(reset, { bytes, start: value, end: reader.at - 1 }, edits);
      reset.byte(GLOBAL_SET);
      reset.u32(index);
    } else holdsObjects ||= (traits & TRAIT.allocates) !== 0;
  }
  reader.end();
  writer.copy(SEEN);
  reset.byte(END);
  return {
    bytes: writer.bytes,
    globals,
    seen: first + count,
    reset: reset.bytes,
    holdsObjects,
  };
}
