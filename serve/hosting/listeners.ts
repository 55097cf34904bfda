/**
 * What an app listens on.
 *
 * @module
 */

import type { Component } from "@rusm/wasm";
import type { Authenticator } from "../auth/authentication.ts";
import { AppError, formatPlace } from "../errors.ts";
import type { Node } from "../exchange.ts";
import type { HandlerStart } from "../connection/handlers.ts";
import type { Loaded } from "../components.ts";
import { listenHttp } from "../http.ts";
import { listenSse } from "../sse/listen.ts";
import { FloodGuard } from "../listen/flood_guard.ts";
import { TlsError } from "../listen/tls.ts";
import { listenWs, type WsOptions } from "../ws/listen.ts";
import type { Log } from "../log.ts";
import type { HttpListener, Listener, Manifest } from "../manifest.ts";
import type { NodeMetrics } from "../observe/node_metrics.ts";
import { formatAddress } from "../manifest/address.ts";
import { compareListeners } from "./difference.ts";

/** Where an app is reached. */
export interface Endpoint {
  /** Name of its component, or the address when routes say which. */
  readonly label: string;
  /** With the real port. */
  readonly url: string;
}

/** Who answers. */
interface Answering {
  readonly components: ReadonlyMap<string, Component>;
  readonly handlers: ReadonlyMap<string, HandlerStart>;
}

/** A listener that accepts connections. */
interface Server {
  readonly url: string;
  update(answering: Answering & { listener: Listener }): Promise<void>;
  stop(): Promise<void>;
  cut(): void;
}

/** What listeners are made with. */
export interface ListenersNode extends Pick<WsOptions, "runtime" | "engine"> {
  /** Runs the processes that answer. */
  readonly node: Node;
  /** Asks hooks who may make requests. */
  readonly authenticator: Authenticator;
  /** Takes a line for each request. */
  readonly log: Log;
  /** Counts what happens; nobody does when undefined. */
  readonly metrics: NodeMetrics | undefined;
}

/** What became of the listeners of an app. */
export interface ListenersChange {
  /** Those that are new, in the manifest's order. */
  readonly opened: readonly Endpoint[];
  /** Those on the address of before that do something else, in the manifest's order. */
  readonly changed: readonly Endpoint[];
  /** Those that accept nothing more. */
  readonly closed: readonly Endpoint[];
  /** Resolves when all that came to the old ones, or the old components, is answered. */
  readonly drained: Promise<void>;
}

/** How often the event loop turns until an address that was listened on is free. */
const FREE_TURNS_MAX = 100;

/** What listeners are opened with. */
interface Opening {
  readonly manifest: Manifest;
  readonly answering: Answering;
  /** Those that go. */
  readonly closed: readonly Open[];
}

interface Open {
  readonly listener: Listener;
  readonly server: Server;
}

/** The listeners of an app. A listener whose address stays keeps its socket. */
export class Listeners {
  readonly #node: ListenersNode & { readonly guard: FloodGuard };
  readonly #stops = new Map<Server, Promise<void>>();
  #answering: Answering = answeringOf([]);
  #open: readonly Open[] = [];

  /** Nothing is listened on yet. */
  constructor(node: ListenersNode) {
    const { runtime: { host }, log } = node;
    this.#node = { ...node, guard: new FloodGuard({ host, log }) };
  }

  /** What is listened on, in the manifest's order. */
  get endpoints(): readonly Endpoint[] {
    return this.#open.map(endpointOf);
  }

