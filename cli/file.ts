/**
 * What is on the disk.
 *
 * @module
 */

import { isAbsolute, relative, sep } from "node:path";

/** Whether there is anything at `path`. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path) !== undefined;
}

/** What is at `path`, links followed; `undefined` when nothing is. */
export async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    // Absence is an answer here; every other refusal is a failure.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The names in a directory, sorted; `undefined` when it does not exist.
 */
export async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.map(({ name }) => name).sort();
  } catch (error) {
    // Absence is an answer here; every other refusal is a failure.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Puts `content` at `path` in one step: a reader sees the old file or the new
 * one, never a part.
 *
 * @param mode Who may do what with the file, as `chmod` has it; less the umask.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o666,
): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  try {
    await Deno.writeFile(draft, bytes, { createNew: true, mode });
    await Deno.rename(draft, path);
  } catch (error) {
    // Passed on: this only takes the draft away, which may not have come to be.
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}

/** `path` as the user would type it: relative when it lies below `cwd`. */
export function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  const isBelow = short !== "" && !short.startsWith("..") && !isAbsolute(short);
  return isBelow ? short : path;
}

/** `text` with every path below `cwd` as the user would type it. */
export function shortenAll(text: string, cwd: string): string {
  return text.replaceAll(`${cwd}${sep}`, "");
}
