/**
 * Makes each check of a rewritten module fire.
 *
 * @module
 */

import { Reader } from "../../wasm/instrument/reader.ts";
import { readSections, SECTION } from "../../wasm/instrument/sections.ts";

const DROP = 0x1a;
const GLOBAL_SET = 0x24;
const NOP = 0x01;

/**
 * A copy of a rewritten module that never remembers the epoch it has seen: with
 * an epoch of 1, each check calls `overrun`.
 *
 * @throws {TypeError} It was not rewritten, or the rewriter has changed.
 */
export function overrunAlways(
  rewritten: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const bytes = rewritten.slice();
  const end = checkEnd(bytes);
  // The body of a check ends in `global.set $seen` and `end`.
  let start = end - 2;
  while (start > 0 && bytes[start - 1]! >= 0x80) start--;
  if (bytes[start - 1] !== GLOBAL_SET) {
    throw new TypeError("Cannot find where a check remembers the epoch");
  }
  bytes[start - 1] = DROP;
  bytes.fill(NOP, start, end - 1);
  return bytes;
}

/** Offset behind the body of what checks call: the last function but one. */
function checkEnd(bytes: Uint8Array<ArrayBuffer>): number {
  const code = readSections(bytes).find(({ id }) => id === SECTION.code);
  if (code === undefined) {
    throw new TypeError("Cannot find functions in a module without code");
  }
  const reader = new Reader(code);
  const ends: number[] = [];
  reader.vector(() => {
    reader.skip(reader.u32());
    ends.push(code.offset + reader.at);
  });
  return ends.at(-2) ?? 2;
}
