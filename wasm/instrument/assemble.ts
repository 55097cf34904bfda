/**
 * The order of sections.
 *
 * @module
 */

import { NotRewritable } from "./errors.ts";
import { SECTION, type Section } from "./sections.ts";

/** A section that is to be written. */
export type NewSection = Pick<Section, "id" | "bytes">;

// Of all but custom sections, which may stand anywhere.
// deno-fmt-ignore
const ORDER: readonly number[] = [
  SECTION.type, SECTION.import, SECTION.function, SECTION.table, SECTION.memory, SECTION.tag,
  SECTION.global, SECTION.export, SECTION.start, SECTION.element, SECTION.dataCount, SECTION.code,
  SECTION.data,
];

/**
 * Insists that no section is unknown, out of order, or there twice.
 *
 * @throws {NotRewritable} One is.
 */
export function insistOrder(sections: readonly Section[]): void {
  let last = -1;
  for (const { id, offset } of sections) {
    if (id === SECTION.custom) continue;
    const rank = ORDER.indexOf(id);
    if (rank < 0) {
      throw new NotRewritable("Cannot rewrite an unknown section", id, offset);
    }
    if (rank <= last) {
      throw new NotRewritable("Cannot read a section out of order", id, offset);
    }
    last = rank;
  }
}

/**
 * Puts `made` in the places of the sections of their ids, or where they would
 * be. All other sections stay where they are.
 *
 * @param made At most one of each id; not custom.
 */
export function arrange(
  sections: readonly NewSection[],
  made: readonly NewSection[],
): NewSection[] {
  const waiting = made.toSorted((a, b) => rankOf(a) - rankOf(b));
  const arranged: NewSection[] = [];
  for (const section of sections) {
    if (section.id === SECTION.custom) {
      arranged.push(section);
      continue;
    }
    while (waiting.length > 0 && rankOf(waiting[0]!) < rankOf(section)) {
      arranged.push(waiting.shift()!);
    }
    arranged.push(waiting[0]?.id === section.id ? waiting.shift()! : section);
  }
  return [...arranged, ...waiting];
}

function rankOf({ id }: NewSection): number {
  return ORDER.indexOf(id);
}
