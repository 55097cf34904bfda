/**
 * `rusm serve`: an app, until it is told to stop.
 *
 * @module
 */

import type { App, Manifest } from "@rusm/serve";
import { reloadWhenAsked } from "./app/reload.ts";
import { startOrFail } from "./app/start.ts";
import type { Arguments } from "./arguments.ts";
import { buildApp } from "./build.ts";
import { endpointLines } from "./app/endpoints.ts";
import { EXIT_OK } from "./errors.ts";
import { shorten } from "./file.ts";
import { hostingLines } from "./app/hosting.ts";
import { logOptionsOf } from "./app/log_options.ts";
import { type Io, print } from "./io.ts";
import { loadOrFail } from "./manifest_load.ts";
import { findManifest } from "./manifest_path.ts";
import { waitUntilStopped } from "./serving.ts";

/**
 * Serves the app of `args` until a stop is requested.
 *
 * @returns 0 after an orderly stop; 128 + n when signal n cut that short.
 * @throws {CommandFailure} The manifest is wrong, a component cannot be built,
 * the app cannot start, or its residents ended too often.
 */
export async function runServe(args: Arguments, io: Io): Promise<number> {
  const logOptions = logOptionsOf(args);
  const { path, directory, exists } = await findManifest(args, io);
  if (!exists) return serveNothing(`no rusm.toml in ${directory}`, io);
  const loaded = await loadOrFail(path, io);
  const manifest = { ...loaded, ...logOptions };
  if (manifest.listeners.length === 0 && manifest.components.size === 0) {
    return serveNothing(noListener(path, io), io);
  }
  if (args.flags.has("build")) {
    await buildApp(directory, io, { checks: !args.flags.has("no-check") });
  }
  const hint =
    "Build it with `rusm build`, or serve with `rusm serve --build`.";
  const app = await startOrFail(manifest, { hint }, io);
  const close = reloadWhenAsked({ app, path, overrides: logOptions }, io);
  try {
    return await waitUntilStopped(
      app,
      io,
      (app) => describe(app, manifest, io),
    );
  } finally {
    close();
  }
}

function noListener(path: string, io: Io): string {
  return `no [[serve]] in ${shorten(path, io.cwd)}`;
}

function serveNothing(reason: string, io: Io): number {
  print(io.stdout, `nothing to serve: ${reason}`);
  return EXIT_OK;
}

function adminLine(url: string): string {
  return `admin: ${url}/metrics, /healthz, /readyz`;
}

// What only answers is told by the endpoints, if there are any.
function describe(app: App, manifest: Manifest, io: Io): readonly string[] {
  const hosted = app.hosted();
  if (app.endpoints.length === 0) {
    return [
      ...hostingLines(hosted),
      `serving nothing: ${noListener(manifest.path, io)}`,
    ];
  }
  const running = hosted.filter(({ role }) => role !== "onDemand");
  return [
    ...running.length === 0 ? [] : hostingLines(running),
    ...endpointLines(app.endpoints, manifest.listeners, io.stdout),
    ...app.adminUrl === undefined ? [] : [adminLine(app.adminUrl)],
  ];
}
