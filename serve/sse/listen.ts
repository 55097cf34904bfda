/**
 * Listeners of event streams: a fresh process for each client.
 *
 * @module
 */

import type { Metadata, Runtime } from "@rusm/otp";
import { type ConnectionInfo, type Engine, SystemLimit } from "@rusm/wasm";
import { answer, unavailable } from "../answer.ts";
import type {
  AuthenticationRules,
  Authenticator,
} from "../auth/authentication.ts";
import { metadataOf } from "../auth/claims.ts";
import { NO_HOOKS, refusalOf } from "../auth/refusal.ts";
import { type AuthenticationRequest, splitTarget } from "../auth/request.ts";
import { Handlers, type HandlerStart } from "../connection/handlers.ts";
import { type Dispatch, withContent } from "../content/content.ts";
import { CLOSE_TIMEOUT_MS, PULSE_MS_MAX } from "../limits.ts";
import type { FloodGuard } from "../listen/flood_guard.ts";
import {
  type Origin,
  pathOf,
  readOrigin,
  remoteAddrOf,
  type Way,
} from "../listen/origin.ts";
import {
  createDeadlines,
  serveRequests,
  type Serving,
} from "../listen/serving.ts";
import { clientOf, Tally } from "../listen/tally.ts";
import type { Access, Log } from "../log.ts";
import type { SseListener } from "../manifest.ts";
import type { ListenerMetrics, Refusal } from "../observe/listener_metrics.ts";
import { traceRequest } from "../observe/request_trace.ts";
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

  /** Closes every connection at once. */
  cut(): void;
}

/** Who is asked. */
export interface Routed {
  /** The same but for its target, and who is asked for leave. */
  readonly listener: Pick<SseListener, "target" | "authentication">;
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
  /** Absolute path that its certificates are relative to. */
  readonly directory: string;
  /** Asks hooks who may connect; they all deny when absent. */
  readonly authenticator?: Authenticator;
  /** Takes a line for each request. */
  readonly log: Log;
  /** Counts what happens; nobody does when absent. */
  readonly metrics?: ListenerMetrics | undefined;
  /** Watches the connections; nobody does when absent. */
  readonly guard?: FloodGuard | undefined;
}

/**
 * Starts to listen.
 *
 * @throws {Deno.errors.AddrInUse} Someone else does already.
 * @throws {TlsError} A certificate or its key cannot be used.
 */
export async function listenSse(options: SseOptions): Promise<SseServer> {
  const streams = new Streams(options);
  await streams.start();
  return streams;
}

type Answering = Parameters<SseServer["update"]>[0];

/** What the log is told of a request. */
type Told =
  & Omit<Access, "type" | "method" | "status" | "component">
  & { component?: string };

/** One listener. */
class Streams implements SseServer {
  #options: SseOptions;
  readonly #parts: EventStreamParts;
  // Each with its client.
  readonly #streams = new Map<EventStream, string>();
  readonly #tally: Tally;
  readonly #respond: Dispatch<[Arrival]>;
  #serving!: Serving;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #stopped: Promise<void> | undefined;
  // Those whose hook has not answered yet.
  #askingCount = 0;

