/**
 * The manifest of an app, `rusm.toml`.
 *
 * @module
 */

import { resolve } from "node:path";
import { ManifestError, type Problem } from "./errors.ts";
import { findUnknownHooks } from "./manifest/unknown_hooks.ts";
import { inFileOrder } from "./manifest/fields.ts";
import type { DirectorySite } from "./manifest/routes.ts";
import { type Manifest, readManifest } from "./manifest/root.ts";

export type { Capability, Preopen } from "@rusm/wasm";
export type { Address } from "./manifest/address.ts";
export type { ArtifactSource } from "./manifest/dynamic.ts";
export type { ComponentEntry, Components } from "./manifest/component.ts";
export type {
  AnyListener,
  HttpListener,
  Listener,
  SseListener,
  WsListener,
} from "./manifest/listener.ts";
export type { EventStreamRules } from "./manifest/event_stream.ts";
export type { WebSocketRules } from "./manifest/websocket.ts";
export type {
  Admission,
  ClientLimits,
  ConnectionLimits,
} from "./manifest/admission.ts";
export type { TlsPair, TlsSite } from "./manifest/tls.ts";
export type { LogSettings } from "./manifest/log.ts";
export type { Manifest } from "./manifest/root.ts";

const MANIFEST_PATH = "rusm.toml";

/**
 * Loads a manifest, and checks that the directories that it preopens or serves
 * exist.
 *
 * @param path Of the file; `rusm.toml` in the working directory when
 * `undefined`, and that one may be missing: then the app is empty.
 * @param natives Names of authentication hooks that `startApp` will be given.
 * @throws {ManifestError} The file cannot be read, or is wrong: all that is
 * wrong is told at once.
 */
export async function loadManifest(
  path: string | undefined,
  natives: Iterable<string> = [],
): Promise<Manifest> {
  const text = await readText(path);
  const { manifest, preopens, directories, problems } = readManifest(
    text,
    path ?? MANIFEST_PATH,
  );
  const sites = [
    ...preopens.map(({ host, at }) => ({ what: "preopen", path: host, at })),
    ...directories.map((site) => ({ what: "serve", ...site })),
  ];
  const { components, directory } = manifest;
  const missing = await findMissing(sites, directory);
  const unknown = await findUnknownHooks(components, directory, natives);
  return settle(manifest, [...problems, ...missing, ...unknown]);
}

/**
 * Parses a manifest. Nothing is read but `text`: whether preopened directories
 * and authentication hooks exist is not looked at.
 *
 * @param path Where `text` is from: for messages, and for `directory`.
 * @throws {ManifestError} `text` is wrong: all that is wrong is told at once.
 *
 * @example One component that answers everything
 * ```ts
 * import { parseManifest } from "@rusm/serve";
 * import { strictEqual } from "node:assert";
 *
 * const manifest = parseManifest(
 *   `
 *   [[serve]]
 *   protocol = "http"
 *   listen = "127.0.0.1:8080"
 *   component = "api"
 *
 *   [components.api]
 *   `,
 *   "rusm.toml",
 * );
 * strictEqual(manifest.listeners[0]?.port, 8080);
 * strictEqual(manifest.components.get("api")?.capability.name, "sandboxed");
 * ```
 */
export function parseManifest(text: string, path: string): Manifest {
  const { manifest, problems } = readManifest(text, path);
  return settle(manifest, problems);
}

function settle(manifest: Manifest, problems: readonly Problem[]): Manifest {
  if (problems.length === 0) return manifest;
  throw new ManifestError(manifest.path, inFileOrder(problems));
}

async function readText(path: string | undefined): Promise<string> {
  try {
    const bytes = await Deno.readFile(path ?? MANIFEST_PATH);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    // Only the default file may be missing; whatever else keeps the file from
    // being read is the manifest's problem, told as every other one.
    if (path === undefined && error instanceof Deno.errors.NotFound) return "";
    throw new ManifestError(path ?? MANIFEST_PATH, [{
      at: undefined,
      message: "Cannot read the manifest",
      hint: describeFileError(error),
    }]);
  }
}

/** A directory that has to be there, and what for. */
interface Site extends DirectorySite {
  readonly what: string;
}

async function findMissing(
  sites: readonly Site[],
  directory: string,
): Promise<readonly Problem[]> {
  const problems = sites.map(async ({ what, path: written, at }) => {
    const path = resolve(directory, written);
    const hint = await whyNoDirectory(path);
    if (hint === undefined) return [];
    const quoted = JSON.stringify(path);
    return [{ at, message: `Cannot ${what} the directory ${quoted}`, hint }];
  });
  return (await Promise.all(problems)).flat();
}

async function whyNoDirectory(path: string): Promise<string | undefined> {
  try {
    const { isDirectory } = await Deno.stat(path);
    return isDirectory ? undefined : "it is not a directory";
  } catch (error) {
    // A directory that cannot be looked at is told as one of the problems.
    return describeFileError(error);
  }
}

function describeFileError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof TypeError) return "it is not UTF-8";
  return error instanceof Error ? error.message : String(error);
}
