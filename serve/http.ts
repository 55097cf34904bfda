/**
 * HTTP listeners: from a connection to the component that answers, and back.
 *
 * @module
 */

import { crashOf } from "@rusm/otp";
import type { Component } from "@rusm/wasm";
import { answer, unavailable } from "./answer.ts";
import { exchange, type Handler, type Node } from "./exchange.ts";
import { handle } from "./handling.ts";
import { Listening } from "./listening.ts";
import type { Access, Log } from "./log.ts";
import type { HttpListener } from "./manifest.ts";
import { matchRoute } from "./routes.ts";

/** A listener that accepts connections. */
export interface HttpServer {
  /** Where it listens, with the port that the system chose. */
  readonly url: string;

  /**
   * Has others answer the requests that come from now on. The socket, the
   * connections and what is under way go on.
   *
   * @returns Resolves when the guests of all requests that came before have ended.
   */
  update(handlers: Handlers): Promise<void>;

  /**
   * Accepts no more connections. Resolves when all requests in flight are
   * answered and their connections closed, which a client that does not read
   * can put off for ever. Idempotent.
   */
  stop(): Promise<void>;
}

/** Who answers the requests of a listener. */
export interface Handlers {
  /** What it listens on, and who answers. */
  readonly listener: HttpListener;
  /** The app's components, by name. */
  readonly components: ReadonlyMap<string, Component>;
}

/** What a listener needs from its app. */
export interface HttpOptions extends Handlers {
  /** Runs the processes. */
  readonly node: Node;
  /** Takes a line for each request. */
  readonly log: Log;
}

/**
 * Starts to listen.
 *
 * @throws {Deno.errors.AddrInUse} Someone else does already.
 */
export function listenHttp(options: HttpOptions): HttpServer {
  const { listener, log } = options;
  const { dispatch, update } = createDispatch(options);
  const serve = (port: number) =>
    Deno.serve({
      hostname: listener.hostname,
      port,
      // Bodies go out as guests made them.
      automaticCompression: false,
      onListen() {},
      onError: (error) => {
        log.error(`Cannot answer a request: ${describe(error)}`);
        return answer(500);
      },
    }, async (request, info) => {
      const startMs = performance.now();
      const answering: Answering = {};
      const response = await dispatch(request, info, answering);
      if (log.allows("info")) {
        const { status } = response;
        const durationMs = performance.now() - startMs;
        const client = info.remoteAddr.hostname;
        log.access({
          ...{ ...headOf(request), ...answering, status, durationMs, client },
        });
      }
      return response;
    });
  const listening = new Listening(listener.port, serve, {
    lost: (error) => log.error(`Lost a listener: ${describe(error)}`),
    regained: () => log.warn(`Listens again: ${urlOf(listening.addr)}`),
  });
  const stop = () => listening.stop();
  return { url: urlOf(listening.addr), update, stop };
}

function describe(error: unknown): string {
  return crashOf(error).stack ?? String(error);
}

/** Who answers a request, for the log. */
type Answering = { component?: string };

/** Requests that the same components answer. */
interface Generation extends Handlers {
  inFlightCount: number;
  readonly ended: PromiseWithResolvers<void>;
}

function generationOf({ listener, components }: Handlers): Generation {
  const ended = Promise.withResolvers<void>();
  return { listener, components, inFlightCount: 0, ended };
}

/** Decides who answers. */
interface Dispatch extends Pick<HttpServer, "update"> {
  /** Finds who answers, admits the request, and has it answered. */
  dispatch(
    request: Request,
    info: Deno.ServeHandlerInfo,
    answering: Answering,
  ): Promise<Response>;
}

function createDispatch({ node, ...handlers }: HttpOptions): Dispatch {
  let inFlightCount = 0;
  let current = generationOf(handlers);
  function leave(generation: Generation): void {
    inFlightCount--;
    generation.inFlightCount--;
    if (generation !== current) endIfIdle(generation);
  }
  return {
    update(next) {
      const before = current;
      current = generationOf(next);
      endIfIdle(before);
      return before.ended.promise;
    },
    async dispatch(request, info, answering) {
      const generation = current;
      const { listener, components } = generation;
      const handler = findHandler(listener, components, request);
      if (handler instanceof Response) return handler;
      answering.component = handler.component.name;
      if (inFlightCount >= listener.inFlightMax) return unavailable();
      inFlightCount++;
      generation.inFlightCount++;
      const onEnd = () => leave(generation);
      if (handler.component.isHandler) {
        // Asked for only here: it rejects, and somebody must hear of that.
        const { completed } = info;
        return handle(node, handler, request, { completed, onEnd });
      }
      try {
        return await exchange(node, handler, request);
      } finally {
        onEnd();
      }
    },
  };
}

function endIfIdle({ inFlightCount, ended }: Generation): void {
  if (inFlightCount === 0) ended.resolve();
}

function findHandler(
  listener: HttpListener,
  components: ReadonlyMap<string, Component>,
  request: Request,
): Handler | Response {
  const { target, requestTimeoutMs: timeoutMs, bodyBytesMax } = listener;
  const limits = { timeoutMs, bodyBytesMax };
  const path = pathOf(request.url);
  if (path === "" || !isHost(request.headers.get("host"))) return answer(400);
  if (typeof target === "string") {
    const component = components.get(target)!;
    return { component, action: null, params: [], ...limits };
  }
  const match = matchRoute(target, request.method, path);
  if (match.type === "notFound") return answer(404);
  if (match.type === "methodNotAllowed") {
    return answer(405, { allow: match.allow.join(", ") });
  }
  const component = components.get(match.component)!;
  const { action = null, params } = match;
  return { component, action, params, ...limits };
}

// The URL is absolute: scheme and host end at the third slash. Without one, as
// for CONNECT, there is no path.
/** Path and query of the URL of a request; empty when it has none, as for `CONNECT`. */
export function pathOf(url: string): string {
  const at = url.indexOf("/", url.indexOf("//") + 2);
  return at < 0 ? "" : url.slice(at);
}

// RFC 3986, `authority` without user information. Deno takes the header as it
// is and puts it in front of the path, so a slash in it would be another path.
/** Whether this can be the header `host`. */
export function isHost(host: string | null): boolean {
  return host === null || /^[\w.~!$&'()*+,;=%:[\]-]*$/.test(host);
}

function headOf(
  { method, url }: Request,
): Pick<Access, "type" | "method" | "path"> {
  return { type: "http", method, path: pathOf(url) };
}

function urlOf({ hostname, port }: Deno.NetAddr): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return `http://${host}:${port}`;
}
