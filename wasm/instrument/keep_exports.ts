/**
 * Takes exports out of a module.
 *
 * @module
 */

import { Reader } from "./reader.ts";
import {
  readSections,
  SECTION,
  type Section,
  writeSections,
} from "./sections.ts";
import { Writer } from "./writer.ts";

/**
 * A copy of `module` that exports no more than `names`. All else stays as it is.
 *
 * Each export is an object of its own in each instance.
 *
 * @throws {NotRewritable} It is no core module.
 *
 * @see WebAssembly Core, "Export Section".
 */
export function keepExports(
  module: Uint8Array,
  names: ReadonlySet<string>,
): Uint8Array<ArrayBuffer> {
  return writeSections(
    readSections(module).map((section) =>
      section.id === SECTION.export
        ? { id: section.id, bytes: keptIn(section, names) }
        : section
    ),
  );
}

function keptIn(section: Section, names: ReadonlySet<string>): Uint8Array {
  const reader = new Reader(section);
  const kept = new Writer();
  let count = 0;
  reader.vector(() => {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.u32();
    if (!names.has(name)) return;
    count++;
    kept.name(name);
    kept.byte(kind);
    kept.u32(index);
  });
  reader.end();
  const writer = new Writer();
  writer.u32(count);
  writer.copy(kept.bytes);
  return writer.bytes;
}
