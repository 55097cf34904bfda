/**
 * Deno's HTTP engine on one connection at a time, and its choice of
 * certificates by name.
 *
 * `Deno.serve` has both inside, and no way to put a bound on a connection. This
 * file is the only one that names what is inside.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** What is told of a request beside it. */
export interface RequestInfo {
  /** Rejects when the client goes before it has the whole response. */
  readonly completed: Promise<void>;
}

/** Answers a request. */
export type Answerer = (
  request: Request,
  info: RequestInfo,
) => Promise<Response>;

/** A connection, for as long as it has a file. */
export interface HeldConnection {
  /** Resolves when it has none any more, as far as Deno tells. Never rejects. */
  readonly freed: Promise<void>;
  /**
   * Has nobody wait for `freed`, which resolves. In the middle of a TLS handshake
   * the file stays until the client closes it, or the program ends.
   */
  abandon(): void;
}

/** A connection whose requests are answered. */
export interface ServedConnection extends HeldConnection {
  /** Resolves when the connection is closed, whoever closed it, or given up. Never rejects. */
  readonly finished: Promise<void>;
  /** Whether the client has chosen HTTP/2 under TLS. It may speak it without, too. */
  readonly isHttp2: boolean;
  /**
   * Has it end when what is in flight is answered; a client of HTTP/2 is told to
   * open no more streams (GOAWAY). As `cut` in the middle of a TLS handshake.
   *
   * From then on Deno has no way to close it: {@linkcode cut} gives it up, and its
   * file stays until the client closes it, or the program ends. A client that
   * goes on as HTTP/2 wants it never gets that far.
   */
  leave(): void;
  /**
   * Closes it at once, whatever is in flight. Harmless when it is closed. In the
   * middle of a TLS handshake Deno cannot: it is given up, and closed when the
   * handshake ends, as it does when the client goes.
   */
  cut(): void;
}

/** A certificate and its key, as PEM. */
export interface KeyPair {
  /** The certificate, and those that lead to its root. */
  readonly cert: string;
  /** Of the first certificate. */
  readonly key: string;
}

/** As much of an `AbortSignal` as the engine uses. */
interface CutSignal {
  addEventListener(type: "abort", listener: () => void): void;
}

interface Internals {
  serveHttpOnConnection(
    connection: Deno.Conn,
    signal: CutSignal,
    answerer: Answerer,
    onError: (error: unknown) => Response,
    onListen: (scheme: string) => void,
  ): { readonly finished: Promise<void>; shutdown(): Promise<void> };
  readonly resolverSymbol: symbol;
}

/** The oldest Deno that is known to have all of this inside. */
const DENO_VERSION_MIN = "2.9.6";

let internals: Internals | undefined;

function findInternals(): Internals {
  const deno = Deno as unknown as Record<string | symbol, unknown>;
  const found = deno[deno.internal as symbol] as Partial<Internals> | undefined;
  const isWhole = typeof found?.serveHttpOnConnection === "function" &&
    typeof found.resolverSymbol === "symbol";
  if (isWhole) return found as Internals;
  throw new TypeError(
    `Cannot serve HTTP, which takes Deno ${DENO_VERSION_MIN} or one like it: this is ${Deno.version.deno}`,
  );
}

/**
 * Answers the requests of `connection`, which is the engine's from now on:
 * HTTP/1.1, and HTTP/2 where the client wants it.
 *
 * @param onError Answers when `answerer` rejects. Must not throw.
 * @throws {TypeError} This Deno has no such engine.
 */
export function serveConnection(
  connection: Deno.Conn,
  answerer: Answerer,
  onError: (error: unknown) => Response,
): ServedConnection {
  const serve = () => serveReady(connection, answerer, onError);
  return isTls(connection) ? new Shaken(connection, serve) : serve();
}

function isTls(connection: Deno.Conn): connection is Deno.TlsConn {
  return "handshake" in connection;
}

/**
 * A connection under TLS, from its handshake on.
 *
 * The engine would shake hands, too, but nothing can stop it while it does. What
 * is closed meanwhile keeps its file, and nobody is told when that is free.
 */
class Shaken implements ServedConnection {
  readonly finished: Promise<void>;
  readonly freed: Promise<void>;
  isHttp2 = false;
  readonly #connection: Deno.TlsConn;
  readonly #finish: () => void;
  #served: ServedConnection | undefined;
  #isCut = false;

