/**
 * Caps the memory that a module declares.
 *
 * @module
 */

import { NotRewritable } from "./errors.ts";
import { readCapped, writeLimits } from "./memory_type.ts";
import { Reader } from "./reader.ts";
import {
  readSections,
  SECTION,
  type Section,
  writeSections,
} from "./sections.ts";
import { Writer } from "./writer.ts";

export { PAGE_BYTES } from "./memory_type.ts";

/**
 * A copy of `module` whose one memory cannot grow past `bytesMax`: there
 * `memory.grow` answers -1. All else stays as it is.
 *
 * @param bytesMax At least a page; rounded down to whole pages.
 * @throws {NotRewritable} The module declares no memory of its own or several,
 * declares a shared or 64-bit one, or starts above the cap.
 *
 * @see WebAssembly Core, "Memory Section".
 */
export function capMemory(
  module: Uint8Array,
  bytesMax: number,
): Uint8Array<ArrayBuffer> {
  const sections = readSections(module);
  const memory = sections.find((section) => section.id === SECTION.memory);
  if (memory === undefined) {
    throw new NotRewritable(
      "Cannot cap a module without a memory",
      SECTION.memory,
      0,
    );
  }
  const capped = { id: memory.id, bytes: capSection(memory, bytesMax) };
  return writeSections(
    sections.map((section) => section === memory ? capped : section),
  );
}

function capSection(memory: Section, bytesMax: number): Uint8Array {
  const reader = new Reader(memory);
  const count = reader.u32();
  const limits = readCapped(reader, bytesMax);
  if (count !== 1 || limits.isShared || limits.is64) {
    throw reader.refusal("Cannot cap any but one plain 32-bit memory", 0);
  }
  reader.end();
  const writer = new Writer();
  writer.u32(count);
  writeLimits(writer, limits);
  return writer.bytes;
}
