/**
 * An app: the node that its manifest describes, running.
 *
 * @module
 */

import { dirname } from "node:path";
import { type Pid, Runtime } from "@rusm/otp";
import { Engine } from "@rusm/wasm";
import { Authentication } from "./auth/authentication.ts";
import { hookComponent } from "./auth/hook_name.ts";
import type { NativeHook } from "./auth/native_hook.ts";
import { summarize } from "./capability_summary.ts";
import {
  type Components,
  loadComponents,
  type Loaded,
  type Loading,
  type LoadNode,
  NO_COMPONENTS,
  registerComponents,
  registerTemplates,
  type Role,
} from "./components.ts";
import { loadEnvFile, reloadEnvFile } from "./env_file.ts";
import { AppError, type StoreErrorCode } from "./errors.ts";
import type { ArtifactKind } from "./hosting/artifact.ts";
import { CensusBoard } from "./hosting/census_board.ts";
import type { ComponentChanges } from "./hosting/difference.ts";
import {
  type Endpoint,
  Listeners,
  type ListenersChange,
} from "./hosting/listeners.ts";
import { engineObserver, supervisionObserver } from "./hosting/observers.ts";
import { insistReloadable, readersOf, type Reload } from "./hosting/reload.ts";
import { Residents } from "./hosting/residents.ts";
import { Retired } from "./hosting/retired.ts";
import { SourceMaps } from "./hosting/source_maps.ts";
import { CUT_MS_MAX, DRAIN_MS_MAX, LOG_FLUSH_MS_MAX } from "./limits.ts";
import { type Log, type LogLevel, pidText } from "./log.ts";
import type { Manifest } from "./manifest.ts";
import { withoutHooks } from "./manifest/authentication.ts";
import { Stopping } from "./stopping.ts";
import { type AdminServer, listenAdmin } from "./observe/listen_admin.ts";
import type { Phase } from "./observe/health.ts";
import { NodeMetrics } from "./observe/node_metrics.ts";
import { MeasuredStore } from "./observe/store_metrics.ts";
import { openStore, type Store } from "./store.ts";
import { openStderrLog, type StderrLog } from "./stderr.ts";
import { withinMs } from "./within_ms.ts";

/** A running app. */
export interface App {
  /** What it listens on, in the manifest's order. */
  readonly endpoints: readonly Endpoint[];

  /**
   * Resolves when its residents have ended too often, so that none is started
   * again; else never. The app still listens, and is the caller's to stop.
   */
  readonly gaveUp: Promise<AppError>;

  /** Its components, in the manifest's order. */
  hosted(): readonly Hosted[];

  /** Where it tells how it is; undefined when the manifest has no `admin`. */
  readonly adminUrl: string | undefined;

  /** How many guests it has spawned, and how many of them live. */
  info(): AppInfo;

  /**
   * Becomes the app that `manifest`, the artifacts and `.env` describe now.
   *
   * Only what is different is touched. Components that have changed are loaded
   * anew: requests that come from then on, and processes that are spawned by
   * name, get the new code; what is under way ends on the old. Listeners keep
   * their sockets as long as their addresses stay. Residents and programs that
   * have changed, or may read a variable that has, are asked to end, and started
   * again; see `Residents`. Reloads go one after the other.
   *
   * @throws {AppError} The app cannot be as described. It goes on as it was.
   * @throws {EnvFileError} The same, because of `.env`.
   */
  reload(manifest: Manifest): Promise<Reload>;

  /**
   * Accepts nothing more, lets requests in flight end, for a bounded time, then
   * ends the residents, the youngest first, and all other processes: whoever
   * still waits is answered 503. Idempotent.
   */
  stop(): Promise<void>;
}

/** A component that an app hosts. */
export interface Hosted {
  /** Its name. */
  readonly name: string;
  /** What it was built into. */
  readonly kind: ArtifactKind;
  /** When it runs. */
  readonly role: Role;
  /** What it may do, in one line. */
  readonly grants: string;
  /** The process that the app started last, which may have ended; as in the log. */
  readonly pid?: string;
}

/** What an app has counted. */
export interface AppInfo {
  /** Guests spawned since it started. */
  readonly started: number;
  /** Guests that live. */
  readonly alive: number;
}

