/**
 * Starting the app that a command is about.
 *
 * @module
 */

import {
  type App,
  AppError,
  EnvFileError,
  type Manifest,
  startApp,
  type StartOptions,
} from "@rusm/serve";
import { CommandFailure, EXIT_MISUSED } from "../errors.ts";
import { shortenAll } from "../file.ts";
import { type Io, moduleCacheOf } from "../io.ts";

/**
 * Starts the app of `manifest`.
 *
 * @param hint What to do about a component that was not built.
 * @throws {CommandFailure} It cannot start.
 */
export async function startOrFail(
  manifest: Manifest,
  options: StartOptions & { readonly hint: string },
  io: Io,
): Promise<App> {
  const { hint, ...startOptions } = options;
  const cacheDir = moduleCacheOf(io);
  try {
    return await startApp(manifest, {
      ...startOptions,
      ...(cacheDir === undefined ? {} : { cacheDir }),
    });
  } catch (error) {
    // What it means for the user, and what can be done, is known here.
    if (error instanceof EnvFileError) {
      throw new CommandFailure(shortenAll(error.message, io.cwd), {
        exitCode: EXIT_MISUSED,
      });
    }
    if (!(error instanceof AppError)) throw error;
    throw new CommandFailure(shortenAll(error.message, io.cwd), {
      hints: error.code === "missingArtifact" ? [hint] : [],
    });
  }
}
