/**
 * An app: the node that its manifest describes, running.
 *
 * @module
 */

import { type ExitReason, type Pid, Runtime } from "@rusm/otp";
import { Engine, type EngineObserver } from "@rusm/wasm";
import { loadComponents } from "./components.ts";
import { loadEnvFile } from "./env_file.ts";
import { AppError, formatPlace } from "./errors.ts";
import { type HttpServer, listenHttp } from "./http.ts";
import { CUT_MS_MAX, DRAIN_MS_MAX } from "./limits.ts";
import { createLog, type LineLevel, type Log } from "./log.ts";
import type { Listener, Manifest } from "./manifest.ts";
import { isStderrColored, writeStderr } from "./stderr.ts";

/** A running app. */
export interface App {
  /** What it listens on, in the manifest's order. */
  readonly endpoints: readonly Endpoint[];

  /** How many guests it has spawned, and how many of them live. */
  info(): AppInfo;

  /**
   * Accepts nothing more, lets requests in flight end, for a bounded time, then
   * ends all processes: whoever still waits is answered 503. Idempotent.
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

/** What an app has counted. */
export interface AppInfo {
  /** Guests spawned since it started. */
  readonly started: number;
  /** Guests that live. */
  readonly alive: number;
}

/** How an app is started. */
export interface StartOptions {
  /** Takes the log; the standard error stream at the manifest's level when absent. */
  readonly log?: Log;
  /** Time for requests in flight to end when it stops, in milliseconds; 10,000 when absent. */
  readonly drainMsMax?: number;
}

/**
 * Starts the app of `manifest`: its components are loaded, its schedulers run
 * and its listeners are bound when the promise resolves. When it rejects,
 * nothing is left running.
 *
 * @throws {AppError} A component was not built, cannot be loaded or granted, or
 * an address is in use.
 */
export async function startApp(
  manifest: Manifest,
  options: StartOptions = {},
): Promise<App> {
  const { log = stderrLog(manifest), drainMsMax = DRAIN_MS_MAX } = options;
  await loadEnvFile(manifest.directory);
  const runtime = new Runtime();
  const engine = new Engine(runtime, { observer: observerOf(log) });
  const running = new Running(engine, drainMsMax);
  const node = { runtime, engine, log, isStopping: () => running.isStopping };
  try {
    const components = await loadComponents(manifest, engine);
    for (const listener of manifest.listeners) {
      running.add(
        labelOf(listener),
        listen(manifest, { node, listener, components, log }),
      );
    }
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function stderrLog({ logLevel }: Manifest): Log {
  const isColored = isStderrColored();
  return createLog({ level: logLevel, sink: writeStderr, isColored });
}

function listen(
  manifest: Manifest,
  options: Parameters<typeof listenHttp>[0],
): HttpServer {
  try {
    return listenHttp(options);
  } catch (error) {
    // The address is the user's to change, so it is named with its place.
    const { hostname, port, at } = options.listener;
    const place = formatPlace(manifest.path, at);
    const address = `${hostname}:${port}`;
    if (error instanceof Deno.errors.AddrInUse) {
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

/** An app that runs, or is about to. */
class Running implements App {
  readonly endpoints: Endpoint[] = [];
  readonly #engine: Engine;
  readonly #drainMsMax: number;
  readonly #servers: HttpServer[] = [];
  #stopped: Promise<void> | undefined;

  constructor(engine: Engine, drainMsMax: number) {
    this.#engine = engine;
    this.#drainMsMax = drainMsMax;
  }

  /** Adds a listener. */
  add(label: string, server: HttpServer): void {
    this.endpoints.push({ label, url: server.url });
    this.#servers.push(server);
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
    const closing = this.#engine.close();
    await withinMs(CUT_MS_MAX, Promise.all([drained, closing]));
  }
}

async function withinMs(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}

function labelOf({ target, hostname, port }: Listener): string {
  return typeof target === "string" ? target : `${hostname}:${port}`;
}

const LEVELS: readonly LineLevel[] = ["error", "warn", "info", "debug"];

// A process that ends well has its line in the access log already.
function observerOf(log: Log): EngineObserver {
  return {
    exited(pid, component, reason) {
      if (reason !== "normal") logExit(log, pid, component, reason);
    },
    logged(pid, component, level, text) {
      log.guest(component, pidText(pid), LEVELS[level] ?? "info", text);
    },
    refused(pid) {
      log.warn(`Cannot copy a message to another scheduler: for ${pid}`);
    },
    schedulerLost(scheduler, why) {
      log.error(`Lost scheduler ${scheduler}: ${why}`);
    },
  };
}

function pidText(pid: Pid | undefined): string {
  return pid === undefined
    ? "load"
    : `${pid.node}.${pid.scheduler}.${pid.serial}`;
}

function logExit(
  log: Log,
  pid: Pid,
  component: string,
  reason: ExitReason,
): void {
  log.lifecycle({ type: "exit", component, pid: pidText(pid), reason });
}
