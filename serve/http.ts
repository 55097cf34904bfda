/**
 * HTTP listeners: from a connection to the component that answers, and back.
 *
 * @module
 */

import type { Authenticator } from "./auth/authentication.ts";
import type { Node } from "./exchange.ts";
import type { FloodGuard } from "./listen/flood_guard.ts";
import { pathOf, readOrigin } from "./listen/origin.ts";
import {
  createDeadlines,
  serveRequests,
  type Serving,
  type ServingOptions,
} from "./listen/serving.ts";
import { whenSent } from "./listen/sent.ts";
import { type Log, pidText } from "./log.ts";
import type { HttpListener } from "./manifest.ts";
import type { ListenerMetrics } from "./observe/listener_metrics.ts";
import { type Answering, type Handlers, Responder } from "./responder.ts";

/** A listener that accepts connections. */
export interface HttpServer extends Serving {
  /**
   * Has others answer the requests that come from now on. The socket, the
   * connections and what is under way go on.
   *
   * @returns Resolves when the guests of all requests that came before have ended.
   */
  update(handlers: Handlers): Promise<void>;
}

/** What a listener needs from its app. */
export interface HttpOptions extends Handlers {
  /** Runs the processes. */
  readonly node: Node;
  /** Absolute path that its files are relative to. */
  readonly directory: string;
  /** Asks hooks; they all deny when absent. */
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
export function listenHttp(options: HttpOptions): HttpServer {
  const { listener, directory, log, metrics, guard, node } = options;
  const { runtime: { host } } = node;
  const deadlines = createDeadlines(host, spansOf(listener));
  const responder = new Responder({ ...options, deadlines });
  const serving = serveRequests({
    ...{ host, listener, directory, deadlines, log, metrics, guard },
    answer: createAnswer(responder, options),
  });
  return { ...serving, update: (handlers) => responder.update(handlers) };
}

function spansOf({ admission }: HttpListener): readonly number[] {
  const { headerTimeoutMs, idleTimeoutMs, bodyTimeoutMs, writeTimeoutMs } =
    admission;
  return [headerTimeoutMs, idleTimeoutMs, bodyTimeoutMs, writeTimeoutMs];
}

// Checks a request, has it answered, and tells of it.
function createAnswer(
  responder: Responder,
  options: HttpOptions,
): ServingOptions["answer"] {
  const { node: { runtime: { host } }, metrics } = options;
  return async (request, info, way) => {
    const startMs = host.now();
    const origin = readOrigin(request, way);
    const answering: Answering = typeof origin === "number"
      ? { path: pathOf(request.url), client: way.peer }
      : { path: origin.path, client: origin.address, requestId: origin.id };
    if (metrics !== undefined) metrics.inFlight++;
    try {
      const response = await responder.respond(
        ...[request, info, origin, answering, way.reading] as const,
      );
      const { requestId } = answering;
      if (requestId !== undefined) {
        response.headers.set("x-request-id", requestId);
      }
      tell(options, { request, response, answering, startMs });
      return response;
    } finally {
      if (metrics !== undefined) metrics.inFlight--;
    }
  };
}

/** A request that has its response. */
interface Answered {
  readonly request: Request;
  readonly response: Response;
  readonly answering: Answering;
  readonly startMs: number;
}

// The log tells of it when all of the body was sent, so that it can say how much.
function tell(
  { node: { runtime: { host } }, log, metrics }: HttpOptions,
  { request: { method }, response, answering, startMs }: Answered,
): void {
  const { component } = answering;
  const { status } = response;
  metrics?.answered(component, status, host.now() - startMs);
  const isLogged = log.allows("info");
  if (metrics === undefined && !isLogged) return;
  whenSent(response, (bytes) => {
    metrics?.sent(component, bytes);
    if (!isLogged) return;
    const durationMs = host.now() - startMs;
    const { trace: _, guest, ...told } = answering;
    const process = guest === undefined ? {} : { pid: pidText(guest) };
    log.access({
      ...{ type: "http", method, status, durationMs, bytes },
      ...told,
      ...process,
    });
  });
}
