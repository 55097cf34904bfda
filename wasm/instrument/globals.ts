/**
 * The global section.
 *
 * @module
 */

import { Edits } from "./edits.ts";
import { TRAIT } from "./opcode.ts";
import { copyMoved, type Move } from "./move.ts";
import type { Ranges } from "./ranges.ts";
import { Reader, type ValueType } from "./reader.ts";
import { globalExport } from "./reserved.ts";
import { scan } from "./scan.ts";
import type { Section } from "./sections.ts";
import type { SegmentFlags } from "./segments.ts";
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
  /** How many there are. */
  readonly count: number;
  /** What defines them. */
  readonly entries: Uint8Array;
  /** The mutable ones, in order. */
  readonly globals: readonly Global[];
  /** Index of the one that is added: the epoch that was last seen. */
  readonly seen: number;
  /** Index of the one that is added behind it: who calls the host. It is there when imports are bound. */
  readonly self: number;
  /** Index behind all of them. */
  readonly end: number;
  /** Instructions that give each mutable global its first value, and `self` the parameter of the function that holds them. */
  readonly reset: Uint8Array;
  /** Whether one that cannot change holds an object that may. */
  readonly holdsObjects: boolean;
  /** Whether they are in order, see `ranges.ts`. */
  readonly isSure: boolean;
}

const MUTABLE = 1;
const LOCAL_GET = 0x20;
const GLOBAL_SET = 0x24;
const END = 0x0b;

// (mut i32), 0.
const ADDED = Uint8Array.of(0x7f, MUTABLE, 0x41, 0x00, END);

// (mut externref), null.
const SELF = Uint8Array.of(0x6f, MUTABLE, 0xd0, 0x6f, END);

/** How the global section is rewritten. */
export interface GlobalOptions {
  /** Index of the first global that is defined. */
  readonly first: number;
  /** Which functions move. */
  readonly move: Move;
  /** Whether functions that are imported are told who calls them. */
  readonly bindsImports: boolean;
  /** What the module has. */
  readonly ranges: Ranges;
}

/**
 * Moves functions in the first values of globals, and adds one global or two.
 *
 * What resets holds the very expressions that make the first
 * values: all of these are instructions too, and give the same again, bit for
 * bit, since they read nothing but globals that cannot change.
 */
export function rewriteGlobals(
  section: Section,
  { first, move, bindsImports, ranges }: GlobalOptions,
): Globals {
  const reader = new Reader(section);
  const { bytes } = reader;
  const count = reader.u32();
  const writer = new Writer(bytes.length + 16);
  const reset = new Writer(bytes.length + 16);
  const edits = new Edits();
  const globals: Global[] = [];
  let holdsObjects = false;
  let isSure = true;
  for (let index = first; index < first + count; index++) {
    const start = reader.at;
    const type = reader.valueType();
    const isMutable = reader.byte() === MUTABLE;
    const value = reader.at;
    edits.count = 0;
    const traits = scan(reader, edits, { moveFrom: move.from, ranges });
    if (type === "ref" || (traits & TRAIT.unsure) !== 0) isSure = false;
    copyMoved(writer, { bytes, start, end: reader.at }, edits, move.by);
    if (isMutable) {
      globals.push({ index, type, exportName: globalExport(index) });
      const run = { bytes, start: value, end: reader.at - 1 };
      copyMoved(reset, run, edits, move.by);
      reset.byte(GLOBAL_SET);
      reset.u32(index);
    } else holdsObjects ||= (traits & TRAIT.allocates) !== 0;
  }
  reader.end();
  writer.copy(ADDED);
  if (bindsImports) {
    writer.copy(SELF);
    for (const byte of [LOCAL_GET, 0, GLOBAL_SET]) reset.byte(byte);
    reset.u32(first + count + 1);
  }
  const added = bindsImports ? 2 : 1;
  return {
    count: count + added,
    entries: writer.bytes,
    globals,
    seen: first + count,
    self: first + count + 1,
    end: first + count + added,
    reset: reset.bytes,
    holdsObjects,
    isSure,
  };
}

/** The global section, with those for segments. */
export function writeGlobals(
  { count, entries }: Globals,
  segments: SegmentFlags,
): Uint8Array {
  const writer = new Writer(entries.length + 16);
  writer.u32(count + segments.count);
  writer.copy(entries);
  for (let nth = 0; nth < segments.count; nth++) writer.copy(ADDED);
  return writer.bytes;
}

/** Body of the function that resets all of them. */
export function resetBody(
  { reset }: Globals,
  segments: SegmentFlags,
): Uint8Array {
  const writer = new Writer(reset.length + 16);
  writer.byte(0);
  writer.copy(reset);
  writer.copy(segments.reset());
  writer.byte(END);
  return writer.bytes;
}
