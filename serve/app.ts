/**
 * An app: the node that its manifest describes, running.
 *
 * @module
 */

import { dirname } from "node:path";
import { type Pid, Runtime } from "@rusm/otp";
import { Engine } from "@rusm/wasm";
import { summarize } from "./capability_summary.ts";
import {
  loadComponents,
  type Loaded,
  registerComponents,
  registerTemplates,
  type Role,
} from "./components.ts";
import { loadEnvFile } from "./env_file.ts";
import { AppError, formatPlace, type StoreErrorCode } from "./errors.ts";
import type { ArtifactKind } from "./hosting/artifact.ts";
import type { HandlerStart } from "./connection/handlers.ts";
import { CensusBoard } from "./hosting/census_board.ts";
import { engineObserver, supervisionObserver } from "./hosting/observers.ts";
import { Residents } from "./hosting/residents.ts";
import { SourceMaps } from "./hosting/source_maps.ts";
import { listenHttp } from "./http.ts";
import { CUT_MS_MAX, DRAIN_MS_MAX, LOG_FLUSH_MS_MAX } from "./limits.ts";
import { type Log, pidText } from "./log.ts";
import type { Listener, Manifest } from "./manifest.ts";
import { openStore, type Store } from "./store.ts";
import { openStderrLog, type StderrLog } from "./stderr.ts";
import { withinMs } from "./within_ms.ts";
import { listenWs } from "./ws/listen.ts";

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

  /** How many guests it has spawned, and how many of them live. */
  info(): AppInfo;

  /**
   * Accepts nothing more, lets requests in flight end, for a bounded time, then
   * ends the residents, the youngest first, and all other processes: whoever
   * still waits is answered 503. Idempotent.
   */
  stop(): Promise<void>;
}

