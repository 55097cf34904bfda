/**
 * Moves the indices of functions behind those that are added.
 *
 * @module
 */

import { EDIT, type Edits } from "./edits.ts";
import { integerBetween, integerBytes, integerEnd } from "./leb.ts";
import type { Writer } from "./writer.ts";

/** A run of bytes. */
export interface Run {
  /** Where they are. */
  readonly bytes: Uint8Array;
  /** Offset of the first. */
  readonly start: number;
  /** Offset behind the last. */
  readonly end: number;
}

/** Which functions get another index. */
export interface Move {
  /** Index of the first that does. */
  readonly from: number;
  /** By how much theirs and all behind it become higher. */
  readonly by: number;
}

/** The new index of function `index`. */
export function movedIndex(index: number, { from, by }: Move): number {
  return index < from ? index : index + by;
}

/** Copies a run in which every `move` of `edits` is made, and no other edit. */
export function copyMoved(
  writer: Writer,
  { bytes, start, end }: Run,
  edits: Edits,
  moveBy: number,
): void {
  let from = start;
  for (let index = 0; index < edits.count; index++) {
    if (edits.kinds[index] !== EDIT.move) continue;
    const at = edits.offsets[index]!;
    writer.copy(bytes, from, at);
    from = writeMoved(writer, bytes, at, moveBy);
  }
  writer.copy(bytes, from, end);
}

/**
 * Writes the index at `offset`, moved. It keeps its width, which linkers pad,
 * unless it needs more.
 *
 * @returns The offset behind it.
 */
export function writeMoved(
  writer: Writer,
  bytes: Uint8Array,
  offset: number,
  moveBy: number,
): number {
  const end = integerEnd(bytes, offset);
  writer.u32(integerBetween(bytes, offset, end) + moveBy, end - offset);
  return end;
}

/** Bytes by which the index at `offset` grows when it moves. */
export function moveGrowth(
  bytes: Uint8Array,
  offset: number,
  moveBy: number,
): number {
  const end = integerEnd(bytes, offset);
  const moved = integerBetween(bytes, offset, end) + moveBy;
  return Math.max(0, integerBytes(moved) - (end - offset));
}
