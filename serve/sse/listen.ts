/**
 * Listeners of event streams: a fresh process for each client.
 *
 * @module
 */

import { crashOf, type Runtime } from "@rusm/otp";
import { type ConnectionInfo, type Engine, SystemLimit } from "@rusm/wasm";
import { answer, unavailable } from "../answer.ts";
import { Handlers, type HandlerStart } from "../connection/handlers.ts";
import { isHost, pathOf } from "../http.ts";
import { CLOSE_TIMEOUT_MS, PULSE_MS_MAX } from "../limits.ts";
import { Listening } from "../listening.ts";
import type { Log } from "../log.ts";
import type { SseListener } from "../manifest.ts";
import { matchRoute } from "../routes.ts";
import { acceptsGzip, GzipChunks } from "./gzip.ts";
import { StreamCut } from "./outflow.ts";
import { EventStream, type EventStreamParts } from "./stream.ts";

/** A listener that accepts connections. */
export interface SseServer {
  /** Where it listens, with the port that the system chose. */
  readonly url: string;

  /**
   * Has others handle the streams that come from now on. Those that are there go
   * on as they are.
   */
  update(to: Pick<SseOptions, "handlers"> & Routed): Promise<void>;

  /**
   * Accepts no more connections, and ends all streams. Resolves when they are
   * closed, and their handlers have ended. A client that does not read is cut
   * after `CLOSE_TIMEOUT_MS`. Idempotent.
   */
  stop(): Promise<void>;
}

/** Who is asked. */
export interface Routed {
  /** The same but for its target. */
  readonly listener: Pick<SseListener, "target">;
}

/** What a listener needs from its app. */
export interface SseOptions {
  /** Runs the native processes. */
  readonly runtime: Runtime;
  /** Runs the handlers. */
  readonly engine: Pick<Engine, "spawnMonitor">;
  /** What it listens on, and who handles. */
  readonly listener: SseListener;
  /** The app's components that processes can be made of, by name. */
  readonly handlers: ReadonlyMap<string, HandlerStart>;
  /** Takes a line for each request. */
  readonly log: Log;
}

/**
 * Starts to listen.
 *
 * @throws {Deno.errors.AddrInUse} Someone else does already.
 */
export async function listenSse(options: SseOptions): Promise<SseServer> {
  const streams = new Streams(options);
  await streams.start();
  return streams;
}

type Answering = Parameters<SseServer["update"]>[0];

