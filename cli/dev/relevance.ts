/**
 * What a change of files means for an app.
 *
 * @module
 */

import { basename, dirname, join, relative, sep } from "node:path";
import { FOLDERS } from "../bundle/component.ts";
import type { Batch } from "./changes.ts";

/** What is known of an app's files. */
export interface AppFiles {
  /** Absolute path of the app. */
  readonly directory: string;
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** The files that each component is made of, by its name: absolute paths. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
}

/** What is to be done about changes. */
export interface Relevance {
  /** Names of the components that may have to be built. */
  readonly components: "all" | ReadonlySet<string>;
  /** The paths that matter, sorted; empty when nobody is to be told. */
  readonly paths: readonly string[];
  /** Whether anything is to be done. */
  readonly isRelevant: boolean;
}

/** Directories of other programs: what is in them changes by itself. */
const IGNORED = new Set(["node_modules", "target", ".git", ".rusm"]);

/** Files of an app that say how all components are built. */
const CONFIGS = new Set([
  ...["deno.json", "deno.jsonc", "deno.lock", "package.json"],
]);

/** Says what is to be done about the changes of `batch`. Pure. */
export function relevanceOf(batch: Batch, files: AppFiles): Relevance {
  const users = usersOf(files);
  const components = new Set<string>();
  const paths: string[] = [];
  let isAll = batch.isAll;
  let isArtifact = false;
  for (const path of [...batch.paths].sort()) {
    const matter = matterOf(path, files, users);
    if (matter === "artifact") isArtifact = true;
    else if (matter !== undefined) paths.push(path);
    if (matter === "all") isAll = true;
    if (matter instanceof Set) {
      for (const name of matter) components.add(name);
    }
  }
  return {
    components: isAll ? "all" : components,
    paths,
    isRelevant: isAll || isArtifact || paths.length > 0,
  };
}

// An artifact is written by each build, so it is looked at, and not told.
type Matter = "all" | "artifact" | "settings" | ReadonlySet<string> | undefined;

function matterOf(
  path: string,
  { directory, manifest }: AppFiles,
  users: ReadonlyMap<string, ReadonlySet<string>>,
): Matter {
  const [top = "", name, ...rest] = relative(directory, path).split(sep);
  const folder = FOLDERS.find((each) => each.name === top);
  if (folder !== undefined && name === undefined) return "all";
  const own = path === directory ? undefined : users.get(path);
  if (own !== undefined) return own;
  if (path === manifest || path === join(directory, ".env")) return "settings";
  if (folder !== undefined) return matterBelow(folder.prefix + name, rest);
  if (top === "wasm") return isArtifact(path) ? "artifact" : undefined;
  return name === undefined && CONFIGS.has(top) ? "all" : undefined;
}

function matterBelow(name: string, rest: readonly string[]): Matter {
  if (rest.some((word) => IGNORED.has(word))) return undefined;
  return new Set([name]);
}

// A build writes drafts beside it, and maps.
function isArtifact(path: string): boolean {
  return /\.(js|wasm)$/.test(path);
}

function usersOf(
  { inputs }: AppFiles,
): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const [name, paths] of inputs) {
    for (const path of paths.flatMap(withDirectories)) {
      const known = users.get(path) ?? new Set();
      users.set(path, known.add(name));
    }
  }
  return users;
}

// A directory that comes or goes takes its files along.
function withDirectories(path: string): readonly string[] {
  return [path, ...directoriesOf(path)];
}

function directoriesOf(path: string): readonly string[] {
  return [dirname(path), dirname(dirname(path))];
}

/** The directories that are watched, and all below them when it says so. */
export interface Watched {
  /** Absolute paths, of directories alone, sorted. */
  readonly flat: readonly string[];
  /** Absolute paths of what is watched with all that is below it. */
  readonly deep: readonly string[];
}

/**
 * Finds what to watch for `files`: directories and not files, since an editor may
 * put another file in the place of one. The directory above each is watched, too,
 * so that it is found when it is made again. Pure.
 */
export function watchedFor({ directory, inputs }: AppFiles): Watched {
  const deep = FOLDERS.map(({ name }) => join(directory, name));
  const flat = new Set([directory, join(directory, "wasm")]);
  for (const path of new Set([...inputs.values()].flat())) {
    const isBelow = deep.some((each) => path.startsWith(each + sep));
    if (isBelow || isIgnored(path)) continue;
    for (const each of directoriesOf(path)) flat.add(each);
  }
  return { deep, flat: [...flat].sort() };
}

function isIgnored(path: string): boolean {
  return dirname(path).split(sep).some((word) => IGNORED.has(word)) ||
    basename(path) === "";
}