  constructor(connection: Deno.TlsConn, serve: () => ServedConnection) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#connection = connection;
    this.finished = promise;
    this.#finish = resolve;
    this.freed = connection.handshake().then(
      ({ alpnProtocol }) => this.#shaken(alpnProtocol, serve),
      // The client's doing, or the end of this program: in either case it is over.
      () => close(connection),
    );
    this.freed.then(resolve);
  }

  async #shaken(
    protocol: string | null,
    serve: () => ServedConnection,
  ): Promise<void> {
    if (this.#isCut) return close(this.#connection);
    this.isHttp2 = protocol === "h2";
    this.#served = serve();
    this.#served.finished.then(this.#finish);
    await this.#served.freed;
  }

  cut(): void {
    this.#isCut = true;
    if (this.#served === undefined) this.#finish();
    else this.#served.cut();
  }

  leave(): void {
    if (this.#served === undefined) this.cut();
    else this.#served.leave();
  }

  abandon(): void {
    if (this.#served === undefined) close(this.#connection);
    else this.#served.abandon();
  }
}

/** Closes `connection`, which nothing was read from, or gives it up as {@linkcode ServedConnection.cut} does. */
export function refuseConnection(connection: Deno.Conn): HeldConnection {
  if (isTls(connection)) {
    const refused = new Shaken(connection, neverServe);
    refused.cut();
    return refused;
  }
  connection.close();
  return { freed: Promise.resolve(), abandon() {} };
}

function neverServe(): never {
  throw new TypeError("Cannot serve a connection that was refused");
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It was closed already: the end that was wanted.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function serveReady(
  connection: Deno.Conn,
  answerer: Answerer,
  onError: (error: unknown) => Response,
): ServedConnection {
  internals ??= findInternals();
  const signal = new Signal();
  const engine = internals.serveHttpOnConnection(
    ...[connection, signal] as const,
    // Deno counts the parameters: without any, it takes a shortcut.
    (request, info) => answerer(request, info),
    onError,
    () => {},
  );
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  let isLeaving = false;
  // A reset or half a request is the client's doing, and the end all the same;
  // only that then the engine does not let go of the connection by itself.
  const freed = engine.finished.catch(() => engine.shutdown());
  freed.then(resolve);
  return {
    ...{ finished, freed, isHttp2: false },
    leave() {
      isLeaving = true;
      // How it ends is told by the engine.
      engine.shutdown().catch(() => {});
    },
    cut: () => isLeaving ? resolve() : signal.abort(),
    // It ends by itself, or is given up.
    abandon() {},
  };
}

/**
 * Aborts as often as it is told to. An `AbortController` for each connection takes a kilobyte, and
 * what its listener throws ends the whole program.
 */
class Signal implements CutSignal {
  #listener: (() => void) | undefined;

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listener = listener;
  }

  abort(): void {
    try {
      this.#listener?.();
    } catch (error) {
      // It was closed already: the end that was wanted.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

/** The protocols that a client may choose from, the preferred one first. */
const PROTOCOLS = ["h2", "http/1.1"];

/**
 * Listens for TLS connections with one certificate.
 *
 * @throws {Deno.errors.InvalidData} Certificate and key do not belong together.
 */
export function listenTls(
  hostname: string,
  port: number,
  pair: KeyPair,
): Deno.TlsListener {
  return Deno.listenTls({ hostname, port, ...pair, alpnProtocols: PROTOCOLS });
}

/**
 * Listens for TLS connections with the certificate that `choose` returns for
 * the name that the client asks for, empty when it asks for none.
 *
 * Deno asks once for each name and remembers the answer as long as the listener
 * lives.
 */
export function listenTlsByName(
  hostname: string,
  port: number,
  choose: (name: string) => KeyPair,
): Deno.TlsListener {
  internals ??= findInternals();
  const resolver = (name: string) => Promise.resolve(choose(name));
  return Deno.listenTls(
    {
      ...{ hostname, port, alpnProtocols: PROTOCOLS },
      [internals.resolverSymbol]: resolver,
    } as unknown as Parameters<typeof Deno.listenTls>[0],
  );
}

/**
 * Whether the body of `response` is a stream. To ask for `body` would turn
 * bytes into one, which takes more time than all the rest.
 */
export function hasStream(response: Response): boolean {
  responseSymbol ??= findResponseSymbol(response);
  if (responseSymbol === null) return response.body !== null;
  const inner = (response as unknown as Record<symbol, Inner>)[responseSymbol];
  return inner?.body?.streamOrStatic instanceof ReadableStream;
}

/**
 * How many bytes the body of `response` has: undefined when it is a stream, 0 when
 * there is none.
 */
export function bodyBytes(response: Response): number | undefined {
  if (hasStream(response)) return undefined;
  // Deno keeps a text elsewhere until somebody looks at the headers.
  void response.headers;
  const inner = (response as unknown as Record<symbol, Inner>)[responseSymbol!];
  const body = inner?.body?.streamOrStatic?.body;
  return typeof body === "string" ? Buffer.byteLength(body) : body?.length ?? 0;
}

/** Shape: `{ body: { streamOrStatic: ReadableStream | { body, consumed } } }`. */
interface Inner {
  readonly body?: {
    readonly streamOrStatic?: { readonly body?: string | Uint8Array };
  } | null;
}

let responseSymbol: symbol | null | undefined;

function findResponseSymbol(response: Response): symbol | null {
  const symbols = Object.getOwnPropertySymbols(response);
  return symbols.find(({ description }) => description === "response") ?? null;
}
