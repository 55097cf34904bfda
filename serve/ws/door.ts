/**
 * Where clients come in: HTTP, up to the request to open a WebSocket.
 *
 * @module
 */

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { CALL_MS, HEARING_MS, OPENING_MAX } from "../limits.ts";
import type { KeyPair } from "../listen/deno_http.ts";
import { clientOf, Tally } from "../listen/tally.ts";
import type { Refusal } from "./handshake.ts";
import { Openings } from "./openings.ts";

/** A request to open a WebSocket, and the connection that it came by. */
export interface Knock {
  /** The request. */
  readonly request: IncomingMessage;
  /** The connection. */
  readonly socket: Socket;
  /** What has come behind the request. */
  readonly head: Uint8Array;
}

/** Who decides about requests. */
export interface DoorKeeper {
  /** Lets a client in, or refuses it by {@linkcode refuse}, now or later. Must not throw. */
  knocked(knock: Knock): void;
  /** The response to a request that is not to upgrade its connection. */
  refusalOf(request: IncomingMessage): Refusal;
  /** A connection could not be accepted, as when too many files are open. */
  failed(error: unknown): void;
  /** It had become deaf, and listens again. */
  regained(): void;
}

/** What a door shows of itself. */
export interface DoorTls {
  /** For who asks for no name. Asked for when it begins to listen. */
  readonly own: KeyPair;
  /** For who asks for `name`. Asked for each connection, so it can be renewed. */
  choose(name: string): KeyPair;
}

/** How a door is made. */
export interface DoorOptions {
  /** Name or IP address to listen on. */
  readonly hostname: string;
  /** TCP port; 0 lets the system choose one. */
  readonly port: number;
  /** Time from the connection to the end of the request, in milliseconds. */
  readonly handshakeTimeoutMs: number;
  /** Connections of one client that have not asked yet; at least 1. */
  readonly openingsPerClientMax: number;
  /** Whether connections from an address are those of many clients. */
  isProxy(address: string): boolean;
  /** Speaks TLS; nothing is encrypted when absent. */
  readonly tls?: DoorTls;
}

/**
 * Accepts connections.
 *
 * A listener of Deno's `node:net` is deaf for ever, without a word, when it could
 * not accept one, as when too many files are open. So who has heard nothing for
 * `HEARING_MS` calls itself, and listens anew when it does not hear that either.
 */
export class Door {
  readonly #options: DoorOptions;
  readonly #openings: Openings;
  // Of those that open, but for proxies.
  readonly #clients = new Map<Socket, string>();
  readonly #tally: Tally;
  // In a TLS handshake, by their other ends.
  readonly #shaking = new Map<string, Socket>();
  readonly #keeper: DoorKeeper;
  readonly #closings = new Set<Promise<void>>();
  #server: Server;
  #address: AddressInfo | undefined;
  #heardAtMs = 0;
  // One that was not heard yet.
  #call: { readonly atMs: number } | undefined;

  /** It does not listen yet. */
  constructor(options: DoorOptions, keeper: DoorKeeper) {
    this.#options = options;
    this.#keeper = keeper;
    this.#openings = new Openings(options.handshakeTimeoutMs, OPENING_MAX);
    this.#tally = new Tally(options.openingsPerClientMax);
    this.#server = this.#createServer();
  }

  #createServer(): Server {
    const keeper = this.#keeper;
    const server = createServerFor(this.#options);
    server.on("connection", (socket) => {
      this.#heard();
      this.#enter(socket);
      if (this.#options.tls) this.#shake(socket);
    });
    server.on("secureConnection", (socket: Socket) => this.#shaken(socket));
    server.on("request", (request, response) => {
      turnAway(response, keeper.refusalOf(request), request.socket);
    });
    server.on("upgrade", (request, stream, head) => {
      // Of a server of TCP, so it is a socket.
      const socket = stream as Socket;
      socket.on("error", ignore);
      keeper.knocked({ request, socket, head });
    });
    return server;
  }

  #heard(): void {
    this.#heardAtMs = performance.now();
    this.#call = undefined;
  }

  #shake(socket: Socket): void {
    const peer = peerOf(socket);
    this.#shaking.set(peer, socket);
    socket.once("close", () => {
      if (this.#shaking.get(peer) === socket) this.#shaking.delete(peer);
    });
  }

  // Another socket on the same connection, which opens in place of the first.
  #shaken(socket: Socket): void {
    const peer = peerOf(socket);
    const below = this.#shaking.get(peer);
    this.#shaking.delete(peer);
    if (below !== undefined) this.admit(below);
    this.#enter(socket);
  }