  constructor(options: SseOptions) {
    const { runtime, engine, listener } = options;
    const { queuedMessagesMax, queuedBytesMax, whenBehind } = listener;
    this.#options = options;
    this.#tally = new Tally(listener.admission.connectionsPerClientMax);
    this.#respond = withContent(
      listener.content,
      (_request, arrival) => this.#dispatch(arrival),
    );
    this.#parts = {
      ...{ runtime, handlers: new Handlers(runtime, engine), whenBehind },
      backlog: { countMax: queuedMessagesMax, bytesMax: queuedBytesMax },
      ended: (stream) => this.#ended(stream),
    };
  }

  #ended(stream: EventStream): void {
    const client = this.#streams.get(stream);
    if (client !== undefined) this.#tally.remove(client);
    this.#streams.delete(stream);
  }

  async start(): Promise<void> {
    const { handlers } = this.#parts;
    await handlers.ready();
    try {
      this.#serving = this.#serve();
    } catch (error) {
      // Not swallowed: nothing of the listener may be left.
      await handlers.close();
      throw error;
    }
    const { listener: { heartbeatMs } } = this.#options;
    const pulseMs = Math.min(PULSE_MS_MAX, Math.ceil(heartbeatMs / 4));
    this.#pulse = setInterval(() => this.#look(), pulseMs);
  }

  #serve(): Serving {
    const { runtime: { host }, listener, directory, log, metrics, guard } =
      this.#options;
    const { headerTimeoutMs, idleTimeoutMs, writeTimeoutMs } =
      listener.admission;
    const spansMs = [headerTimeoutMs, idleTimeoutMs, writeTimeoutMs];
    return serveRequests({
      ...{ host, listener, directory, log, metrics, guard },
      deadlines: createDeadlines(host, spansMs),
      answer: (request, _info, way) => this.#answer(request, way),
      isMeant: (error) => error instanceof StreamCut,
    });
  }

  #look(): void {
    const { listener: { heartbeatMs } } = this.#options;
    const nowMs = performance.now();
    for (const stream of this.#streams.keys()) stream.look(nowMs, heartbeatMs);
  }

  async #answer(request: Request, way: Way): Promise<Response> {
    const origin = readOrigin(request, way);
    if (typeof origin === "number") {
      const refusal = answer(origin);
      const path = pathOf(request.url);
      this.#tell(request, refusal, { path, client: way.peer });
      return refusal;
    }
    const { id: requestId, address: client, path } = origin;
    const told: Told = { path, client, requestId };
    const arrival = { request, origin, way, told };
    const response = await this.#respond(request, arrival);
    response.headers.set("x-request-id", requestId);
    this.#tell(request, response, told);
    return response;
  }

  #dispatch(arrival: Arrival): Response | Promise<Response> {
    const { authentication } = this.#options.listener;
    return authentication === undefined
      ? this.#route(arrival)
      : this.#authenticate(arrival, authentication);
  }

  // Before its route is looked for: nobody learns without leave what there is.
  async #authenticate(
    arrival: Arrival,
    rules: AuthenticationRules,
  ): Promise<Response> {
    const client = clientOf(arrival.origin.address);
    // Those who wait are as many connections as those who were let in.
    const refusal = this.#refusalOf(client);
    if (refusal !== undefined) return this.#refuse(refusal);
    const { authenticator = NO_HOOKS } = this.#options;
    this.#askingCount++;
    const asked = authenticationRequestOf(arrival);
    const verdict = await authenticator.authenticate(rules, asked);
    this.#askingCount--;
    this.#tally.remove(client);
    if (verdict.type !== "allowed") return refusalOf(verdict, rules);
    // Who answers now may ask another hook.
    const isSame = this.#options.listener.authentication?.hook === rules.hook;
    return isSame
      ? this.#route(arrival, metadataOf(verdict.claims))
      : unavailable();
  }

  #route(arrival: Arrival, metadata?: Metadata): Response {
    const { request: { method }, origin: { path }, told } = arrival;
    const callee = calleeOf(this.#options.listener, method, path);
    if (callee instanceof Response) return callee;
    told.component = callee.component;
    const asked = { ...askedOf(arrival, callee), metadata };
    return this.#open(callee, asked);
  }

  #tell(
    { method }: Request,
    { status }: Response,
    told: Told,
  ): void {
    const { log, metrics } = this.#options;
    metrics?.answered(told.component, status);
    if (log.allows("info")) {
      log.access({ type: "sse", method, status, ...told });
    }
  }

  #open(
    callee: Callee,
    { info, hasGzip, client, requestId, metadata }: Asked,
  ): Response {
    const { listener, handlers } = this.#options;
    const refusal = this.#refusalOf(client);
    if (refusal !== undefined) return this.#refuse(refusal);
    const { compression } = listener;
    const handler = handlers.get(callee.component)!;
    const { component, key: routeKey } = callee;
    const { method } = info;
    const trace = traceRequest({ method, component, routeKey, requestId });
    const start = trace === undefined
      ? handler.start
      : { ...handler.start, trace };
    const gzip = compression && hasGzip ? new GzipChunks() : undefined;
    try {
      const stream = new EventStream(
        this.#parts,
        { ...handler, start, info, metadata },
        gzip,
      );
      this.#streams.set(stream, client);
      return new Response(stream.body, {
        headers: {
          ...HEADERS,
          ...compression && { "vary": "accept-encoding" },
          ...gzip && { "content-encoding": "gzip" },
        },
      });
    } catch (error) {
      this.#tally.remove(client);
      // A full node is an answer here, not a failure.
      if (error instanceof SystemLimit) return this.#refuse("processes");
      throw error;
    }
  }

  // Counts the client in when there is none.
  #refusalOf(client: string): Refusal | undefined {
    const { admission: { connectionsMax } } = this.#options.listener;
    const count = this.#streams.size + this.#askingCount;
    if (this.#stopped !== undefined) return "stopping";
    if (count >= connectionsMax) return "connections";
    return this.#tally.add(client) ? undefined : "connections_per_client";
  }

  #refuse(why: Refusal): Response {
    this.#options.metrics?.refused(why);
    return unavailable();
  }

  get url(): string {
    return this.#serving.url;
  }

  update(
    { handlers, listener: { target, authentication } }: Answering,
  ): Promise<void> {
    const { authentication: _, ...rest } = this.#options.listener;
    const asked = authentication && { authentication };
    const listener = { ...rest, target, ...asked };
    this.#options = { ...this.#options, handlers, listener };
    // Each has its process already.
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const stopped = this.#serving.stop();
    for (const stream of this.#streams.keys()) stream.end();
    const cut = setTimeout(() => this.cut(), CLOSE_TIMEOUT_MS);
    await stopped;
    await this.#parts.handlers.close();
    clearTimeout(cut);
    clearInterval(this.#pulse);
  }

  cut(): void {
    for (const stream of this.#streams.keys()) stream.cut();
    this.#serving.cut();
  }
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
};

/** A request that came. */
interface Arrival {
  readonly request: Request;
  readonly origin: Origin;
  readonly way: Way;
  readonly told: Told;
}

interface Callee {
  readonly component: string;
  readonly params: ConnectionInfo["params"];
  /** Of its route; absent without one. */
  readonly key?: string;
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
  /** Who it is for a tally. */
  readonly client: string;
  /** What goes with what is done for it; nothing when absent. */
  readonly metadata?: Metadata | undefined;
  readonly requestId: string;
}

function askedOf(arrival: Arrival, { params }: Callee): Asked {
  const { request: { headers }, origin: { address, id } } = arrival;
  return {
    info: { ...authenticationRequestOf(arrival), params },
    hasGzip: acceptsGzip(headers.get("accept-encoding")),
    client: clientOf(address),
    requestId: id,
  };
}

function authenticationRequestOf(
  { request: { method }, origin, way }: Arrival,
): AuthenticationRequest {
  const { path, headers } = origin;
  const remoteAddr = remoteAddrOf(origin, way);
  return { method, ...splitTarget(path), headers, remoteAddr };
}
