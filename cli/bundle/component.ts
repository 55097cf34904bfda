/**
 * The components of an app, as its directory shows them.
 *
 * @module
 */

import { basename, join } from "node:path";
import { exists, namesIn, stat } from "../file.ts";

/**
 * What a component is made of.
 *
 * | | it has | and becomes |
 * | --- | --- | --- |
 * | `"cargo"` | `Cargo.toml` | a component |
 * | `"go"` | `go.mod` | a component of TinyGo, or a module of Go |
 * | `"script"` | `index.ts`, `src/index.ts` | a bundle |
 * | `"prebuilt"` | `<name>.wasm`, or one other | what it is |
 * | `"ambiguous"` | several `.wasm`, none of its name | nothing |
 */
export type ComponentKind =
  | "cargo"
  | "go"
  | "script"
  | "prebuilt"
  | "ambiguous";

/** A component to build. */
export interface Component {
  /** Name of its directory; of one in `auth/`, behind `auth:`. */
  readonly name: string;
  /** What it is made of. */
  readonly kind: ComponentKind;
  /** Absolute path of what it is made from: the main module, the file that tells its kind. */
  readonly entry: string;
  /** Absolute path of what is built of it. */
  readonly artifact: string;
}

/** What `components/`, `auth/` and `wasm/` hold, by name. */
export interface Components {
  /** What can be built. */
  readonly found: readonly Component[];
  /** Directories with nothing that a component is made of, relative to the app. */
  readonly skipped: readonly string[];
  /** Artifacts of no component. */
  readonly stale: readonly string[];
}

/** A directory of components. */
interface Folder {
  /** Its name. */
  readonly name: string;
  /** What their names begin with. */
  readonly prefix: string;
  /** What their artifacts begin with. */
  readonly file: string;
}

/** Where components are. Those of `auth` are asked who may make requests. */
export const FOLDERS: readonly Folder[] = [
  { name: "components", prefix: "", file: "" },
  { name: "auth", prefix: "auth:", file: "auth-" },
];

/** The files that tell what a component is made of; the first counts. */
const ENTRIES: readonly (readonly [ComponentKind, string])[] = [
  ["cargo", "Cargo.toml"],
  ["go", "go.mod"],
  ["script", "index.ts"],
  ["script", join("src", "index.ts")],
];

/** What bundles are named with. Whatever else is in `wasm/` may have been put there. */
const EXTENSION = ".js";

/** Absolute path of the directory of artifacts of the app in `app`. */
export function artifactsOf(app: string): string {
  return join(app, "wasm");
}

/**
 * Looks for the components of the app in `app`. Hidden directories are none.
 *
 * @returns `undefined` when the app has neither `components/` nor `auth/`.
 */
export async function findComponents(
  app: string,
): Promise<Components | undefined> {
  const inFolders = await Promise.all(
    FOLDERS.map((folder) => findIn(app, folder)),
  );
  const there = inFolders.filter((each) => each !== undefined);
  if (there.length === 0) return undefined;
  const found = there.flatMap(({ found }) => found);
  const skipped = there.flatMap(({ skipped }) => skipped);
  return { found, skipped, stale: await findStale(app, found) };
}

async function findIn(
  app: string,
  folder: Folder,
): Promise<Pick<Components, "found" | "skipped"> | undefined> {
  const names = await namesIn(join(app, folder.name));
  if (names === undefined) return undefined;
  const found: Component[] = [];
  const skipped: string[] = [];
  for (const name of names.filter((name) => !name.startsWith("."))) {
    const path = join(app, folder.name, name);
    if (!(await stat(path))?.isDirectory) continue;
    const source = await findSource(path, name);
    if (source === undefined) skipped.push(join(folder.name, name));
    else found.push(componentOf(app, folder, name, source));
  }
  return { found, skipped };
}

type Source = Pick<Component, "kind" | "entry">;

async function findSource(
  directory: string,
  name: string,
): Promise<Source | undefined> {
  for (const [kind, file] of ENTRIES) {
    const entry = join(directory, file);
    if (await exists(entry)) return { kind, entry };
  }
  const names = await namesIn(directory) ?? [];
  const built = names.filter((each) => each.endsWith(".wasm"));
  const own = built.find((each) => each === `${name}.wasm`);
  if (built.length > 1 && own === undefined) {
    return { kind: "ambiguous", entry: directory };
  }
  const file = own ?? built[0];
  return file === undefined ? undefined : {
    kind: "prebuilt",
    entry: join(directory, file),
  };
}

function componentOf(
  app: string,
  { prefix, file }: Folder,
  name: string,
  source: Source,
): Component {
  const extension = source.kind === "script" ? ".js" : ".wasm";
  const artifact = join(artifactsOf(app), `${file}${name}${extension}`);
  return { name: `${prefix}${name}`, ...source, artifact };
}

async function findStale(
  app: string,
  components: readonly Component[],
): Promise<string[]> {
  const live = new Set(components.map(({ artifact }) => basename(artifact)));
  const names = await namesIn(artifactsOf(app)) ?? [];
  return names.filter((name) => name.endsWith(EXTENSION) && !live.has(name));
}
