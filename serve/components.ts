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
  type Start,
} from "@rusm/wasm";
import { hookOf } from "./auth/hook_name.ts";
import { AppError, formatPlace } from "./errors.ts";
import {
  type Artifact,
  type ArtifactKind,
  artifactPaths,
  digestOf,
  readArtifact,
} from "./hosting/artifact.ts";
import {
  type Beginning,
  beginningOfScript,
  findBeginning,
} from "./hosting/beginning.ts";
import {
  compareComponents,
  type ComponentChanges,
  type Made,
} from "./hosting/difference.ts";
import type { SourceMaps } from "./hosting/source_maps.ts";
import { fetchArtifact } from "./hosting/source.ts";
import type { ComponentEntry, Manifest } from "./manifest.ts";
import type { Store } from "./store.ts";

/**
 * When processes of a component are started by the app itself.
 *
 * | | a process is started |
 * | --- | --- |
 * | `"resident"` | with the app, and again whenever it ends |
 * | `"command"` | with the app, once: it is a program |
 * | `"onDemand"` | when it is asked for |
 */
export type Role = "resident" | "command" | "onDemand";

/** What a component is made of. */
export interface MadeOf extends Made {
  /** Of its source map; absent when it has none. */
  readonly mapId: string | undefined;
}

/** A component that is ready to run, and how it does. */
export interface Loaded {
  /** What it is made of. */
  readonly made: MadeOf;
  /** What processes are made of. */
  readonly component: Component;
  /** What it was built into. */
  readonly kind: ArtifactKind;
  /** When it runs. */
  readonly role: Role;
  /** How its processes begin; absent when it can only answer. */
  readonly start?: Start;
}

/** The components of an app. */
export interface Components {
  /** Those that have code, in the manifest's order. */
  readonly loaded: readonly Loaded[];
  /** All, templates too, in the manifest's order. */
  readonly made: readonly Made[];
}

/** What came of loading the components of an app. */
export interface Loading extends Components {
  /** How they differ from those of before. */
  readonly changes: ComponentChanges;
  /** Unloads what was loaded: all is as before. */
  undo(): void;
}

/** What there is before anything is loaded. */
export const NO_COMPONENTS: Components = { loaded: [], made: [] };

/**
 * Loads those components of `manifest` that have code and are not among `before`,
 * all at once, and tells the source maps of theirs.
 *
 * @param before Components of the same app. Those that have not changed are taken
 * as they are, and must suit `manifest` all the same.
 * @throws {AppError} One was not built, cannot be loaded or granted, or has not
 * the function to begin with: the first in the manifest. Nothing is under way
 * then, and all is as before.
 */
export async function loadComponents(
  manifest: Manifest,
  node: LoadNode,
  before: Components = NO_COMPONENTS,
): Promise<Loading> {
  const entries = [...manifest.components.values()];
  const reads = await Promise.allSettled(
    entries.map((entry) => readSource(manifest, node, entry)),
  );
  const sources = reads.flatMap((read) =>
    read.status === "fulfilled" ? [read.value] : []
  );
  const changes = compareComponents(before.made, sources);
  const kept = new Set(changes.kept);
  const old = new Map(
    before.loaded.map((each) => [each.component.name, each]),
  );
  const fresh: Loaded[] = [];
  function undo(): void {
    for (const { component } of fresh) node.engine.unload(component);
    for (const { component: { name }, made } of before.loaded) {
      node.sourceMaps.set(name, made.mapId);
    }
  }
  async function take(source: Source): Promise<Loaded | undefined> {
    const { entry, artifact } = source;
    if (artifact === undefined) return undefined;
    const was = kept.has(entry.name) ? old.get(entry.name) : undefined;
    if (was !== undefined) {
      insistUsable(manifest, entry, was.component);
      return was;
    }
    const loaded = await loadSource(manifest, node, { ...source, artifact });
    fresh.push(loaded);
    return loaded;
  }
  try {
    const taken = await settle(reads.map(async (read) => {
      if (read.status === "rejected") throw read.reason;
      return await take(read.value);
    }));
    const loaded = taken.filter((each) => each !== undefined);
    const made = sources.map(({ entry, digest }) => ({ entry, digest }));
    return { loaded, made, changes, undo };
  } catch (error) {
    // Passed on, when nothing is left of what went well.
    undo();
    throw error;
  }
}

// Which one fails first is a race; which one is told is not.
async function settle<Value>(
  promises: readonly Promise<Value>[],
): Promise<readonly Value[]> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

