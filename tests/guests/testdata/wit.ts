/**
 * WIT, as text.
 *
 * @module
 */

import { HERE } from "../paths.ts";

/** Interfaces of rusm:runtime with functions. */
export const INTERFACES = ["actor", "kv", "log", "pg", "serve", "streams"];

/** Reads a file, relative to the directory of the guests. */
export function readWit(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, HERE));
}

/** What stands in the braces of the first interface. */
export function bodyOf(wit: string): string {
  const found = /^interface [\w-]+ \{\n(.*?)^\}/ms.exec(wit);
  if (found === null) throw new TypeError("Cannot find an interface in the text");
  return found[1]!;
}
