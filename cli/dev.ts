/**
 * `rusm dev`: an app that follows its sources, until it is told to stop.
 *
 * @module
 */

import { endpointLines } from "./app/endpoints.ts";
import { hostingLines } from "./app/hosting.ts";
import { logOptionsOf } from "./app/log_options.ts";
import type { Arguments } from "./arguments.ts";
import { DevSession } from "./dev/session.ts";
import { EXIT_OK } from "./errors.ts";
import { shorten } from "./file.ts";
import { type Io, print } from "./io.ts";
import { findManifest } from "./manifest_path.ts";
import { waitUntilStopped } from "./serving.ts";

/**
 * Builds and serves the app of `args`, and takes up what changes, until a stop is
 * requested.
 *
 * @returns 0 after an orderly stop; 128 + n when signal n cut that short.
 * @throws {CommandFailure} The app cannot be watched, or `--config` names no file.
 */
export async function runDev(args: Arguments, io: Io): Promise<number> {
  const overrides = logOptionsOf(args);
  const { path, directory, exists } = await findManifest(args, io);
  if (!exists) {
    print(io.stdout, `nothing to serve: no rusm.toml in ${directory}`);
    return EXIT_OK;
  }
  const checks = !args.flags.has("no-check");
  const options = { manifest: path, directory, checks, overrides };
  const session = new DevSession(options, io);
  await session.begin();
  const failed = Promise.withResolvers<never>();
  session.follow().catch(failed.reject);
  const stopped = waitUntilStopped(
    session,
    io,
    () => describe(session, shorten(path, io.cwd), io),
  );
  try {
    return await Promise.race([stopped, failed.promise]);
  } catch (error) {
    // Passed on: nothing is to run on behind it.
    await session.stop();
    throw error;
  }
}

function describe(
  { app, listeners }: DevSession,
  manifest: string,
  io: Io,
): readonly string[] {
  const watching = `watching components/, ${manifest} and .env`;
  if (app === undefined) return [`not running yet, ${watching}`];
  const running = app.hosted().filter(({ role }) => role !== "onDemand");
  return [
    ...running.length === 0 ? [] : hostingLines(running),
    ...endpointLines(app.endpoints, listeners, io.stdout),
    watching,
  ];
}