/** One listener. */
class Streams implements SseServer {
  #options: SseOptions;
  readonly #parts: EventStreamParts;
  readonly #streams = new Set<EventStream>();
  #listening!: Listening;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SseOptions) {
    const { runtime, engine, listener } = options;
    const { queuedMessagesMax, queuedBytesMax, whenBehind } = listener;
    this.#options = options;
    this.#parts = {
      ...{ runtime, handlers: new Handlers(runtime, engine), whenBehind },
      backlog: { countMax: queuedMessagesMax, bytesMax: queuedBytesMax },
      ended: (stream) => void this.#streams.delete(stream),
    };
  }

  async start(): Promise<void> {
    const { handlers } = this.#parts;
    await handlers.ready();
    try {
      this.#listening = this.#listen();
    } catch (error) {
      // Not swallowed: nothing of the listener may be left.
      await handlers.close();
      throw error;
    }
    const { listener: { heartbeatMs } } = this.#options;
    const pulseMs = Math.min(PULSE_MS_MAX, Math.ceil(heartbeatMs / 4));
    this.#pulse = setInterval(() => this.#look(), pulseMs);
  }

  #listen(): Listening {
    const { listener: { hostname, port }, log } = this.#options;
    const serve = (port: number) =>
      Deno.serve({
        ...{ hostname, port, automaticCompression: false },
        onListen() {},
        onError: (error) => this.#failed(error),
      }, (request, info) => this.#answer(request, info));
    return new Listening(port, serve, {
      lost: (error) => log.error(`Lost a listener: ${describe(error)}`),
      regained: () => log.warn(`Listens again: ${this.url}`),
    });
  }

  #failed(error: unknown): Response {
    // Told of what is wrong with a body, too, and this was meant.
    if (!(error instanceof StreamCut)) {
      this.#options.log.error(`Cannot answer a request: ${describe(error)}`);
    }
    return answer(500);
  }

  #look(): void {
    const { listener: { heartbeatMs } } = this.#options;
    const nowMs = performance.now();
    for (const stream of this.#streams) stream.look(nowMs, heartbeatMs);
  }

  #answer(request: Request, info: Deno.ServeHandlerInfo): Response {
    const path = pathOf(request.url);
    const callee = this.#find(request, path);
    const response = callee instanceof Response
      ? callee
      : this.#open(callee.component, connectionOf(request, path, callee, info));
    const { log } = this.#options;
    if (log.allows("info")) {
      const { method } = request;
      log.access({
        ...{ type: "sse", method, path, status: response.status },
        ...("component" in callee && { component: callee.component }),
        client: (info.remoteAddr as Deno.NetAddr).hostname,
      });
    }
    return response;
  }

  #find(request: Request, path: string): Callee | Response {
    if (path === "" || !isHost(request.headers.get("host"))) return answer(400);
    return calleeOf(this.#options.listener, request.method, path);
  }

  #open(name: string, { info, hasGzip }: Asked): Response {
    const { listener, handlers } = this.#options;
    const isFull = this.#streams.size >= listener.connectionsMax;
    if (isFull || this.#stopped !== undefined) return unavailable();
    const { compression } = listener;
    const handler = handlers.get(name)!;
    const gzip = compression && hasGzip ? new GzipChunks() : undefined;
    try {
      const stream = new EventStream(this.#parts, { ...handler, info }, gzip);
      this.#streams.add(stream);
      return new Response(stream.body, {
        headers: {
          ...HEADERS,
          ...compression && { "vary": "accept-encoding" },
          ...gzip && { "content-encoding": "gzip" },
        },
      });
    } catch (error) {
      // A full node is an answer here, not a failure.
      if (error instanceof SystemLimit) return unavailable();
      throw error;
    }
  }

  get url(): string {
    const { hostname, port } = this.#listening.addr;
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    return `http://${host}:${port}`;
  }

  update({ handlers, listener: { target } }: Answering): Promise<void> {
    const listener = { ...this.#options.listener, target };
    this.#options = { ...this.#options, handlers, listener };
    // Each has its process already.
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const stopped = this.#listening.stop();
    for (const stream of this.#streams) stream.end();
    const cut = setTimeout(() => this.#cut(), CLOSE_TIMEOUT_MS);
    await stopped;
    await this.#parts.handlers.close();
    clearTimeout(cut);
    clearInterval(this.#pulse);
  }

  #cut(): void {
    for (const stream of this.#streams) stream.cut();
  }
}

function describe(error: unknown): string {
  return crashOf(error).stack ?? String(error);
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
};

interface Callee {
  readonly component: string;
  readonly params: ConnectionInfo["params"];
}

function calleeOf(
  { target }: SseListener,
  method: string,
  path: string,
): Callee | Response {
  if (typeof target === "string") {
    return method === "GET"
      ? { component: target, params: [] }
      : answer(405, { allow: "GET" });
  }
  const match = matchRoute(target, method, path);
  // Whatever the method: it is part of what there is to open.
  return match.type === "match" ? match : answer(404);
}

interface Asked {
  readonly info: ConnectionInfo;
  readonly hasGzip: boolean;
}

function connectionOf(
  { method, headers }: Request,
  url: string,
  { params }: Callee,
  { remoteAddr }: Deno.ServeHandlerInfo,
): Asked {
  const { hostname, port } = remoteAddr as Deno.NetAddr;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const [path = ""] = url.split("?", 1);
  const info = {
    ...{ method, path, query: url.slice(path.length + 1), params },
    ...{ headers: [...headers], remoteAddr: `${host}:${port}` },
  };
  return { info, hasGzip: acceptsGzip(headers.get("accept-encoding")) };
}
