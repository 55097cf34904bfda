/**
 * An app: the node that its manifest describes, running.
 *
 * @module
 */

import { type ExitReason, formatReason, type Pid, Runtime } from "@rusm/otp";
import {
  type Component,
  Engine,
  type EngineObserver,
  LoadFailed,
  NotGrantable,
} from "@rusm/wasm";
import { join } from "node:path";
import { loadEnvFile } from "./env_file.ts";
import { AppError, formatPlace } from "./errors.ts";
import { type HttpServer, listenHttp } from "./http.ts";
import { DRAIN_MS_MAX } from "./limits.ts";
import { createLog, type LineLevel, type Log } from "./log.ts";
import type { ComponentEntry, Listener, Manifest } from "./manifest.ts";
import { isStderrColored, writeStderr } from "./stderr.ts";

/** A running app. */
export interface App {
  /** What it listens on, in the manifest's order. */
  readonly endpoints: readonly Endpoint[];

  /** How many guests it has spawned, and how many of them live. */
  info(): AppInfo;

  /**
   * Accepts nothing more, lets requests in flight end, for at most
   * {@linkcode DRAIN_MS_MAX}, then ends all processes. Idempotent.
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
  const log = options.log ?? stderrLog(manifest);
  await loadEnvFile(manifest.directory);
  const runtime = new Runtime();
  const engine = new Engine(runtime, { observer: observerOf(log) });
  const servers: HttpServer[] = [];
  try {
    const components = await loadComponents(manifest, engine);
    for (const listener of manifest.listeners) {
      const node = { runtime, engine };
      servers.push(listen(manifest, { node, listener, components, log }));
    }
    return runningApp(manifest, engine, servers);
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop(0)));
    engine.close();
    throw error;
  }
}

function stderrLog({ logLevel }: Manifest): Log {
  const isColored = isStderrColored();
  return createLog({ level: logLevel, sink: writeStderr, isColored });
}

async function loadComponents(
  manifest: Manifest,
  engine: Engine,
): Promise<ReadonlyMap<string, Component>> {
  const entries = [...manifest.components.values()];
  const loads = entries.map((entry) => loadComponent(manifest, engine, entry));
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
    return await engine.load(entry.name, bundle, entry.capability);
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

function runningApp(
  manifest: Manifest,
  engine: Engine,
  servers: readonly HttpServer[],
): App {
  let stopped: Promise<void> | undefined;
  return {
    endpoints: servers.map(({ url }, index) => ({
      label: labelOf(manifest.listeners[index]!),
      url,
    })),
    info() {
      const { spawned, alive } = engine.info();
      return { started: spawned, alive };
    },
    stop() {
      stopped ??= drain(engine, servers);
      return stopped;
    },
  };
}

async function drain(
  engine: Engine,
  servers: readonly HttpServer[],
): Promise<void> {
  await Promise.all(servers.map((server) => server.stop(DRAIN_MS_MAX)));
  engine.close();
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
