/**
 * Finds what has to change in an expression.
 *
 * @module
 */

import { EDIT, type Edits } from "./edits.ts";
import { integerBetween, integerEnd } from "./leb.ts";
import { LoopSearch } from "./loop_search.ts";
import { prefixed, SHAPE, SHAPE_MASK, SINGLE, TRAIT } from "./opcode.ts";
import type { Ranges } from "./ranges.ts";
import type { Reader } from "./reader.ts";

/** How a {@linkcode scan} goes. */
export interface ScanOptions {
  /** Index of the first function that moves. */
  readonly moveFrom: number;
  /** What the module has before anything is added. */
  readonly ranges: Ranges;
  /** Where the body of a function ends. Without it the scan ends behind the first `end`. */
  readonly end?: number;
  /** How much code in a row may have no check, in bytes, of which a call counts for some; any when absent. */
  readonly straightBytesMax?: number;
  /** Whether loops are unrolled where they can be. */
  readonly unrolls?: boolean;
}

// What a call counts for, in bytes: it may run a function that has no check.
const CALL_BYTES = 64;

const MEMORY_INDEX_BIT = 0x40;

/**
 * Adds to `edits` where checks are due from `reader.at` on, and the functions
 * that move; afterwards `reader.at` is the end of the expression.
 *
 * A check is due at the head of each loop, of several turns if it can be
 * unrolled, in front of each instruction that can
 * take long, and after a long run of others. It may stand between any two
 * instructions, since it leaves the stack and the labels as they are.
 *
 * Nothing is validated but what is needed to find the next instruction, and
 * that no index is one of what is added: `unsure` is among the traits if one
 * may be.
 *
 * @returns The traits of all its instructions.
 * @throws {NotRewritable} An instruction is not known, or is cut off.
 *
 * Source: one `switch` over a closed set of shapes. It reads without bounds,
 * since behind the end of the bytes an integer ends, and compares once an
 * instruction.
 */
