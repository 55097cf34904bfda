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
  const bundle = await readArtifact(manifest, entry);
  try {
    const { name, capability, isolation } = entry;
    return await engine.load(name, bundle, capability, { isolation });
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

async function readArtifact(
  manifest: Manifest,
  { name, at }: ComponentEntry,
): Promise<string> {
  const path = join(manifest.directory, "wasm", `${name}.js`);
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    // Not built yet is the usual mistake; anything else is told as it is.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const place = formatPlace(manifest.path, at);
    throw new AppError(
      "missingArtifact",
      `${place}: Cannot find the artifact of component "${name}": ${path}`,
    );
  }
}