  /**
   * Listens on what `manifest` says, and on nothing else. Requests that come from
   * now on are answered by `loaded`, those that came before as they were.
   *
   * @throws {AppError} An address is in use, or cannot be listened on. What was
   * listened on before still is, as it was.
   */
  async change(
    manifest: Manifest,
    loaded: readonly Loaded[],
  ): Promise<ListenersChange> {
    const answering = answeringOf(loaded);
    const before = this.#open;
    const { kept, ...changes } = compareListeners(
      before.map(({ listener }) => listener),
      manifest.listeners,
    );
    const closed = changes.closed.map((index) => before[index]!);
    const opening: Opening = { manifest, answering, closed };
    const opened = await this.#openAll(opening, changes.opened);
    this.#answering = answering;
    for (const open of opened.values()) {
      this.#node.log.lifecycle({ type: "listen", ...endpointOf(open) });
    }
    const goesOn = new Map(kept.map((each) => [each.after, each]));
    this.#open = manifest.listeners.map((listener, index) => {
      const was = goesOn.get(index);
      if (was === undefined) return opened.get(index)!;
      return { listener, server: before[was.before]!.server };
    });
    const drains = kept.map(({ after }) => {
      const { listener, server } = this.#open[after]!;
      return server.update({ listener, ...answering });
    });
    drains.push(...closed.map(({ server }) => this.#stop(server)));
    return {
      opened: [...opened.values()].map(endpointOf),
      changed: this.#open.filter((_, index) => goesOn.get(index)?.isChanged)
        .map(endpointOf),
      closed: closed.map(endpointOf),
      drained: Promise.all(drains).then(() => {}),
    };
  }

  /** By index in the manifest. All are opened, or none. */
  async #openAll(
    opening: Opening,
    indices: readonly number[],
  ): Promise<ReadonlyMap<number, Open>> {
    const { manifest: { listeners }, closed } = opening;
    const ports = new Set(indices.map((index) => listeners[index]!.port));
    // An address of the same port may be a part of it, as of 0.0.0.0.
    const early = closed.filter((open) => ports.has(portOf(open)));
    for (const { server } of early) this.#stop(server);
    const turnsMax = early.length > 0 ? FREE_TURNS_MAX : 0;
    const opened = new Map<number, Open>();
    try {
      for (const index of indices) {
        opened.set(
          index,
          await this.#openOne(opening, listeners[index]!, turnsMax),
        );
      }
    } catch (error) {
      // Passed on, when all is as it was.
      for (const { server } of opened.values()) this.#stop(server);
      await this.#openAgain(opening, early);
      throw error;
    }
    return opened;
  }

  // Deno gives the address of a server that was shut down back a few turns later.
  async #openOne(
    { manifest, answering }: Opening,
    listener: Listener,
    turnsMax: number,
  ): Promise<Open> {
    for (let turn = 0;; turn++) {
      try {
        const options = { ...this.#node, ...answering, listener };
        return { listener, server: await listen(manifest, options) };
      } catch (error) {
        // Only what may be our own is waited for.
        const isUsed = error instanceof AppError &&
          error.code === "addressInUse";
        if (!isUsed || turn >= turnsMax) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }

  async #openAgain(
    opening: Opening,
    stopped: readonly Open[],
  ): Promise<void> {
    const answering = this.#answering;
    const again = new Map<Open, Open>();
    for (const open of stopped) {
      const { listener } = open;
      const same = { ...listener, port: portOf(open) };
      const made = { ...opening, answering };
      const { server } = await this.#openOne(made, same, FREE_TURNS_MAX);
      again.set(open, { listener, server });
    }
    this.#open = this.#open.map((open) => again.get(open) ?? open);
  }

  #stop(server: Server): Promise<void> {
    const stop = server.stop().finally(() => this.#stops.delete(server));
    this.#stops.set(server, stop);
    return stop;
  }

  /** Accepts nothing more. Resolves when all that came is answered. Idempotent. */
  async stop(): Promise<void> {
    for (const { server } of this.#open) this.#stop(server);
    await Promise.all(this.#stops.values());
  }

  /** Closes every connection of those that were stopped, whatever is in flight. */
  cut(): void {
    for (const server of this.#stops.keys()) server.cut();
  }
}

// The real one, also when the system chose it.
function portOf({ listener, server }: Open): number {
  return listener.port || Number(new URL(server.url).port);
}

function endpointOf({ listener, server: { url } }: Open): Endpoint {
  const { target, hostname, port } = listener;
  const label = typeof target === "string" ? target : `${hostname}:${port}`;
  return { label, url };
}

type ListenOptions = ListenersNode & Answering & {
  readonly guard: FloodGuard;
  readonly listener: Listener;
};

async function listen(
  manifest: Manifest,
  options: ListenOptions,
): Promise<Server> {
  try {
    return await start(manifest, options);
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
    if (error instanceof TlsError) {
      const tlsPlace = formatPlace(manifest.path, options.listener.tls?.at);
      throw new AppError(
        "badCertificate",
        `${tlsPlace}: Cannot listen on ${address}: ${error.message}`,
      );
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "cannotListen",
      `${place}: Cannot listen on ${address}: ${why}`,
    );
  }
}

// What changes besides who answers is another listener.
async function start(
  { directory }: Manifest,
  { listener, metrics: nodeMetrics, ...options }: ListenOptions,
): Promise<Server> {
  const address = formatAddress(listener);
  const metrics = nodeMetrics?.listener(address, listener.protocol);
  const rest = { ...options, metrics };
  if (listener.protocol === "ws") {
    return await listenWs({ ...rest, listener, directory });
  }
  if (listener.protocol === "sse") {
    return await listenSse({ ...rest, listener, directory });
  }
  const server = listenHttp({ ...rest, listener, directory });
  return {
    ...server,
    update: ({ listener, components }) =>
      server.update({ listener: listener as HttpListener, components }),
  };
}

function isInUse(error: unknown): boolean {
  return error instanceof Deno.errors.AddrInUse ||
    (error as { code?: unknown }).code === "EADDRINUSE";
}

// One that is spawned for a connection is a command of nobody.
function answeringOf(loaded: readonly Loaded[]): Answering {
  const handlers = loaded.flatMap(({ component, start }) =>
    start === undefined ? [] : [[
      component.name,
      { component, start: { entry: start.entry } },
    ]] as const
  );
  return {
    components: new Map(
      loaded.map(({ component }) => [component.name, component]),
    ),
    handlers: new Map(handlers),
  };
}
