/**
 * A directory for the length of a test.
 *
 * @module
 */

import { pathToFileURL } from "node:url";

/**
 * Writes files to a new directory, and removes it after use.
 *
 * @param files Texts by path, with `/` between names.
 * @param use Gets the directory's URL, which ends with `/`.
 */
export async function withFiles<T>(
  files: ReadonlyMap<string, string>,
  use: (directory: URL) => Promise<T>,
): Promise<T> {
  // The real path, because Deno resolves links and its answers name files.
  const path = await Deno.realPath(await Deno.makeTempDir());
  try {
    const directory = pathToFileURL(`${path}/`);
    for (const [name, text] of files) {
      await write(new URL(name, directory), text);
    }
    return await use(directory);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function write(file: URL, text: string): Promise<void> {
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await Deno.writeTextFile(file, text);
}
