/**
 * The manifest of the app that a command is about.
 *
 * @module
 */

import { loadManifest, type Manifest, ManifestError } from "@rusm/serve";
import { CommandFailure, EXIT_MISUSED } from "./errors.ts";
import { shorten, shortenAll } from "./file.ts";
import { type Io, print } from "./io.ts";

/**
 * Loads the manifest at `path`, and prints what is wrong with it.
 *
 * @param hooks Names of authentication hooks that need not be there.
 * @throws {CommandFailure} It is wrong, or cannot be read.
 */
export async function loadOrFail(
  path: string,
  io: Io,
  hooks: readonly string[] = [],
): Promise<Manifest> {
  try {
    return await loadManifest(path, hooks);
  } catch (error) {
    // The user's mistakes have an exit code of their own.
    if (!(error instanceof ManifestError)) throw error;
    print(io.stderr, shortenAll(error.message, io.cwd));
    throw new CommandFailure(
      `Cannot use the manifest: ${shorten(path, io.cwd)}`,
      { exitCode: EXIT_MISUSED },
    );
  }
}
