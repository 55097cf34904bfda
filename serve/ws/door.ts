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
import type { AddressInfo, Socket } from "node:net";
import { OPENING_MAX } from "../limits.ts";
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
}

/** How a door is made. */
export interface DoorOptions {
  /** Name or IP address to listen on. */
  readonly hostname: string;
  /** TCP port; 0 lets the system choose one. */
  readonly port: number;
  /** Time from the connection to the end of the request, in milliseconds. */
  readonly handshakeTimeoutMs: number;
}

/** Accepts connections. */
export class Door {
  readonly #server: Server;
  readonly #options: DoorOptions;
  readonly #openings: Openings;
  readonly #closed = Promise.withResolvers<void>();

  /** It does not listen yet. */
  constructor(options: DoorOptions, keeper: DoorKeeper) {
    this.#options = options;
    this.#openings = new Openings(options.handshakeTimeoutMs, OPENING_MAX);
    this.#server = createServer();
    this.#server.on("connection", (socket) => this.#enter(socket));
    this.#server.on("request", (request, response) => {
      turnAway(response, keeper.refusalOf(request), request.socket);
    });
    this.#server.on("upgrade", (request, stream, head) => {
      // Of a server of TCP, so it is a socket.
      const socket = stream as Socket;
      socket.on("error", ignore);
      keeper.knocked({ request, socket, head });
    });
  }

  #enter(socket: Socket): void {
    socket.once("close", () => this.#openings.delete(socket));
    this.#openings.add(socket, performance.now());
  }

  /**
   * Starts to listen.
   *
   * @throws {Error} It cannot; its `code` says why, such as `EADDRINUSE`.
   */
  open(): Promise<void> {
    const { hostname, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, hostname, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  /** Where it listens. */
  get address(): AddressInfo {
    return this.#server.address() as AddressInfo;
  }

  /** Lets a connection in: it has become a WebSocket. */
  admit(socket: Socket): void {
    this.#openings.delete(socket);
  }

  /** Cuts connections that take too long to ask. To be called again and again. */
  look(): void {
    this.#openings.look(performance.now());
  }

  /** Accepts nothing more, and cuts those that have not asked. Resolves when no connection is left. */
  close(): Promise<void> {
    this.#server.close(() => this.#closed.resolve());
    this.#openings.close();
    return this.#closed.promise;
  }
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
