/**
 * The directory of a new app: there as a whole, or not at all.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { CommandFailure } from "./errors.ts";
import { namesIn, stat } from "./file.ts";

/**
 * Writes `files` below `directory`, which may exist if it is empty.
 *
 * They are written beside it and moved in one step, so that a full disk leaves
 * nothing behind.
 *
 * @param files Text by path, relative to `directory`.
 * @throws {CommandFailure} `directory` exists and is not an empty directory.
 */
export async function createApp(
  directory: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  await checkVacant(directory);
  const draft = join(
    dirname(directory),
    `.${basename(directory)}.${crypto.randomUUID()}.tmp`,
  );
  try {
    for (const [path, text] of files) await writeFile(join(draft, path), text);
    await Deno.rename(draft, directory);
  } catch (error) {
    // Passed on: this only takes the draft away, as far as it had come.
    await Deno.remove(draft, { recursive: true }).catch(() => {});
    throw error;
  }
}

async function checkVacant(directory: string): Promise<void> {
  const info = await stat(directory);
  if (info === undefined) return;
  const isVacant = info.isDirectory &&
    (await namesIn(directory))?.length === 0;
  if (isVacant) return;
  throw new CommandFailure(
    `Cannot create an app where something is already: ${basename(directory)}`,
    { hints: ["Choose another name, or empty it first."] },
  );
}

async function writeFile(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}
