/**
 * `sse`: a process for each event stream.
 *
 * @module
 */

import { ConnectionHandler, type Conversation } from "./connected.ts";
import { sseSend } from "./connection.ts";
import { type ConnectionInfo, connectionInfo } from "./connection_info.ts";

/** An event of an event stream. */
export interface ServerEvent {
  /** Its data, which can have several lines. */
  data: string;
  /** Its type. */
  event?: string;
  /** Its id. */
  id?: string;
  /** How long a client waits before it connects again, in milliseconds. */
  retry?: number;
}

/** The event stream of this process. Sending blocks the process while the client is behind. */
export interface EventStream {
  /** The process that writes to the client: what others send it goes out as data. */
  readonly id: bigint;
  /** What the client asked for. */
  readonly info: ConnectionInfo;
  /** Sends data, without a type. False when the client is gone. */
  data(text: string): boolean;
  /** Sends an event. False when the client is gone. */
  emit(event: ServerEvent): boolean;
  /** Ends the stream, and the process, when the function that calls it has returned. */
  close(): void;
}

/** What a process does with its event stream. What it awaits is waited for before the next message. */
export interface EventStreamHandler {
  /** The client is connected. */
  open?(stream: EventStream): unknown;
  /** A message of another process. */
  message?(stream: EventStream, data: Uint8Array): unknown;
  /** The client is gone, or the stream was closed. Called once. */
  close?(stream: EventStream): unknown;
}

/**
 * Makes what a component exports as its default to be served as event streams.
 *
 * @throws {TypeError} `handler` is no object.
 */
export function sse(handler: EventStreamHandler): ConnectionHandler {
  if (!(handler instanceof Object)) {
    throw new TypeError("Cannot serve event streams without an object");
  }
  const begin = () => conversation(handler);
  return new ConnectionHandler({ kind: "sse", begin });
}

function conversation(handler: EventStreamHandler): Conversation {
  let stream: EventStream;
  let isOver = false;
  return {
    get isOver() {
      return isOver;
    },
    begin(writer) {
      stream = streamOf(writer, () => isOver = true);
      return handler.open?.(stream);
    },
    message: (data) => handler.message?.(stream, data),
    end: () => handler.close?.(stream),
  };
}

function streamOf(writer: string, close: () => void): EventStream {
  return Object.freeze({
    id: BigInt(writer),
    info: connectionInfo(),
    data: (text: string) => sseSend(text),
    emit: ({ data, event, id, retry }: ServerEvent) =>
      sseSend(data, event, id, retry),
    close,
  });
}