/** What components are loaded into. */
export interface LoadNode {
  /** Runs them. */
  readonly engine: Engine;
  /** Told of the maps of scripts. */
  readonly sourceMaps: SourceMaps;
  /** Where the code of some is; nowhere when the app has none. */
  readonly store: Store | undefined;
}

/** A component and its artifact, which a template does not have. */
interface Source extends MadeOf {
  readonly artifact: Artifact | undefined;
}

async function readSource(
  manifest: Manifest,
  { store }: LoadNode,
  entry: ComponentEntry,
): Promise<Source> {
  if (entry.dynamic !== undefined) {
    return { entry, artifact: undefined, digest: "", mapId: undefined };
  }
  const artifact = await readOrFail(manifest, entry, store);
  const mapId = artifact.kind === "script" ? artifact.mapId : undefined;
  return { entry, artifact, digest: await digestOf(artifact), mapId };
}

async function loadSource(
  manifest: Manifest,
  node: LoadNode,
  { artifact, ...made }: MadeOf & { readonly artifact: Artifact },
): Promise<Loaded> {
  const { entry } = made;
  node.sourceMaps.set(entry.name, made.mapId);
  const component = await loadOrFail(manifest, node, entry, artifact);
  try {
    insistUsable(manifest, entry, component);
    const beginning = await beginningOf(component, artifact, entry);
    insistFound(manifest, entry, beginning);
    const running = runningOf(entry, beginning);
    return { component, made, kind: artifact.kind, ...running };
  } catch (error) {
    // Passed on: nobody else could unload it.
    node.engine.unload(component);
    throw error;
  }
}

function insistUsable(
  manifest: Manifest,
  entry: ComponentEntry,
  component: Component,
): void {
  insistServable(manifest, entry, component);
  insistNoClient(manifest, entry, component);
  insistHook(manifest, entry, component);
}

async function readOrFail(
  manifest: Manifest,
  entry: ComponentEntry,
  store: Store | undefined,
): Promise<Artifact> {
  const { directory, path } = manifest;
  const { name, at, source } = entry;
  if (source !== undefined) return await fetchOrFail(manifest, entry, store);
  const artifact = await readArtifact(directory, name);
  if (artifact !== undefined) return artifact;
  throw new AppError(
    "missingArtifact",
    `${
      formatPlace(path, at)
    }: Cannot find the artifact of component "${name}": ${
      artifactPaths(directory, name)
    }`,
  );
}

async function fetchOrFail(
  { path }: Manifest,
  { name, at, source }: ComponentEntry,
  store: Store | undefined,
): Promise<Artifact> {
  try {
    return await fetchArtifact(source!, store);
  } catch (error) {
    // Whatever is wrong there is the user's to mend, so it is told with the place.
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "noSource",
      `${
        formatPlace(path, at)
      }: Cannot have the code of component "${name}": ${why}`,
    );
  }
}

async function loadOrFail(
  manifest: Manifest,
  { engine, sourceMaps }: LoadNode,
  entry: ComponentEntry,
  artifact: Artifact,
): Promise<Component> {
  const { name, capability, isolation, at } = entry;
  try {
    return artifact.kind === "script"
      ? await engine.load(name, artifact.text, capability, { isolation })
      : await engine.loadModule(name, artifact.bytes, capability, {
        isolation,
      });
  } catch (error) {
    // What the engine says gets the place in the manifest that it is about.
    const place = formatPlace(manifest.path, at);
    if (error instanceof NotGrantable) {
      throw new AppError("notGrantable", `${place}: ${error.message}`);
    }
    if (error instanceof LoadFailed) {
      const why = sourceMaps.locate(name, error.stack ?? error.message);
      throw new AppError(
        "loadFailed",
        `${place}: Cannot load component "${name}": ${why}`,
      );
    }
    throw error;
  }
}

/**
 * Lets guests that may spawn bring code for each template of `manifest`.
 *
 * @param names Those that are meant; all when absent.
 * @throws {AppError} The profile of one grants what the node may not do.
 */
export async function registerTemplates(
  manifest: Manifest,
  engine: Pick<Engine, "registerTemplate">,
  names?: ReadonlySet<string>,
): Promise<void> {
  for (const component of manifest.components.values()) {
    const { name, dynamic: kind, capability, isolation, entry } = component;
    if (kind === undefined || names?.has(name) === false) continue;
    const template = { name, kind, capability, isolation };
    try {
      await engine.registerTemplate(
        entry === undefined ? template : { ...template, entry },
      );
    } catch (error) {
      if (!(error instanceof NotGrantable)) throw error;
      const place = formatPlace(manifest.path, component.at);
      throw new AppError("notGrantable", `${place}: ${error.message}`);
    }
  }
}

