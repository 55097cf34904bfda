/**
 * Caps the memory that a module declares.
 *
 * @module
 */

import {
  malformed,
  MEMORY_SECTION,
  readSections,
  readU32,
  type Section,
  u32,
  writeSections,
} from "./sections.ts";

/** Size of a page of Wasm memory, in bytes. */
export const PAGE_BYTES = 65_536;

const HAS_MAXIMUM = 0x01;

/**
 * A copy of `module` whose one memory cannot grow past `bytesMax`: there
 * `memory.grow` answers -1.
 *
 * @param bytesMax At least a page; rounded down to whole pages.
 * @throws {WebAssembly.CompileError} The module declares no memory of its own
 * or several, declares a shared or 64-bit one, or starts above the cap.
 *
 * @see WebAssembly Core, "Memory Section".
 */
export function capMemory(
  module: Uint8Array,
  bytesMax: number,
): Uint8Array<ArrayBuffer> {
  const sections = readSections(module);
  const memory = sections.find((section) => section.id === MEMORY_SECTION);
  if (memory === undefined) {
    throw malformed("Cannot cap a module without a memory", 0);
  }
  const capped = capMemorySection(memory, Math.floor(bytesMax / PAGE_BYTES));
  return writeSections(
    sections.map((section) => section === memory ? capped : section),
  );
}

function capMemorySection(
  { id, offset, bytes }: Section,
  pagesMax: number,
): Pick<Section, "id" | "bytes"> {
  const [count, at] = readU32(bytes, 0);
  const flags = bytes[at];
  if (count !== 1 || flags === undefined || flags > HAS_MAXIMUM) {
    throw malformed("Cannot cap any but one plain 32-bit memory", offset);
  }
  const [pages, next] = readU32(bytes, at + 1);
  const declaredMax = flags === HAS_MAXIMUM
    ? readU32(bytes, next)[0]
    : pagesMax;
  if (pages > pagesMax) {
    throw malformed(
      `Cannot cap a memory of ${pages} pages at ${pagesMax} pages`,
      offset,
    );
  }
  const maximum = Math.min(declaredMax, pagesMax);
  const limits = [HAS_MAXIMUM, ...u32(pages), ...u32(maximum)];
  return { id, bytes: Uint8Array.from([1, ...limits]) };
}
