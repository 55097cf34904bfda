/**
 * Loops with several turns in a row, of which only the first is checked.
 *
 * ```wat
 * (loop $l BODY)
 * ```
 *
 * becomes
 *
 * ```wat
 * (block $exit (loop $l
 *   CHECK
 *   (block $next BODY (br $exit))
 *   (block $next BODY (br $exit))
 *   …
 *   BODY))
 * ```
 *
 * In all turns but the last a branch to `$l` is one to `$next`, which has the
 * same index there. Branches further out pass by the labels that are added.
 *
 * @module
 */

import type { MovedHints } from "./branch_hint.ts";
import { EDIT, type Edits } from "./edits.ts";
import type { Check } from "./epoch.ts";
import type { OffsetRuns } from "./offset_map.ts";
import type { Writer } from "./writer.ts";

// How many turns of a loop are in a row at most.
const TURNS_MAX = 4;

// How long all turns of a loop are together at most, in bytes.
const TURNS_BYTES_MAX = 512;

/**
 * How long a function may be whose loops are unrolled, in bytes. It is at most
 * ten times as long then, so that none gets too long for V8 by that.
 */
export const UNROLLED_FUNCTION_BYTES_MAX = 2 ** 19;

// deno-fmt-ignore
const OP = { block: 0x02, loop: 0x03, end: 0x0b, br: 0x0c, noType: 0x40 } as const;

// What stands in front of a loop's body: its opcode, and a type of one byte.
const LOOP_BYTES = 2;

// A block with a type, a branch and an end around each turn but the last.
const OP_BYTES_PER_TURN = 5;

// Indices are as seen from within a turn that is not the last.
const EXIT_LABEL = 2;

// Labels that are put around such a turn, and around the last, and that a
// branch out of the loop did not pass by before.
const LABELS_ADDED = 2;
const LABELS_ADDED_LAST = 1;

/** The outermost label in a loop that can be unrolled: it stays one byte long. */
export const LABEL_MAX = 127 - LABELS_ADDED;

/** How many turns of a loop whose body has `size` bytes are put in a row. */
export function turnsOf(size: number): number {
  return Math.min(TURNS_MAX, Math.floor(TURNS_BYTES_MAX / size));
}

/** Where an unrolled loop is written to. */
export interface UnrollTarget {
  /** The function before. */
  readonly bytes: Uint8Array;
  /** Where the function starts in them. */
  readonly start: number;
  /** Takes the function. */
  readonly writer: Writer;
  /** Where it starts in that. */
  readonly first: number;
  /** Its hints. */
  readonly hints: MovedHints;
  /** What goes where. */
  readonly runs: OffsetRuns;
  /** What is put in. */
  readonly check: Check;
}

/** A loop whose turns are put in a row. */
interface UnrolledLoop {
  /** Offsets of the first instruction in it, and of the `end` behind the last. */
  readonly body: number;
  readonly end: number;
  /** The edits of its labels, and the one behind. */
  readonly labels: number;
  readonly endEdit: number;
}

/**
 * Writes the loop of the edit `index`, up to and with its end.
 *
 * @returns Index of the last edit that belongs to it.
 */
export function writeUnrolled(
  target: UnrollTarget,
  edits: Edits,
  index: number,
): number {
  const { bytes, writer, runs } = target;
  const loop = loopOf(edits, index);
  writeHead(target, bytes[loop.body - 1]!);
  for (let left = turnsOf(loop.end - loop.body) - 1; left > 0; left--) {
    writer.byte(OP.block);
    writer.byte(OP.noType);
    writeTurn(target, edits, loop, LABELS_ADDED);
    runs.end(loop.end, writer.length);
    for (const byte of [OP.br, EXIT_LABEL, OP.end]) writer.byte(byte);
  }
  writeTurn(target, edits, loop, LABELS_ADDED_LAST);
  runs.add(loop.end, writer.length);
  writer.byte(OP.end);
  writer.byte(OP.end);
  return loop.endEdit;
}

/** Bytes by which the loop of the edit `index` grows. */
export function unrolledGrowth(
  edits: Edits,
  index: number,
  check: Check,
): number {
  const { body, end } = loopOf(edits, index);
  const size = end - body;
  const turnBytes = OP_BYTES_PER_TURN + size;
  return LOOP_BYTES + check.bytes.length + (turnsOf(size) - 1) * turnBytes + 1;
}

function loopOf({ offsets, kinds }: Edits, index: number): UnrolledLoop {
  let endEdit = index + 1;
  while (kinds[endEdit] !== EDIT.turnEnd) endEdit++;
  const body = offsets[index]! + LOOP_BYTES;
  return { body, end: offsets[endEdit]!, labels: index + 1, endEdit };
}

function writeHead(
  { writer, first, hints, check }: UnrollTarget,
  type: number,
): void {
  for (const byte of [OP.block, type, OP.loop, type]) writer.byte(byte);
  hints.addUnlikely(writer.length - first + check.branchAt);
  writer.copy(check.bytes);
}

// The body, whose branches out of the loop pass `added` more labels by.
function writeTurn(
  { bytes, start, writer, first, hints, runs }: UnrollTarget,
  { offsets }: Edits,
  { body, end, labels, endEdit }: UnrolledLoop,
  added: number,
): void {
  runs.add(body, writer.length);
  hints.move(body - start, end - start, writer.length - first);
  let from = body;
  for (let label = labels; label < endEdit; label++) {
    const at = offsets[label]!;
    writer.copy(bytes, from, at);
    writer.byte(bytes[at]! + added);
    from = at + 1;
  }
  writer.copy(bytes, from, end);
}
