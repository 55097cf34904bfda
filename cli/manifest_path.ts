/**
 * Which app a command is about.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import type { Arguments } from "./arguments.ts";
import { CommandFailure, EXIT_MISUSED } from "./errors.ts";
import { exists } from "./file.ts";
import type { Io } from "./io.ts";

/** Where an app is. */
export interface ManifestPath {
  /** Absolute path of the manifest. */
  readonly path: string;
  /** Absolute path of the app: the manifest's directory. */
  readonly directory: string;
  /** Whether the manifest is there. Only the default one may be missing. */
  readonly exists: boolean;
}

const MANIFEST = "rusm.toml";

/**
 * Finds the manifest that `--config` names, by default the one of the working
 * directory.
 *
 * @throws {CommandFailure} The file that `--config` names does not exist.
 */
export async function findManifest(
  args: Arguments,
  io: Io,
): Promise<ManifestPath> {
  const named = args.values.get("config");
  const path = resolve(io.cwd, named ?? MANIFEST);
  const found = { path, directory: dirname(path), exists: await exists(path) };
  if (found.exists || named === undefined) return found;
  throw new CommandFailure(`Cannot find the manifest: ${named}`, {
    exitCode: EXIT_MISUSED,
  });
}
