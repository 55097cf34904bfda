/**
 * Where functions begin.
 *
 * @module
 */

import { readLeniently } from "../instrument/custom.ts";
import { Reader } from "../instrument/reader.ts";
import { readSections, SECTION, type Section } from "../instrument/sections.ts";

/**
 * For each of `offsets` in `module`, in their order, the offset of the function
 * body that it is in, behind the body's size; undefined where there is none, or
 * where the module is malformed.
 */
export function bodyOffsets(
  module: Uint8Array,
  offsets: readonly number[],
): (number | undefined)[] {
  const starts = offsets.map((): number | undefined => undefined);
  const sections = readLeniently(() => readSections(module), []);
  const code = sections.find(({ id }) => id === SECTION.code);
  if (code === undefined) return starts;
  readLeniently(() =>
    readBodies(code, (start, end) => {
      offsets.forEach((offset, nth) => {
        if (offset >= start && offset < end) starts[nth] = start;
      });
    }), undefined);
  return starts;
}

function readBodies(
  code: Section,
  found: (start: number, end: number) => void,
): void {
  const reader = new Reader(code);
  reader.vector(() => {
    const size = reader.u32();
    const start = code.offset + reader.at;
    reader.skip(size);
    found(start, start + size);
  });
}