  #enter(socket: Socket): void {
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && !this.#options.isProxy(remoteAddress)) {
      const client = clientOf(remoteAddress);
      if (!this.#tally.add(client)) return void socket.destroy();
      this.#clients.set(socket, client);
    }
    socket.once("close", () => this.admit(socket));
    this.#openings.add(socket, performance.now());
  }

  /**
   * Starts to listen.
   *
   * @throws {Error} It cannot; its `code` says why, such as `EADDRINUSE`.
   */
  async open(): Promise<void> {
    const { hostname, port } = this.#options;
    await listen(this.#server, port, hostname);
    this.#began();
  }

  #began(): void {
    this.#heardAtMs = performance.now();
    this.#address = this.#server.address() as AddressInfo;
    // Without one who hears of it, an error would end the program.
    this.#server.on("error", (error) => this.#keeper.failed(error));
  }

  /** Where it listens. */
  get address(): AddressInfo {
    return this.#address!;
  }

  /** Lets a connection in: it has become a WebSocket, or has gone. Idempotent. */
  admit(socket: Socket): void {
    this.#openings.delete(socket);
    const client = this.#clients.get(socket);
    if (client === undefined) return;
    this.#clients.delete(socket);
    this.#tally.remove(client);
  }

  /**
   * Listens anew, with the certificates that there are now. Connections stay.
   * Resolves when it listens; when it cannot, its keeper is told, and it goes on
   * trying.
   */
  renew(): Promise<void> {
    return this.#listenAnew(() => {});
  }

  /** Cuts connections that take too long to ask, and finds out whether it still hears. To be called again and again. */
  look(): void {
    const nowMs = performance.now();
    this.#openings.look(nowMs);
    if (this.#call !== undefined) {
      if (nowMs - this.#call.atMs >= CALL_MS) {
        this.#listenAnew(() => this.#keeper.regained());
      }
    } else if (nowMs - this.#heardAtMs >= HEARING_MS) this.#callItself(nowMs);
  }

  #callItself(atMs: number): void {
    const { address, port } = this.address;
    const hostname = ANYWHERE.get(address) ?? address;
    const call = { atMs };
    this.#call = call;
    Deno.connect({ hostname, port }).then(
      // Whether it is heard is seen where connections enter.
      (connection) => connection.close(),
      () => {
        // There may be no file for it, either. Then it is tried again.
        if (this.#call === call && this.#server.listening) {
          this.#call = undefined;
        }
      },
    );
  }

  #listenAnew(listens: () => void): Promise<void> {
    this.#heard();
    this.#close();
    this.#server = this.#createServer();
    const { address: { port } } = this;
    return listen(this.#server, port, this.#options.hostname).then(
      () => {
        this.#began();
        listens();
      },
      // Its next call is not heard, and so it tries again.
      (error) => this.#keeper.failed(error),
    );
  }

  /** Accepts nothing more, and cuts those that have not asked. Resolves when no connection is left. */
  async close(): Promise<void> {
    this.#close();
    this.#openings.close();
    await Promise.all(this.#closings);
  }

  #close(): void {
    const closing = new Promise<void>((resolve) =>
      // What it says when it did not listen does not matter.
      this.#server.close(() => resolve())
    ).finally(() => this.#closings.delete(closing));
    this.#closings.add(closing);
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

// What a listener on all addresses is called by.
const ANYWHERE = new Map([["0.0.0.0", "127.0.0.1"], ["::", "::1"]]);

function listen(
  server: Server,
  port: number,
  hostname: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function createServerFor({ tls, handshakeTimeoutMs }: DoorOptions): Server {
  if (tls === undefined) return createServer();
  const contexts = new WeakMap<KeyPair, SecureContext>();
  return createTlsServer({
    ...{ cert: tls.own.cert, key: tls.own.key },
    handshakeTimeout: handshakeTimeoutMs,
    SNICallback: (name, use) => {
      const pair = tls.choose(name);
      const context = contexts.get(pair) ??
        createSecureContext({ cert: pair.cert, key: pair.key });
      contexts.set(pair, context);
      use(null, context);
    },
  });
}

// The client's connection is the client's to break.
function ignore(): void {}

function headersOf({ headers }: Refusal): Record<string, string> {
  const type = "text/plain;charset=UTF-8";
  return { "content-type": type, connection: "close", ...headers };
}

function bodyOf({ status }: Refusal): string {
  return `${STATUS_CODES[status]!.toLowerCase()}\n`;
}

function turnAway(
  response: ServerResponse,
  refusal: Refusal,
  socket: Socket,
): void {
  const body = bodyOf(refusal);
  response.writeHead(refusal.status, {
    ...headersOf(refusal),
    "content-length": `${body.length}`,
  });
  // Deno keeps the connection for another request, whatever the headers say.
  response.end(body, () => socket.end(() => socket.destroy()));
}

/** Answers a request to open a WebSocket with anything else, and closes the connection. */
export function refuse(socket: Socket, refusal: Refusal): void {
  const body = bodyOf(refusal);
  const headers = { ...headersOf(refusal), "content-length": body.length };
  const lines = Object.entries(headers).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  const { status } = refusal;
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  socket.end(`${head}${lines.join("")}\r\n${body}`, () => socket.destroy());
}
