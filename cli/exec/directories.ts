/**
 * The directories that a program sees.
 *
 * @module
 */

import { posix, resolve } from "node:path";
import type { Preopen } from "@rusm/wasm";
import { CommandFailure, EXIT_MISUSED, UsageError } from "../errors.ts";
import { stat } from "../file.ts";

const WRITABLE = ":rw";

/**
 * Reads `HOST[::GUEST][:rw]`, and looks whether each directory is there.
 *
 * @param cwd Absolute path that each HOST is relative to.
 * @returns In the order given; with links followed, since it is what a link
 * leads to that permissions are about.
 * @throws {UsageError} A path is missing, or two directories have the same.
 * @throws {CommandFailure} There is no such directory.
 */
export async function findPreopens(
  words: readonly string[],
  cwd: string,
): Promise<readonly Preopen[]> {
  const preopens = words.map(readDirectory);
  // Libraries take `x` and `/x` for the same.
  const guests = preopens.map(({ guest }) => posix.resolve("/", guest));
  const twice = guests.find((guest, index) => guests.indexOf(guest) < index);
  if (twice !== undefined) {
    throw new UsageError(`Cannot show two directories as one: ${twice}`);
  }
  return await Promise.all(preopens.map((preopen) => locate(preopen, cwd)));
}

/**
 * Reads one `HOST[::GUEST][:rw]`. Pure.
 *
 * A GUEST that is relative is given to the program as it stands, for those that
 * look a directory up by its name. Without one, HOST is seen from `/`, which
 * most libraries take for the working directory.
 *
 * @returns With `host` as it was given.
 * @throws {UsageError} A path is missing.
 */
export function readDirectory(word: string): Preopen {
  const readOnly = !word.endsWith(WRITABLE);
  const paths = readOnly ? word : word.slice(0, -WRITABLE.length);
  const end = paths.indexOf("::");
  const host = end === -1 ? paths : paths.slice(0, end);
  const guest = end === -1 ? host : paths.slice(end + 2);
  if (host === "") throw new UsageError(`Missing HOST in --dir: ${word}`);
  if (guest === "") throw new UsageError(`Missing GUEST in --dir: ${word}`);
  const isAsIs = end !== -1 && !posix.isAbsolute(guest);
  return { host, guest: isAsIs ? guest : posix.resolve("/", guest), readOnly };
}

async function locate(preopen: Preopen, cwd: string): Promise<Preopen> {
  const path = resolve(cwd, preopen.host);
  const info = await stat(path);
  if (info === undefined) throw cannot("find the directory", preopen);
  if (!info.isDirectory) throw cannot("use as a directory", preopen);
  return { ...preopen, host: await Deno.realPath(path) };
}

function cannot(action: string, { host }: Preopen): CommandFailure {
  return new CommandFailure(`Cannot ${action}: ${host}`, {
    exitCode: EXIT_MISUSED,
  });
}