/** How an app is started. */
export interface StartOptions {
  /** Takes the log; the standard error stream, as the manifest says, when absent. */
  readonly log?: Log;
  /** Time for requests in flight to end when it stops, in milliseconds; 10,000 when absent. */
  readonly drainMsMax?: number;
  /** Whether it opens its listeners; it does when absent. */
  readonly listens?: boolean;
  /** Authentication hooks of the host, by name; those of the app have other names, or are not asked. */
  readonly authentications?: ReadonlyMap<string, NativeHook>;
  /** Where rewritten modules are kept for later runs, see `EngineOptions.cacheDir`; nowhere when absent. */
  readonly cacheDir?: string;
}

/**
 * Starts the app of `manifest`: its components are loaded, its residents and
 * commands are started, and then its listeners are bound, when the promise
 * resolves. When it rejects, nothing is left running.
 *
 * @throws {AppError} A component was not built, is not at its source, cannot be
 * loaded or granted, or has no function to begin with, the store cannot be opened, or an address is in
 * use.
 */
export async function startApp(
  manifest: Manifest,
  options: StartOptions = {},
): Promise<App> {
  let { logLevel } = manifest;
  const log = options.log ?? stderrLog(manifest, () => logLevel);
  const variables = await loadEnvFile(manifest.directory);
  const store = await openStoreOf(manifest, log);
  const running = new Running({
    ...{ ...options, manifest, variables, log },
    ...observe(manifest, store),
    taken: (manifest) => logLevel = manifest.logLevel,
  });
  try {
    await running.start();
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

// Who counts is there only when somebody can ask.
function observe(
  { admin }: Manifest,
  store: Store | undefined,
): Pick<RunningOptions, "store" | "metrics"> {
  if (admin === undefined) return { store, metrics: undefined };
  const measured = store && new MeasuredStore(store);
  return { store: measured, metrics: new NodeMetrics(measured) };
}

async function openStoreOf(
  { storePath, storeBytesMax: bytesMax, path }: Manifest,
  log: Log,
): Promise<Store | undefined> {
  if (storePath === undefined) return undefined;
  try {
    await Deno.mkdir(dirname(storePath), { recursive: true });
    return await openStore(storePath, {
      ...(bytesMax === undefined ? {} : { bytesMax }),
      failed: ({ code, message }) => log.error(message + adviceOn(code)),
    });
  } catch (error) {
    // The file is the user's to mend, so it is told with the manifest that names it.
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError("noStore", `${path}: ${why}`);
  }
}

function adviceOn(code: StoreErrorCode): string {
  switch (code) {
    case "full":
      return "; guests are told, and what they or `rusm kv rm` remove makes room";
    case "corrupt":
      return "; stop the node, and put a copy from before in its place, or what `sqlite3 FILE .recover` can read";
    default:
      return "";
  }
}

function stderrLog(
  { logFormat }: Manifest,
  level: () => LogLevel,
): StderrLog {
  return openStderrLog({ level, format: logFormat });
}

/** What a running app is made with. */
interface RunningOptions extends Omit<StartOptions, "log"> {
  /** What it is to be. */
  readonly manifest: Manifest;
  /** Those that are set because of its `.env`. */
  readonly variables: readonly string[];
  /** What its guests store values in, and it closes. */
  readonly store: Store | undefined;
  /** Counts what happens; nobody does when undefined. */
  readonly metrics: NodeMetrics | undefined;
  /** Told what happens. */
  readonly log: AppLog;
  /** Told of each other manifest that it has become. */
  readonly taken: (manifest: Manifest) => void;
}

/** The log of an app; that of a caller may be one that need not be flushed. */
type AppLog = Log & Partial<Pick<StderrLog, "flush">>;

/** An app that runs, or is about to. */
class Running implements App {
  readonly #options: RunningOptions;
  readonly #engine: Engine;
  readonly #residents: Residents;
  readonly #listeners: Listeners;
  readonly #retired: Retired;
  readonly #sourceMaps: SourceMaps;
  readonly #census: CensusBoard | undefined;
  #manifest: Manifest;
  #variables: readonly string[];
  // Those whose readers were not started again yet.
  readonly #staleVariables = new Set<string>();
  readonly #runtime: Runtime;
  #components: Components = NO_COMPONENTS;
  #admin: AdminServer | undefined;
  #isReady = false;
  #reloading: Promise<unknown> = Promise.resolve();
  readonly #stopping = new Stopping();
  #stopped: Promise<void> | undefined;

  constructor(options: RunningOptions) {
    const { log, manifest, metrics } = options;
    this.#options = options;
    this.#manifest = this.#withNatives(manifest);
    this.#variables = options.variables;
    this.#sourceMaps = new SourceMaps(manifest.directory);
    const runtime = new Runtime({
      observer: supervisionObserver(log, metrics?.processes),
    });
    this.#runtime = runtime;
    this.#census = log.allows("info")
      ? new CensusBoard({
        ...{ host: runtime.host, log },
        tags: () => this.#engine.tags.counts(),
      })
      : undefined;
    const engine = this.#createEngine(runtime);
    this.#engine = engine;
    this.#retired = new Retired(engine);
    this.#residents = new Residents({ runtime, engine });
    const node = { runtime, engine, log, stopping: this.#stopping };
    const authenticator = new Authentication({
      ...{ runtime, log, natives: options.authentications ?? new Map() },
      guestOf: (hook) => this.#residents.pidOf(hookComponent(hook)),
    });
    const parts = { node, runtime, engine, authenticator, log, metrics };
    this.#listeners = new Listeners(parts);
  }

  // Who is in the host needs no component.
  #withNatives(manifest: Manifest): Manifest {
    const natives = this.#options.authentications;
    return natives === undefined
      ? manifest
      : { ...manifest, components: withoutHooks(manifest.components, natives) };
  }

  #createEngine(runtime: Runtime): Engine {
    const { log, store, cacheDir, manifest, metrics } = this.#options;
    const { directory, dynamicTtlMs } = manifest;
    const isOwn = (pid: Pid) => {
      this.#retired.exited();
      return this.#residents.exited(pid);
    };
    return new Engine(runtime, {
      observer: engineObserver(log, {
        ...{ isOwn, census: this.#census, sourceMaps: this.#sourceMaps },
        metrics: metrics?.processes,
      }),
      jcoDir: directory,
      ...(store === undefined ? {} : { store }),
      ...(cacheDir === undefined ? {} : { cacheDir }),
      ...(dynamicTtlMs === undefined ? {} : { dynamicTtlMs }),
    });
  }

  /** Loads the components, starts those that run from the start, and listens. */
  async start(): Promise<void> {
    const manifest = this.#manifest;
    const { storePath: path } = manifest;
    if (path !== undefined) {
      this.#options.log.lifecycle({ type: "store", path });
    }
    this.#openAdmin(manifest);
    this.#components = await loadComponents(manifest, this.#loadNode);
    await registerTemplates(manifest, this.#engine);
    registerComponents(this.#engine, this.#loaded);
    await this.#residents.start(this.#loaded);
    await this.#listen(manifest, this.#loaded);
    this.#isReady = true;
  }

  // First of all, so that it can be told that the rest is not there yet.
  #openAdmin(manifest: Manifest): void {
    const { metrics, log, listens = true } = this.#options;
    if (metrics === undefined || !listens) return;
    this.#admin = listenAdmin({ ...manifest, log, host: this.#runtime.host }, {
      phase: () => this.#phase,
      schedulers: () => this.#engine.schedulers(),
      families: () =>
        metrics.families({
          runtime: this.#runtime,
          schedulers: this.#engine.schedulers(),
        }),
    });
    log.lifecycle({ type: "listen", label: "admin", url: this.#admin.url });
  }

  get #phase(): Phase {
    if (this.isStopping) return "draining";
    if (this.#residents.hasGivenUp) return "gave_up";
    return this.#isReady ? "ready" : "starting";
  }

  get adminUrl(): string | undefined {
    return this.#admin?.url;
  }

  get #loaded(): readonly Loaded[] {
    return this.#components.loaded;
  }

  get #loadNode(): LoadNode {
    const { store } = this.#options;
    return { engine: this.#engine, sourceMaps: this.#sourceMaps, store };
  }

  #listen(
    manifest: Manifest,
    loaded: readonly Loaded[],
  ): Promise<ListenersChange> {
    const { listens = true } = this.#options;
    const listeners = listens ? manifest.listeners : [];
    return this.#listeners.change({ ...manifest, listeners }, loaded);
  }

  get endpoints(): readonly Endpoint[] {
    return this.#listeners.endpoints;
  }

  reload(manifest: Manifest): Promise<Reload> {
    const reload = this.#reloading.then(() =>
      this.#reload(this.#withNatives(manifest))
    );
    // Who asked for it is told.
    this.#reloading = reload.catch(() => {});
    return reload;
  }

  async #reload(manifest: Manifest): Promise<Reload> {
    insistReloadable(this.#manifest, manifest);
    const variables = await this.#reloadVariables(manifest);
    const before = this.#components;
    const loading = await loadComponents(manifest, this.#loadNode, before);
    const { changes } = loading;
    const listened = await this.#becomeOrUndo(manifest, loading);
    this.#manifest = manifest;
    this.#options.taken(manifest);
    this.#components = loading;
    this.#takeNames(changes.removed);
    this.#retire(before.loaded, listened.drained);
    const { opened, changed: rerouted, closed } = listened;
    const { changed, added, removed } = changes;
    return {
      ...{ changed, added, removed, variables, opened, rerouted, closed },
      ...await this.#restart(changes),
    };
  }

  async #becomeOrUndo(
    manifest: Manifest,
    { loaded, changes, undo }: Loading,
  ): Promise<ListenersChange> {
    const { changed, added } = changes;
    const names = new Set([...changed.map(([name]) => name), ...added]);
    try {
      this.#insistRuns();
      await registerTemplates(manifest, this.#engine, names);
      return await this.#listen(manifest, loaded);
    } catch (error) {
      // Passed on, when all is as it was.
      undo();
      this.#takeNames(added);
      await registerTemplates(this.#manifest, this.#engine, names);
      throw error;
    }
  }

  async #reloadVariables({ directory }: Manifest): Promise<readonly string[]> {
    const { names, changed } = await reloadEnvFile(directory, this.#variables);
    this.#variables = names;
    for (const name of changed) this.#staleVariables.add(name);
    return changed;
  }

  #insistRuns(): void {
    if (!this.isStopping) return;
    throw new AppError("stopping", "Cannot reload an app that stops");
  }

  #takeNames(removed: readonly string[]): void {
    const mute = this.#loaded.filter(({ start }) => start === undefined)
      .map(({ component }) => component.name);
    for (const name of [...removed, ...mute]) this.#engine.unregister(name);
    registerComponents(this.#engine, this.#loaded);
  }

  // A request that is under way may still want to spawn one.
  #retire(before: readonly Loaded[], drained: Promise<void>): void {
    const current = new Set(this.#loaded);
    const old = before.filter((each) => !current.has(each));
    drained.then(() => {
      for (const { component } of old) this.#retired.add(component);
    });
  }

  async #restart(
    { removed, changed, added }: ComponentChanges,
  ): Promise<Pick<Reload, "started" | "failure">> {
    const changes = [...changed.map(([name]) => name), ...added];
    const readers = readersOf(this.#staleVariables, this.#loaded);
    this.#staleVariables.clear();
    const names = new Set([...removed, ...changes, ...readers]);
    // Those that have ended too often are not started again for nothing.
    if (names.size === 0) return { started: [] };
    return await this.#residents.change(names, this.#loaded);
  }

  get gaveUp(): Promise<AppError> {
    return this.#residents.gaveUp;
  }

  hosted(): readonly Hosted[] {
    return this.#loaded.map(({ component, kind, role }) => {
      const { name, capability } = component;
      const pid = this.#residents.pidOf(name);
      return {
        ...{ name, kind, role, grants: summarize(capability) },
        ...pid === undefined ? {} : { pid: pidText(pid) },
      };
    });
  }

  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  info(): AppInfo {
    const { spawned, alive } = this.#engine.info();
    return { started: spawned, alive };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#drain();
    return this.#stopped;
  }

  async #drain(): Promise<void> {
    this.#stopping.begin();
    const stops = [this.#listeners.stop(), this.#reloading];
    const drained = Promise.all(stops).then(() => {});
    const { drainMsMax = DRAIN_MS_MAX, store, log } = this.#options;
    await withinMs(drainMsMax, drained);
    await this.#residents.stop();
    const closing = this.#engine.close();
    await withinMs(CUT_MS_MAX, Promise.all([drained, closing]));
    this.#listeners.cut();
    await withinMs(CUT_MS_MAX, drained);
    await store?.close();
    await this.#admin?.stop();
    this.#census?.close();
    await withinMs(LOG_FLUSH_MS_MAX, Promise.resolve(log.flush?.()));
  }
}
