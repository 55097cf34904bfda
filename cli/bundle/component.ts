/**
 * The components of an app, as its directory shows them.
 *
 * @module
 */

import { basename, join } from "node:path";
import { exists, namesIn, stat } from "../file.ts";

/** A component to build. */
export interface Component {
  /** Name of its directory. */
  readonly name: string;
  /** Absolute path of its main module. */
  readonly entry: string;
  /** Absolute path of what is built of it. */
  readonly artifact: string;
}

/** What `components/` and `wasm/` hold, by name. */
export interface Components {
  /** What can be built. */
  readonly found: readonly Component[];
  /** Directories without a main module. */
  readonly skipped: readonly string[];
  /** Artifacts of no component. */
  readonly stale: readonly string[];
}

const ENTRIES = ["index.ts", join("src", "index.ts")];
const EXTENSION = ".js";

/** Absolute path of the directory of artifacts of the app in `app`. */
export function artifactsOf(app: string): string {
  return join(app, "wasm");
}

/**
 * Looks for the components of the app in `app`. Hidden directories are none.
 *
 * @returns `undefined` when the app has no `components/`.
 */
export async function findComponents(
  app: string,
): Promise<Components | undefined> {
  const directory = join(app, "components");
  const names = await namesIn(directory);
  if (names === undefined) return undefined;
  const found: Component[] = [];
  const skipped: string[] = [];
  for (const name of names.filter((name) => !name.startsWith("."))) {
    const path = join(directory, name);
    if (!(await stat(path))?.isDirectory) continue;
    const entry = await findEntry(path);
    if (entry === undefined) skipped.push(name);
    else found.push({ name, entry, artifact: artifactOf(app, name) });
  }
  return { found, skipped, stale: await findStale(app, found) };
}

async function findEntry(directory: string): Promise<string | undefined> {
  for (const entry of ENTRIES) {
    const path = join(directory, entry);
    if (await exists(path)) return path;
  }
  return undefined;
}

function artifactOf(app: string, name: string): string {
  return join(artifactsOf(app), `${name}${EXTENSION}`);
}

async function findStale(
  app: string,
  components: readonly Component[],
): Promise<string[]> {
  const live = new Set(components.map(({ artifact }) => basename(artifact)));
  const names = await namesIn(artifactsOf(app)) ?? [];
  return names.filter((name) => name.endsWith(EXTENSION) && !live.has(name));
}
