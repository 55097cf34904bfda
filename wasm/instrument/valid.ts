/**
 * Modules that the engine refuses.
 *
 * @module
 */

import { NotRewritable } from "./errors.ts";
import { readSections } from "./sections.ts";

/**
 * Insists that a module is valid.
 *
 * @throws {NotRewritable} It is not; the error says why, and where.
 */
export function insistValid(module: Uint8Array<ArrayBuffer>): void {
  if (WebAssembly.validate(module)) return;
  throw invalid(module);
}

function invalid(module: Uint8Array<ArrayBuffer>): NotRewritable {
  let why = "";
  try {
    new WebAssembly.Module(module);
  } catch (error) {
    // The only way to learn why it is invalid.
    why = (error as Error).message;
  }
  const offset = Number(/@\+(\d+)$/.exec(why)?.[1] ?? 0);
  const section = readSections(module).findLast((each) =>
    each.offset <= offset
  );
  const reason = why.replace(/^.*?\(\): /, "").replace(/ @\+\d+$/, "");
  return new NotRewritable(
    `Cannot rewrite an invalid module: ${reason}`,
    section?.id,
    offset,
  );
}
