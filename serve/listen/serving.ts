/**
 * Requests of one listener: accepted, held to its bounds, and handed on.
 *
 * @module
 */

import { resolve } from "node:path";
import { crashOf, type Host } from "@rusm/otp";
import { answer } from "../answer.ts";
import { DEADLINE_LATE_MS_MAX } from "../limits.ts";
import type { Log } from "../log.ts";
import type { ConnectionLimits } from "../manifest/admission.ts";
import type { TlsPair, TlsSite } from "../manifest/tls.ts";
import type { ListenerMetrics } from "../observe/listener_metrics.ts";
import { Acceptor, type Listener as Source } from "./acceptor.ts";
import { Deadlines } from "./deadlines.ts";
import type { RequestInfo } from "./deno_http.ts";
import type { FloodGuard } from "./flood_guard.ts";
import { TrustedProxies } from "./forwarded.ts";
import type { Way } from "./origin.ts";
import {
  type CertificatesOptions,
  type TlsConfig,
  TlsListening,
} from "./tls.ts";

/** As much of a listener as decides how it is listened on. */
export interface Site {
  /** Name or IP address to listen on. */
  readonly hostname: string;
  /** TCP port; 0 lets the system choose one. */
  readonly port: number;
  /** Who is let in, and how long a connection may do nothing. */
  readonly admission: ConnectionLimits;
  /** Its certificates; `undefined` when it speaks without TLS. */
  readonly tls: TlsSite | undefined;
}

/** What {@linkcode serveRequests} needs. */
export interface ServingOptions {
  /** The clock. */
  readonly host: Host;
  /** What it listens on. */
  readonly listener: Site;
  /** Absolute path that its certificates are relative to. */
  readonly directory: string;
  /** Looks after the connections; as {@linkcode createDeadlines} makes it. */
  readonly deadlines: Deadlines;
  /** Told what goes wrong. */
  readonly log: Log;
  /** Counts connections; nobody does when absent. */
  readonly metrics?: ListenerMetrics | undefined;
  /** Watches the connections; nobody does when absent. */
  readonly guard?: FloodGuard | undefined;
  /** Answers a request that came by `way`. */
  answer(request: Request, info: RequestInfo, way: Way): Promise<Response>;
  /** Whether the end of a response by `error` was meant, so that nobody is told; never, when absent. */
  isMeant?(error: unknown): boolean;
}

/** Whose certificates they are. */
export type CertificatesSite =
  & Pick<ServingOptions, "host" | "directory" | "log">
  & { readonly listener: Pick<Site, "hostname" | "port"> };

/** Requests that are served. */
export interface Serving {
  /** Where, with the port that the system chose. */
  readonly url: string;

  /**
   * Accepts no more connections. Resolves when all requests in flight are
   * answered and their connections closed, or when they are cut. Idempotent.
   */
  stop(): Promise<void>;

  /** Closes every connection at once, whatever is in flight. */
  cut(): void;
}

/**
 * Listens, and has the requests answered.
 *
 * @throws {Deno.errors.AddrInUse} Someone else listens there.
 * @throws {TlsError} A certificate or its key cannot be used.
 */
export function serveRequests(options: ServingOptions): Serving {
  const { host, listener, deadlines, log, metrics } = options;
  const { admission, tls } = listener;
  const tlsListening = tls && listenTls(options, tls);
  const source = tlsListening?.first ?? listenPlain(listener);
  const scheme = tls ? "https" : "http";
  const url = urlOf(scheme, source);
  const proxies = new TrustedProxies(admission.trustedProxies);
  const acceptor = new Acceptor(source, {
    ...{
      host,
      metrics,
      ...admission,
      isProxy: (address) => proxies.has(address),
    },
    rules: {
      deadlines,
      timeouts: {
        headerMs: admission.headerTimeoutMs,
        idleMs: admission.idleTimeoutMs,
        writeMs: admission.writeTimeoutMs,
      },
      answer: (request, info, { peer: { hostname: peer, port }, reading }) => {
        const way = { scheme, peer, peerPort: port, proxies, reading } as const;
        return options.answer(request, info, way);
      },
      fail: (error) => fail(options, error),
    },
    observer: {
      lost: (error) => log.error(`Lost a listener: ${describe(error)}`),
      regained: () => log.warn(`Listens again: ${url}`),
    },
  });
  tlsListening?.watch((open) => void acceptor.relisten(open));
  const { port } = source.addr as Deno.NetAddr;
  const unwatch = options.guard?.watch({
    port,
    suspects: () => acceptor.connections,
    flooded: () => options.metrics?.refused("flood"),
  });
  return {
    url,
    stop() {
      tlsListening?.stop();
      return acceptor.stop().finally(unwatch);
    },
    cut: () => acceptor.cut(),
  };
}

function listenPlain({ hostname, port }: Site): Source {
  return Deno.listen({ hostname, port });
}

function listenTls(
  { host, listener, directory, log }: ServingOptions,
  tls: TlsSite,
): TlsListening {
  const { hostname, port } = listener;
  return new TlsListening({
    ...{ hostname, port },
    ...certificatesOf({ host, listener, directory, log }, tls),
  });
}

/** What the certificates of a listener are made with. */
export function certificatesOf(
  { host, listener: { hostname, port }, directory, log }: CertificatesSite,
  tls: TlsSite,
): CertificatesOptions {
  const address = `${hostname}:${port}`;
  return {
    ...{ host, config: tlsConfigOf(tls, directory) },
    observer: {
      refused: (error) =>
        log.error(
          `Keeps the certificates of ${address}: ${(error as Error).message}`,
        ),
      renewed: () => log.info(`Has new certificates: ${address}`),
    },
  };
}

function tlsConfigOf(
  { cert, key, sni }: TlsSite,
  directory: string,
): TlsConfig {
  const absolute = (pair: TlsPair) => ({
    cert: resolve(directory, pair.cert),
    key: resolve(directory, pair.key),
  });
  const named = [...sni].map(([name, pair]) => [name, absolute(pair)] as const);
  return { ...absolute({ cert, key }), sni: new Map(named) };
}

function urlOf(scheme: "http" | "https", { addr }: Source): string {
  const { hostname, port } = addr as Deno.NetAddr;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return `${scheme}://${host}:${port}`;
}

function fail({ log, isMeant }: ServingOptions, error: unknown): Response {
  if (!isMeant?.(error)) {
    log.error(`Cannot answer a request: ${describe(error)}`);
  }
  return answer(500);
}

function describe(error: unknown): string {
  return crashOf(error).stack ?? String(error);
}

/** For deadlines of `spansMs`, each of which is noticed an eighth of it late, at the most. */
export function createDeadlines(
  host: Host,
  spansMs: readonly number[],
): Deadlines {
  const leastMs = Math.min(...spansMs) / 8;
  return new Deadlines(
    host,
    Math.max(8, Math.min(DEADLINE_LATE_MS_MAX, leastMs)),
  );
}
