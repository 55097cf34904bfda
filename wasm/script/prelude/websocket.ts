/**
 * `websocket`: a process for each WebSocket.
 *
 * @module
 */

import { ConnectionHandler, type Conversation } from "./connected.ts";
import { receivedText, sendBytes, sendText, wsClose } from "./connection.ts";
import { type ConnectionInfo, connectionInfo } from "./connection_info.ts";

/** The WebSocket of this process. Sending blocks the process while the client is behind. */
export interface Socket {
  /** The process that writes to the client: what others send it goes out as a binary frame. */
  readonly id: bigint;
  /** What the client asked for. */
  readonly info: ConnectionInfo;
  /**
   * Sends a binary frame, text as UTF-8.
   *
   * @returns False when the client is gone.
   * @throws {TypeError} `data` is neither text nor bytes.
   */
  send(data: string | ArrayBufferLike | ArrayBufferView): boolean;
  /** Sends a text frame. False when the client is gone. */
  sendText(text: string): boolean;
  /**
   * Sends a close frame, and closes: the process ends when the client is gone.
   *
   * @param code 1000 when absent.
   */
  close(code?: number, reason?: string): void;
}

/** What a process does with its WebSocket. What it awaits is waited for before the next message. */
export interface SocketHandler {
  /** The client is connected. */
  open?(socket: Socket): unknown;
  /**
   * A frame, text as UTF-8, or a message of another process.
   *
   * @param isText Whether it is a text frame of the client.
   */
  message(socket: Socket, data: Uint8Array, isText: boolean): unknown;
  /** The client is gone. Called once. */
  close?(socket: Socket): unknown;
}

/**
 * Makes what a component exports as its default to be served to WebSockets.
 *
 * @throws {TypeError} `handler` has no function `message`.
 */
export function websocket(handler: SocketHandler): ConnectionHandler {
  if (typeof handler?.message !== "function") {
    throw new TypeError("Cannot serve WebSockets without a function message");
  }
  const begin = () => conversation(handler);
  return new ConnectionHandler({ kind: "websocket", begin });
}

function conversation(handler: SocketHandler): Conversation {
  let socket: Socket;
  return {
    isOver: false,
    begin(writer) {
      socket = socketOf(writer);
      return handler.open?.(socket);
    },
    message: (data) => handler.message(socket, data, receivedText()),
    end: () => handler.close?.(socket),
  };
}

function socketOf(writer: string): Socket {
  return Object.freeze({
    id: BigInt(writer),
    info: connectionInfo(),
    send: (data: unknown) => sendBytes(data),
    sendText: (text: string) => sendText(text),
    close: (code?: number, reason?: string) => wsClose(code, reason),
  });
}
