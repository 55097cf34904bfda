/**
 * `.rusm/`: what builds keep in an app for themselves.
 *
 * @module
 */

import { join } from "node:path";
import { exists, replaceFile } from "../file.ts";

const NAME = ".rusm";

/** Absolute path of a file of `.rusm/` of the app in `app`. */
export function ownFile(app: string, name: string): string {
  return join(app, NAME, name);
}

/** Makes `.rusm/` in `app`, which no repository takes: all of it can be made again. */
export async function makeOwnDirectory(app: string): Promise<void> {
  await Deno.mkdir(join(app, NAME), { recursive: true });
  const ignored = ownFile(app, ".gitignore");
  if (!await exists(ignored)) await replaceFile(ignored, "*\n");
}

/** Puts `text` at `path` unless it stands there already. */
export async function writeIfNew(path: string, text: string): Promise<void> {
  if (await readIfThere(path) !== text) await replaceFile(path, text);
}

/** What a file holds; `undefined` when it is not there, or is no file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    // What is kept can be made again, whatever has become of it.
    return undefined;
  }
}