export function scan(
  reader: Reader,
  edits: Edits,
  options: ScanOptions,
): number {
  const { moveFrom, ranges, end } = options;
  const { straightBytesMax = Infinity, unrolls = false } = options;
  const { functions, globals, types } = ranges;
  const { bytes } = reader;
  const limit = end ?? bytes.length;
  let at = reader.at;
  const loops = new LoopSearch(edits);
  let traits = 0;
  let start = at;
  let checked = at;
  while (at < limit) {
    start = at;
    const opcode = bytes[at++]!;
    let entry = SINGLE[opcode]!;
    if (entry === SHAPE.prefix) {
      let number = bytes[at++]!;
      if (number >= 128) {
        at = integerEnd(bytes, at - 1);
        number = integerBetween(bytes, start + 1, at);
      }
      entry = prefixed(opcode, number);
    }
    traits |= entry;
    if ((entry & TRAIT.bulk) !== 0 || start - checked > straightBytesMax) {
      edits.add(start, EDIT.check);
      checked = start;
      if ((entry & TRAIT.segment) !== 0) edits.add(start, EDIT.segment);
    }
    if ((entry & TRAIT.calls) !== 0) checked -= CALL_BYTES;
    switch (entry & SHAPE_MASK) {
      case SHAPE.plain:
        break;
      case SHAPE.one:
        while (bytes[at++]! >= 128);
        break;
      case SHAPE.two:
        while (bytes[at++]! >= 128);
        while (bytes[at++]! >= 128);
        break;
      case SHAPE.func: {
        const first = at;
        while (bytes[at++]! >= 128);
        const index = integerBetween(bytes, first, at);
        if (index >= moveFrom) edits.add(first, EDIT.move);
        if (index >= functions) traits |= TRAIT.unsure;
        break;
      }
      case SHAPE.global: {
        const first = at;
        while (bytes[at++]! >= 128);
        const index = integerBetween(bytes, first, at);
        if (index >= globals) traits |= TRAIT.unsure;
        break;
      }
      case SHAPE.indirect: {
        const first = at;
        while (bytes[at++]! >= 128);
        const index = integerBetween(bytes, first, at);
        if (index >= types) traits |= TRAIT.unsure;
        while (bytes[at++]! >= 128);
        break;
      }
      case SHAPE.memoryIndex:
        if (bytes[at] !== 0) traits |= TRAIT.unsure;
        while (bytes[at++]! >= 128);
        break;
      case SHAPE.memoryIndices:
        if (bytes[at] !== 0 || bytes[at + 1] !== 0) traits |= TRAIT.unsure;
        while (bytes[at++]! >= 128);
        while (bytes[at++]! >= 128);
        break;
      case SHAPE.block:
        if (!isSureBlockType(bytes[at]!, types)) traits |= TRAIT.unsure;
        at = skipBlockType(bytes, at);
        loops.enter();
        break;
      case SHAPE.loop:
        if (!isSureBlockType(bytes[at]!, types)) traits |= TRAIT.unsure;
        at = skipBlockType(bytes, at);
        edits.add(at, EDIT.check);
        checked = at;
        loops.enterLoop(bytes, start, at);
        if (!unrolls) loops.leaveOut();
        break;
      case SHAPE.label:
        loops.label(bytes, at);
        while (bytes[at++]! >= 128);
        break;
      case SHAPE.delegate:
        checked -= loops.leave(start);
        loops.label(bytes, at);
        while (bytes[at++]! >= 128);
        break;
      case SHAPE.memory:
        if (bytes[at]! >= MEMORY_INDEX_BIT) traits |= TRAIT.unsure;
        at = skipMemory(bytes, at);
        break;
      case SHAPE.memoryLane:
        if (bytes[at]! >= MEMORY_INDEX_BIT) traits |= TRAIT.unsure;
        at = skipMemory(bytes, at) + 1;
        break;
      case SHAPE.byte:
        at++;
        break;
      case SHAPE.bytes4:
        at += 4;
        break;
      case SHAPE.bytes8:
        at += 8;
        break;
      case SHAPE.bytes16:
        at += 16;
        break;
      case SHAPE.table:
        at = skipVector(bytes, at, limit, integerEnd);
        at = integerEnd(bytes, at);
        loops.labels(bytes, start + 1, at);
        break;
      case SHAPE.select:
        at = skipVector(bytes, at, limit, skipBlockType);
        break;
      case SHAPE.tryTable:
        at = skipBlockType(bytes, at);
        at = skipVector(bytes, at, limit, skipCatch);
        loops.enter();
        loops.leaveOut();
        break;
      case SHAPE.cast:
        loops.label(bytes, at + 1);
        at = integerEnd(bytes, at + 1);
        at = integerEnd(bytes, integerEnd(bytes, at));
        break;
      case SHAPE.end:
        checked -= loops.leave(start);
        if (end !== undefined) break;
        reader.at = at;
        return traits;
      default:
        throw reader.refusal("Cannot rewrite an unknown instruction", start);
    }
  }
  if (at !== end) throw reader.refusal("Cannot read a cut instruction", start);
  reader.at = at;
  return traits;
}

// A value type is a block type too, and none is longer than one integer but
// references with a heap type.
function skipBlockType(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset];
  const isReference = first === 0x63 || first === 0x64;
  return integerEnd(bytes, isReference ? offset + 1 : offset);
}

// No type, a value type that names no other, or an index in range of one byte.
function isSureBlockType(first: number, types: number): boolean {
  if (first < 0x40) return first < types;
  return first === 0x40 || first >= 0x6f && first < 0x80;
}

function skipMemory(bytes: Uint8Array, offset: number): number {
  const flags = bytes[offset]!;
  let at = integerEnd(bytes, offset);
  if ((flags & MEMORY_INDEX_BIT) !== 0) at = integerEnd(bytes, at);
  return integerEnd(bytes, at);
}

function skipCatch(bytes: Uint8Array, offset: number): number {
  const hasTag = bytes[offset]! < 2;
  const at = integerEnd(bytes, offset + 1);
  return hasTag ? integerEnd(bytes, at) : at;
}

function skipVector(
  bytes: Uint8Array,
  offset: number,
  limit: number,
  skip: (bytes: Uint8Array, offset: number) => number,
): number {
  let at = integerEnd(bytes, offset);
  let left = integerBetween(bytes, offset, at);
  for (; left > 0 && at < limit; left--) at = skip(bytes, at);
  // Too short: the caller sees that the end is not where it must be.
  return left > 0 ? Infinity : at;
}
