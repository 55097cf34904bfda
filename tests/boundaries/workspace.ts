/**
 * Reads what the house rules need to know of a workspace.
 *
 * @module
 */

/** The parts of a `deno.json` that carry a rule. */
export interface Config {
  /** Directories of the members; only in the root's configuration. */
  readonly workspace?: readonly string[];
  /** The package's name; the root has none. */
  readonly name?: string;
  /** Entry points by export path, or the only one. */
  readonly exports?: string | Readonly<Record<string, string>>;
  /** Specifiers by the bare name that stands for them. */
  readonly imports?: Readonly<Record<string, string>>;
}

/** A workspace as it lies on disk. Paths are relative to it, with `/` between names. */
export interface Workspace {
  /** URL of its directory; ends with `/`. */
  readonly root: URL;
  /** The root's own configuration. */
  readonly config: Config;
  /** Configuration of each member by directory, in the order of the root's list. */
  readonly members: ReadonlyMap<string, Config>;
  /** Every script that is part of the project, tests included, sorted. */
  readonly files: readonly string[];
}

/**
 * Reads a workspace's configuration and lists its scripts.
 *
 * Left out are `node_modules`, hidden directories, test data, and the starters
 * that `rusm new` copies, which are programs of guests.
 *
 * @param root URL of the directory; ends with `/`.
 * @throws {SyntaxError} A `deno.json` is no JSON.
 * @throws {Deno.errors.NotFound} The root or a member has no `deno.json`.
 */
export async function readWorkspace(root: URL): Promise<Workspace> {
  const config = await readConfig(root);
  const members = new Map<string, Config>();
  for (const entry of config.workspace ?? []) {
    const directory = entry.replace(/^\.\//, "").replace(/\/$/, "");
    members.set(directory, await readConfig(new URL(`${directory}/`, root)));
  }
  const files = await Array.fromAsync(scriptsUnder(root, ""));
  return { root, config, members, files: files.sort() };
}

/** Lists the scripts that a member exports, in the order of its `deno.json`. */
export function entryPoints(directory: string, config: Config): string[] {
  const { exports = {} } = config;
  const paths = typeof exports === "string"
    ? [exports]
    : Object.values(exports);
  return paths
    .filter((path) => SCRIPT.test(path))
    .map((path) => `${directory}/${path.replace(/^\.\//, "")}`);
}

const SCRIPT = /\.[cm]?[jt]sx?$/;
const LEFT_OUT = /^cli\/templates$|(?:^|\/)(?:\..*|node_modules|testdata)$/;

async function readConfig(directory: URL): Promise<Config> {
  const text = await Deno.readTextFile(new URL("deno.json", directory));
  return JSON.parse(text) as Config;
}

async function* scriptsUnder(
  root: URL,
  directory: string,
): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(directory, root))) {
    const path = `${directory}${entry.name}`;
    if (LEFT_OUT.test(path)) continue;
    if (entry.isDirectory) yield* scriptsUnder(root, `${path}/`);
    if (entry.isFile && SCRIPT.test(path)) yield path;
  }
}
