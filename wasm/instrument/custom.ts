/**
 * Custom sections.
 *
 * @module
 */

import { NotRewritable } from "./errors.ts";
import { Reader } from "./reader.ts";
import { SECTION, type Section } from "./sections.ts";

/**
 * The name of a custom section, with a reader behind it; `undefined` if it is
 * another section.
 *
 * @throws {NotRewritable} It has no name, which makes a module malformed.
 */
export function openCustom(
  section: Section,
): { name: string; reader: Reader } | undefined {
  if (section.id !== SECTION.custom) return undefined;
  const reader = new Reader(section);
  return { name: reader.name(), reader };
}

/**
 * What `read` gives, or `otherwise` if what it reads is malformed.
 *
 * An engine ignores a custom section that it cannot read, so a module does not
 * become invalid by one.
 */
export function readLeniently<Value>(
  read: () => Value,
  otherwise: Value,
): Value {
  try {
    return read();
  } catch (error) {
    // Only what the reader refuses; all else is a mistake of ours.
    if (error instanceof NotRewritable) return otherwise;
    throw error;
  }
}
