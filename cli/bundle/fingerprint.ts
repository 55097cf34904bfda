/**
 * What files hold, in one word.
 *
 * @module
 */

import { concurrently } from "./concurrently.ts";

/** Files that are read at once. */
const READERS = 16;

/** A digest of `content`: hexadecimal. */
export async function digest(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : Uint8Array.from(content);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** A digest of a file; `undefined` when it is not there, or is no file. */
export async function digestFile(path: string): Promise<string | undefined> {
  try {
    return await digest(await Deno.readFile(path));
  } catch {
    // What cannot be read is told by who needs it; here it only differs.
    return undefined;
  }
}

/**
 * Digests files, each of them once for all fingerprints that name it: a build asks
 * for those of every component.
 */
export class Fingerprints {
  readonly #digests = new Map<string, Promise<string | undefined>>();

  /**
   * A digest of `words`, of what `paths` hold, and of which of them are not there.
   * The order of `paths` does not count.
   */
  async of(
    paths: readonly string[],
    words: readonly string[] = [],
  ): Promise<string> {
    const sorted = [...new Set(paths)].sort();
    const digests = await concurrently(sorted, READERS, (path) => {
      const known = this.#digests.get(path) ?? digestFile(path);
      this.#digests.set(path, known);
      return known;
    });
    const rows = sorted.map((path, index) => [path, digests[index] ?? null]);
    return await digest(JSON.stringify([words, rows]));
  }
}
