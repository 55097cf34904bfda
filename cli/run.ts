/**
 * `rusm run`: the components of an app, until it is told to stop.
 *
 * @module
 */

import { reloadWhenAsked } from "./app/reload.ts";
import { startOrFail } from "./app/start.ts";
import type { Arguments } from "./arguments.ts";
import { EXIT_OK } from "./errors.ts";
import { shorten } from "./file.ts";
import { hostingLines } from "./app/hosting.ts";
import { logOptionsOf } from "./app/log_options.ts";
import { type Io, print } from "./io.ts";
import { loadOrFail } from "./manifest_load.ts";
import { findManifest } from "./manifest_path.ts";
import { waitUntilStopped } from "./serving.ts";

/**
 * Hosts the app of `args`, without its listeners, until a stop is requested.
 *
 * @returns 0 after an orderly stop; 128 + n when signal n cut that short.
 * @throws {CommandFailure} The manifest is wrong, the app cannot start, or its
 * residents ended too often.
 */
export async function runRun(args: Arguments, io: Io): Promise<number> {
  const logOptions = logOptionsOf(args);
  const { path, directory, exists } = await findManifest(args, io);
  if (!exists) return runNothing(`no rusm.toml in ${directory}`, io);
  const loaded = await loadOrFail(path, io);
  const manifest = { ...loaded, ...logOptions };
  if (manifest.components.size === 0) {
    return runNothing(`no [components.NAME] in ${shorten(path, io.cwd)}`, io);
  }
  const hint = "Build it with `rusm build`.";
  const app = await startOrFail(manifest, { listens: false, hint }, io);
  const close = reloadWhenAsked({ app, path, overrides: logOptions }, io);
  try {
    return await waitUntilStopped(app, io, (app) => hostingLines(app.hosted()));
  } finally {
    close();
  }
}

function runNothing(reason: string, io: Io): number {
  print(io.stdout, `nothing to run: ${reason}`);
  return EXIT_OK;
}