/** Where an app is reached. */
export interface Endpoint {
  /** Name of its component, or the address when routes say which. */
  readonly label: string;
  /** With the real port. */
  readonly url: string;
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
  const log = options.log ?? stderrLog(manifest);
  await loadEnvFile(manifest.directory);
  const store = await openStoreOf(manifest, log);
  const { directory, dynamicTtlMs } = manifest;
  const running = new Running(log, {
    ...options,
    ...{ store, directory, dynamicTtlMs },
  });
  try {
    await running.host(manifest);
    if (options.listens ?? true) await running.listen(manifest);
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
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

function stderrLog({ logLevel, logFormat }: Manifest): StderrLog {
  return openStderrLog({ level: logLevel, format: logFormat });
}

/** A listener that accepts connections. */
interface Server {
  /** Where it listens. */
  readonly url: string;
  /** Accepts no more. Resolves when all that it has begun is over. */
  stop(): Promise<void>;
}

/** What any listener needs from its app. */
type ListenOptions =
  & Omit<Parameters<typeof listenHttp>[0], "listener">
  & Omit<Parameters<typeof listenWs>[0], "listener">
  & { readonly listener: Listener };

async function listen(
  manifest: Manifest,
  options: ListenOptions,
): Promise<Server> {
  try {
    return await start(options);
  } catch (error) {
    // The address is the user's to change, so it is named with its place.
    const { hostname, port, at } = options.listener;
    const place = formatPlace(manifest.path, at);
    const address = `${hostname}:${port}`;
    if (isInUse(error)) {
      throw new AppError(
        "addressInUse",
        `${place}: Cannot listen, the address is in use: ${address}`,
      );
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "cannotListen",
      `${place}: Cannot listen on ${address}: ${why}`,
    );
  }
}

function start(options: ListenOptions): Server | Promise<Server> {
  const { listener, ...rest } = options;
  return listener.protocol === "http"
    ? listenHttp({ ...rest, listener })
    : listenWs({ ...rest, listener });
}

function isInUse(error: unknown): boolean {
  return error instanceof Deno.errors.AddrInUse ||
    (error as { code?: unknown }).code === "EADDRINUSE";
}

/** What a running app is made with. */
interface RunningOptions extends Pick<StartOptions, "cacheDir" | "drainMsMax"> {
  /** What its guests store values in, and it closes. */
  readonly store: Store | undefined;
  /** That of the app. */
  readonly directory: string;
  /** Of its manifest. */
  readonly dynamicTtlMs: number | undefined;
}

/** The log of an app; that of a caller may be one that need not be flushed. */
type AppLog = Log & Partial<Pick<StderrLog, "flush">>;

/** An app that runs, or is about to. */
class Running implements App {
  readonly endpoints: Endpoint[] = [];
  readonly #log: AppLog;
  readonly #drainMsMax: number;
  readonly #runtime: Runtime;
  readonly #engine: Engine;
  readonly #residents: Residents;
  readonly #servers: Server[] = [];
  readonly #store: Store | undefined;
  readonly #sourceMaps: SourceMaps;
  readonly #census: CensusBoard | undefined;
  #loaded: readonly Loaded[] = [];
  #stopped: Promise<void> | undefined;

  constructor(
    log: AppLog,
    { store, cacheDir, directory, dynamicTtlMs, drainMsMax = DRAIN_MS_MAX }:
      RunningOptions,
  ) {
    this.#log = log;
    this.#drainMsMax = drainMsMax;
    this.#store = store;
    this.#sourceMaps = new SourceMaps(directory);
    const runtime = new Runtime({ observer: supervisionObserver(log) });
    const census = log.allows("info")
      ? new CensusBoard({
        ...{ host: runtime.host, log },
        tags: () => this.#engine.tags.counts(),
      })
      : undefined;
    const isOwn = (pid: Pid) => this.#residents.exited(pid);
    const engine = new Engine(runtime, {
      observer: engineObserver(log, {
        ...{ isOwn, census, sourceMaps: this.#sourceMaps },
      }),
      jcoDir: directory,
      ...(store === undefined ? {} : { store }),
      ...(cacheDir === undefined ? {} : { cacheDir }),
      ...(dynamicTtlMs === undefined ? {} : { dynamicTtlMs }),
    });
    this.#runtime = runtime;
    this.#engine = engine;
    this.#census = census;
    this.#residents = new Residents({ runtime, engine });
  }

  /** Loads the components, and starts those that run from the start. */
  async host(manifest: Manifest): Promise<void> {
    const { storePath: path } = manifest;
    if (path !== undefined) this.#log.lifecycle({ type: "store", path });
    this.#loaded = await loadComponents(manifest, {
      engine: this.#engine,
      sourceMaps: this.#sourceMaps,
      store: this.#store,
    });
    await registerTemplates(manifest, this.#engine);
    registerComponents(this.#engine, this.#loaded);
    await this.#residents.start(this.#loaded);
  }

  /** Opens the listeners. */
  async listen(manifest: Manifest): Promise<void> {
    const components = new Map(
      this.#loaded.map(({ component }) => [component.name, component]),
    );
    const node = {
      ...{ runtime: this.#runtime, engine: this.#engine, log: this.#log },
      isStopping: () => this.isStopping,
    };
    const shared = {
      ...{ node, components, handlers: handlersOf(this.#loaded) },
      ...{ runtime: this.#runtime, engine: this.#engine, log: this.#log },
    };
    for (const listener of manifest.listeners) {
      const options = { ...shared, listener };
      const server = await listen(manifest, options);
      const label = labelOf(listener);
      this.endpoints.push({ label, url: server.url });
      this.#log.lifecycle({ type: "listen", url: server.url, label });
      this.#servers.push(server);
    }
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
    const stops = this.#servers.map((server) => server.stop());
    const drained = Promise.all(stops).then(() => {});
    await withinMs(this.#drainMsMax, drained);
    await this.#residents.stop();
    const closing = this.#engine.close();
    await withinMs(CUT_MS_MAX, Promise.all([drained, closing]));
    await this.#store?.close();
    this.#census?.close();
    await withinMs(LOG_FLUSH_MS_MAX, Promise.resolve(this.#log.flush?.()));
  }
}

// One that is spawned for a connection is a command of nobody.
function handlersOf(
  loaded: readonly Loaded[],
): ReadonlyMap<string, HandlerStart> {
  return new Map(
    loaded.flatMap(({ component, start }) =>
      start === undefined
        ? []
        : [[component.name, { component, start: { entry: start.entry } }]]
    ),
  );
}

function labelOf({ target, hostname, port }: Listener): string {
  return typeof target === "string" ? target : `${hostname}:${port}`;
}
