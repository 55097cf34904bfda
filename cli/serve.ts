/**
 * `rusm serve`: an app, until it is told to stop.
 *
 * @module
 */

import {
  type App,
  AppError,
  EnvFileError,
  type Manifest,
  startApp,
} from "@rusm/serve";
import type { Arguments } from "./arguments.ts";
import { buildApp } from "./build.ts";
import { CommandFailure, EXIT_MISUSED, EXIT_OK } from "./errors.ts";
import { shorten, shortenAll } from "./file.ts";
import { type Io, print } from "./io.ts";
import { loadOrFail } from "./manifest_load.ts";
import { findManifest } from "./manifest_path.ts";
import { waitUntilStopped } from "./serving.ts";

/**
 * Serves the app of `args` until a stop is requested.
 *
 * @returns 0 after an orderly stop; 128 + n when signal n cut that short.
 * @throws {CommandFailure} The manifest is wrong, a component cannot be built,
 * or the app cannot start.
 */
export async function runServe(args: Arguments, io: Io): Promise<number> {
  const { path, directory, exists } = await findManifest(args, io);
  if (!exists) return serveNothing(`no rusm.toml in ${directory}`, io);
  const manifest = await loadOrFail(path, io);
  if (manifest.listeners.length === 0) {
    return serveNothing(`no [[serve]] in ${shorten(path, io.cwd)}`, io);
  }
  if (args.flags.has("build")) await buildApp(directory, io);
  return await waitUntilStopped(await start(manifest, io), io);
}

function serveNothing(reason: string, io: Io): number {
  print(io.stdout, `nothing to serve: ${reason}`);
  return EXIT_OK;
}

async function start(manifest: Manifest, io: Io): Promise<App> {
  try {
    return await startApp(manifest);
  } catch (error) {
    // What it means for the user, and what can be done, is known here.
    if (error instanceof EnvFileError) {
      throw new CommandFailure(shortenAll(error.message, io.cwd), {
        exitCode: EXIT_MISUSED,
      });
    }
    if (!(error instanceof AppError)) throw error;
    throw new CommandFailure(shortenAll(error.message, io.cwd), {
      hints: error.code === "missingArtifact"
        ? ["Build it with `rusm build`, or serve with `rusm serve --build`."]
        : [],
    });
  }
}
