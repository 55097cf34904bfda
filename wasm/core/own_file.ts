/**
 * Files that nobody else can have written.
 *
 * @module
 */

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Opens a file that is the user's own.
 *
 * It is looked at after it was opened, so nobody can put another in its place
 * in between.
 *
 * @returns For reading; undefined when there is none.
 * @throws {TypeError} It is another's, or others may write it.
 */
export async function openOwn(path: string): Promise<Deno.FsFile | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    insistOwn(await file.stat(), path);
    return file;
  } catch (error) {
    // Passed on, without the file.
    file.close();
    throw error;
  }
}

async function openIfThere(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    // Absence is an answer here; every other refusal is a failure.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Throws unless what is at `path` belongs to the user, and nobody else may
 * write it. On Windows nothing is known of that.
 *
 * @throws {TypeError} It is another's, or others may write it.
 */
export function insistOwn({ uid, mode }: Deno.FileInfo, path: string): void {
  if (Deno.build.os === "windows") return;
  if (uid !== Deno.uid()) {
    throw new TypeError(`Cannot trust what another user owns: ${path}`);
  }
  if (((mode ?? 0) & WRITABLE_BY_OTHERS) === 0) return;
  throw new TypeError(`Cannot trust what others can write: ${path}`);
}
