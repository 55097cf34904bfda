/**
 * HTTP listeners: from a connection to the component that answers, and back.
 *
 * @module
 */

import { resolve } from "node:path";
import { crashOf, type Host } from "@rusm/otp";
import { answer } from "./answer.ts";
import type { Node } from "./exchange.ts";
import { DEADLINE_LATE_MS_MAX } from "./limits.ts";
import { Acceptor, type Listener as Source } from "./listen/acceptor.ts";
import { Deadlines } from "./listen/deadlines.ts";
import type { RequestInfo } from "./listen/deno_http.ts";
import { TrustedProxies } from "./listen/forwarded.ts";
import { readOrigin, type Way } from "./listen/origin.ts";
import { type TlsConfig, TlsListening } from "./listen/tls.ts";
import type { Log } from "./log.ts";
import type { HttpListener } from "./manifest.ts";
import { type Answering, type Handlers, Responder } from "./responder.ts";

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
   * answered and their connections closed, or when they are cut. Idempotent.
   */
  stop(): Promise<void>;

  /** Closes every connection at once, whatever is in flight. */
  cut(): void;
}

/** What a listener needs from its app. */
export interface HttpOptions extends Handlers {
  /** Runs the processes. */
  readonly node: Node;
  /** Absolute path that its files are relative to. */
  readonly directory: string;
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
  const { listener: { admission, tls }, node: { runtime: { host } } } = options;
  const tlsListening = tls && listenTls(options, host);
  const source = tlsListening?.first ?? listenPlain(options.listener);
  const url = urlOf(tls ? "https" : "http", source);
  const proxies = new TrustedProxies(admission.trustedProxies);
  const deadlines = new Deadlines(host, latenessOf(options.listener));
  const { dispatch, update } = createDispatch({ ...options, deadlines });
  const acceptor = new Acceptor(source, {
    ...{ host, ...admission, isProxy: (address) => proxies.has(address) },
    rules: {
      deadlines,
      timeouts: {
        headerMs: admission.headerTimeoutMs,
        idleMs: admission.idleTimeoutMs,
        writeMs: admission.writeTimeoutMs,
      },
      answer: (request, info, peer) =>
        dispatch(request, info, {
          ...{ scheme: tls ? "https" : "http", peer, proxies },
        }),
      fail: (error) => fail(options.log, error),
    },
    observer: observe(options.log, url),
  });
  tlsListening?.watch((open) => void acceptor.relisten(open));
  return {
    ...{ url, update },
    stop() {
      tlsListening?.stop();
      return acceptor.stop();
    },
    cut: () => acceptor.cut(),
  };
}

function listenPlain({ hostname, port }: HttpListener): Source {
  return Deno.listen({ hostname, port });
}

function listenTls(
  { listener, directory, log }: HttpOptions,
  host: Host,
): TlsListening {
  const { hostname, port } = listener;
  const address = `${hostname}:${port}`;
  return new TlsListening({
    ...{ host, hostname, port, config: configOf(listener.tls!, directory) },
    observer: {
      refused: (error) =>
        log.error(
          `Keeps the certificates of ${address}: ${(error as Error).message}`,
        ),
      renewed: () => log.info(`Has new certificates: ${address}`),
    },
  });
}

function configOf(
  { cert, key, sni }: NonNullable<HttpListener["tls"]>,
  directory: string,
): TlsConfig {
  const absolute = (pair: { cert: string; key: string }) => ({
    cert: resolve(directory, pair.cert),
    key: resolve(directory, pair.key),
  });
  const named = [...sni].map(([name, pair]) => [name, absolute(pair)] as const);
  return { ...absolute({ cert, key }), sni: new Map(named) };
}

// A deadline is noticed an eighth of it late, at the most.
function latenessOf({ admission }: HttpListener): number {
  const { headerTimeoutMs, idleTimeoutMs, bodyTimeoutMs, writeTimeoutMs } =
    admission;
  const leastMs = Math.min(
    ...[headerTimeoutMs, idleTimeoutMs, bodyTimeoutMs, writeTimeoutMs],
  );
  return Math.max(8, Math.min(DEADLINE_LATE_MS_MAX, leastMs / 8));
}

function fail(log: Log, error: unknown): Response {
  log.error(`Cannot answer a request: ${describe(error)}`);
  return answer(500);
}

function observe(
  log: Log,
  url: string,
): { lost(error: unknown): void; regained(): void } {
  return {
    lost: (error) => log.error(`Lost a listener: ${describe(error)}`),
    regained: () => log.warn(`Listens again: ${url}`),
  };
}

function describe(error: unknown): string {
  return crashOf(error).stack ?? String(error);
}

/** What answers the requests of a listener is made with. */
interface DispatchOptions extends HttpOptions {
  readonly deadlines: Deadlines;
}

/** Decides who answers. */
interface Dispatch extends Pick<HttpServer, "update"> {
  /** Checks a request, finds who answers, admits it, and has it answered. */
  dispatch(request: Request, info: RequestInfo, way: Way): Promise<Response>;
}

function createDispatch(options: DispatchOptions): Dispatch {
  const { log, node: { runtime: { host } } } = options;
  const responder = new Responder(options);
  const dispatch: Dispatch["dispatch"] = async (request, info, way) => {
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
  return { dispatch, update: (handlers) => responder.update(handlers) };
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

function urlOf(scheme: "http" | "https", { addr }: Source): string {
  const { hostname, port } = addr as Deno.NetAddr;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return `${scheme}://${host}:${port}`;
}
