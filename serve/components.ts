/**
 * The components of an app, from their artifacts.
 *
 * @module
 */

import {
  type Component,
  type Engine,
  LoadFailed,
  NotGrantable,
} from "@rusm/wasm";
import { join } from "node:path";
import { AppError, formatPlace } from "./errors.ts";
import type { ComponentEntry, Manifest } from "./manifest.ts";

/**
 * Loads every component of `manifest`, all at once.
 *
 * @throws {AppError} One was not built, or cannot be loaded or granted: the
 * first in the manifest. Nothing is under way then.
 */
export async function loadComponents(
  manifest: Manifest,
  engine: Engine,
): Promise<ReadonlyMap<string, Component>> {
  const entries = [...manifest.components.values()];
  const loads = entries.map((entry) => loadComponent(manifest, engine, entry));
  // Which one fails first is a race; which one is told is not.
  await Promise.allSettled(loads);
  const components = await Promise.all(loads);
  return new Map(components.map((component) => [component.name, component]));
}

async function loadComponent(
  manifest: Manifest,
  engine: Engine,
  entry: ComponentEntry,
): Promise<Component> {
  const artifact = await readArtifact(manifest, entry);
  try {
    const { name, capability, isolation } = entry;
    if (typeof artifact === "string") {
      return await engine.load(name, artifact, capability, { isolation });
    }
    const component = await engine.loadModule(name, artifact, capability, {
      isolation,
    });
    insistServable(manifest, entry, component);
    return component;
  } catch (error) {
    // What the engine says gets the place in the manifest that it is about.
    const place = formatPlace(manifest.path, entry.at);
    if (error instanceof NotGrantable) {
      throw new AppError("notGrantable", `${place}: ${error.message}`);
    }
    if (error instanceof LoadFailed) {
      throw new AppError(
        "loadFailed",
        `${place}: Cannot load component "${entry.name}": ${error.stack}`,
      );
    }
    throw error;
  }
}

// A script answers by its default export, a component by that of `wasi:http`.
function insistServable(
  { path, listeners }: Manifest,
  { name, at }: ComponentEntry,
  { isHandler }: Component,
): void {
  const isServed = listeners.some(({ target }) =>
    typeof target === "string"
      ? target === name
      : target.routes.some(({ component }) => component === name)
  );
  if (isHandler || !isServed) return;
  throw new AppError(
    "loadFailed",
    `${
      formatPlace(path, at)
    }: Cannot serve component "${name}", which exports no wasi:http/incoming-handler`,
  );
}

/** The text of a script, or the bytes of a component. */
type Artifact = string | Uint8Array<ArrayBuffer>;

async function readArtifact(
  manifest: Manifest,
  { name, at }: ComponentEntry,
): Promise<Artifact> {
  const path = join(manifest.directory, "wasm", name);
  const artifact = await unlessMissing(Deno.readTextFile(`${path}.js`)) ??
    await unlessMissing(Deno.readFile(`${path}.wasm`));
  if (artifact !== undefined) return artifact;
  throw new AppError(
    "missingArtifact",
    `${
      formatPlace(manifest.path, at)
    }: Cannot find the artifact of component "${name}": ${path}.js or .wasm`,
  );
}

async function unlessMissing<Content>(
  read: Promise<Content>,
): Promise<Content | undefined> {
  try {
    return await read;
  } catch (error) {
    // Not built yet is the usual mistake; anything else is told as it is.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
