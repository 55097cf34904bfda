/**
 * The one place that names the `ws` package, and as much of its types as is used
 * here: those that are published for it bring others for all of `node:`.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import * as library from "ws";

/** A connection. All that happens on it is an event. */
export interface WebSocket {
  /** 1 is open; below it is not yet, above it no more. */
  readonly readyState: number;
  /** Bytes that were sent and that the client has not taken. */
  readonly bufferedAmount: number;
  /** A message, in one piece. */
  on(
    event: "message",
    heed: (data: Uint8Array, isBinary: boolean) => void,
  ): void;
  /** The client asks for a sign of life. */
  on(event: "ping", heed: (data: Uint8Array) => void): void;
  /** The client does what it may not, or its connection failed. */
  on(event: "error", heed: (error: Error) => void): void;
  /** It is over. */
  on(event: "close", heed: () => void): void;
  /** Sends a message. `sent` is called when it has left, or never will. */
  send(
    data: Uint8Array | string,
    options: { readonly binary: boolean },
    sent?: (error?: Error | null) => void,
  ): void;
  /** Asks for a sign of life. */
  ping(): void;
  /** Answers a ping. */
  pong(data: Uint8Array): void;
  /** Reads nothing more. What was read already may still come. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /** Starts the closing handshake, when it is open. */
  close(code?: number, reason?: string): void;
  /** Cuts the connection. */
  terminate(): void;
}

/** How WebSockets are spoken. */
export interface WebSocketServerOptions {
  /** Connections are made elsewhere. */
  readonly noServer: true;
  /** Whether it keeps all connections in a set. */
  readonly clientTracking: boolean;
  /** Whether it answers pings; it does when absent. */
  readonly autoPong?: boolean;
  /** Of a message, in bytes. */
  readonly maxPayload?: number;
  /** Frames that a message may come in. */
  readonly maxFragments?: number;
  /** For the answer to a close frame, in milliseconds. */
  readonly closeTimeout?: number;
  /** How messages are compressed; false when they are not. */
  readonly perMessageDeflate?: false | {
    readonly serverNoContextTakeover: boolean;
    readonly clientNoContextTakeover: boolean;
    readonly threshold: number;
  };
  /** Chooses among the subprotocols that a client offers. */
  readonly handleProtocols?: (offered: Set<string>) => string | false;
}

/** Speaks WebSocket on connections that were made elsewhere. */
export interface WebSocketServer {
  /** A request is about to be answered with 101: these are the lines of its head, to be added to. */
  on(
    event: "headers",
    heed: (lines: string[], request: IncomingMessage) => void,
  ): void;
  /** Answers a request, and calls `opened` unless the client has gone. */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    opened: (client: WebSocket) => void,
  ): void;
  /** Takes no more. */
  close(): void;
}

/** A class of the package that is told apart by its use alone. */
export interface Class {
  /** Its methods. */
  readonly prototype: unknown;
  /** Makes one. */
  new (): unknown;
}

interface Library {
  readonly WebSocketServer: new (
    options: WebSocketServerOptions,
  ) => WebSocketServer;
  readonly PerMessageDeflate: Class;
  readonly Receiver: Class;
}

const { WebSocketServer, PerMessageDeflate, Receiver } =
  library as unknown as Library;

/** Makes a server. */
export function createWebSocketServer(
  options: WebSocketServerOptions,
): WebSocketServer {
  return new WebSocketServer(options);
}

/** The {@linkcode WebSocket.readyState} of one that is open. */
export const OPEN = 1;

/** What compresses messages. */
export const DEFLATE: Class = PerMessageDeflate;

/** What reads frames. */
export const RECEIVER: Class = Receiver;
