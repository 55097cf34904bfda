/**
 * HTTP listeners: from a connection to the component that answers, and back.
 *
 * @module
 */

import type { Host } from "@rusm/otp";
import type { Authenticator } from "./auth/authentication.ts";
import type { Node } from "./exchange.ts";
import { pathOf, readOrigin } from "./listen/origin.ts";
import {
  createDeadlines,
  serveRequests,
  type Serving,
  type ServingOptions,
} from "./listen/serving.ts";
import type { Log } from "./log.ts";
import type { HttpListener } from "./manifest.ts";
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
}

/**
 * Starts to listen.
 *
 * @throws {Deno.errors.AddrInUse} Someone else does already.
 * @throws {TlsError} A certificate or its key cannot be used.
 */
export function listenHttp(options: HttpOptions): HttpServer {
  const { listener, directory, log, node: { runtime: { host } } } = options;
  const deadlines = createDeadlines(host, spansOf(listener));
  const responder = new Responder({ ...options, deadlines });
  const serving = serveRequests({
    ...{ host, listener, directory, deadlines, log },
    answer: createAnswer(responder, host, log),
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
  host: Host,
  log: Log,
): ServingOptions["answer"] {
  return async (request, info, way) => {
    const startMs = host.now();
    const origin = readOrigin(request, way);
    const answering: Answering = typeof origin === "number"
      ? { path: pathOf(request.url), client: way.peer }
      : { path: origin.path, client: origin.address, requestId: origin.id };
    const response = await responder.respond(request, info, origin, answering);
    const { requestId } = answering;
    if (requestId !== undefined) {
      response.headers.set("x-request-id", requestId);
    }
    if (log.allows("info")) {
      const { method } = request;
      const { status } = response;
      const durationMs = host.now() - startMs;
      log.access({ type: "http", method, status, durationMs, ...answering });
    }
    return response;
  };
}