// A script answers by what it exports, a component by that of `wasi:http`.
function insistServable(
  { path, listeners }: Manifest,
  entry: ComponentEntry,
  component: Component,
): void {
  for (const { protocol, target } of listeners) {
    const asked = typeof target === "string"
      ? [{ component: target, action: undefined }]
      : target.routes;
    for (const route of asked) {
      if (route.component !== entry.name) continue;
      const why = protocol === "http"
        ? whyNotServed(component, route.action)
        : whyNotConnected(component, protocol);
      if (why === undefined) continue;
      const place = formatPlace(path, entry.at);
      throw new AppError(
        "loadFailed",
        `${place}: Cannot serve component "${entry.name}", which ${why}`,
      );
    }
  }
}

function whyNotServed(
  { isHandler, script }: Component,
  action: string | undefined,
): string | undefined {
  if (script === undefined) {
    return isHandler ? undefined : "exports no wasi:http/incoming-handler";
  }
  if (script.answers) return undefined;
  if (action === undefined) return "exports no handler of requests";
  return script.functions.includes(action)
    ? undefined
    : `exports no function "${action}", and no handler of requests`;
}

// What is no script says by its first message what it takes: nothing tells before.
function whyNotConnected(
  { script }: Component,
  protocol: "ws" | "sse",
): string | undefined {
  const [wanted, what] = HANDLERS[protocol];
  // A worker is one that talks to its client by operations alone.
  const isOne = script === undefined || script.runs === wanted ||
    script.runs === "worker";
  return isOne ? undefined : `exports no handler of ${what} as its default`;
}

const HANDLERS = {
  "ws": ["websocket", "WebSockets"],
  "sse": ["sse", "event streams"],
} as const;

// Who is spawned without a client waits for one.
function insistNoClient(
  { path }: Manifest,
  { name, isResident, at }: ComponentEntry,
  { script }: Component,
): void {
  const isForClients = script?.runs === "websocket" || script?.runs === "sse";
  if (!isResident || !isForClients) return;
  throw new AppError(
    "noEntry",
    `${
      formatPlace(path, at)
    }: Cannot keep component "${name}" running, which is started for each client`,
  );
}

// What is no script is asked by its messages: nothing tells before.
function insistHook(
  { path }: Manifest,
  { name, at }: ComponentEntry,
  { script }: Component,
): void {
  const isHook = script === undefined || script.runs === "authentication" ||
    script.runs === "worker";
  if (hookOf(name) === undefined || isHook) return;
  throw new AppError(
    "loadFailed",
    `${
      formatPlace(path, at)
    }: Cannot ask component "${name}", which exports no authentication as its default`,
  );
}

async function beginningOf(
  { script }: Component,
  artifact: Artifact,
  { entry }: ComponentEntry,
): Promise<Beginning> {
  if (artifact.kind !== "script") return await findBeginning(artifact, entry);
  // What was loaded as a script says what it can do.
  return beginningOfScript(script!, entry);
}

// What only answers requests needs no beginning.
function insistFound(
  { path }: Manifest,
  { name, isResident, entry, at }: ComponentEntry,
  beginning: Beginning,
): void {
  if (beginning.type === "found") return;
  if (!isResident && entry === undefined) return;
  const wanted = entry === undefined ? "" : ` with "${entry}"`;
  throw new AppError(
    "noEntry",
    `${
      formatPlace(path, at)
    }: Cannot begin component "${name}"${wanted}: ${beginning.why}`,
  );
}

function runningOf(
  { name, isResident }: ComponentEntry,
  beginning: Beginning,
): Pick<Loaded, "role" | "start"> {
  if (beginning.type === "missing") return { role: "onDemand" };
  const role = beginning.isCommand ? "command" : "onDemand";
  const { entry } = beginning;
  const start = { entry, args: [name], stdio: true, label: name };
  return { role: isResident ? "resident" : role, start };
}

/**
 * Lets guests that may spawn start processes of each of `loaded` by its name,
 * under the profile that the manifest gives it; not of hooks, which are the
 * node's.
 */
export function registerComponents(
  engine: Pick<Engine, "register">,
  loaded: readonly Loaded[],
): void {
  for (const { component, start } of loaded) {
    if (start === undefined || hookOf(component.name) !== undefined) continue;
    engine.register(component.name, component, { entry: start.entry });
  }
}
