/**
 * Connections that processes are spawned for.
 *
 * @module
 */

/** What a client asked for when it connected. It can be posted to a Worker. */
export interface ConnectionInfo {
  /** Such as `GET`. */
  readonly method: string;
  /** Path of the URL, with its leading slash. */
  readonly path: string;
  /** Query of the URL, without the question mark. */
  readonly query: string;
  /** What the parameters of the route matched, in its order. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** Names in lower case, in the order of the request. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** `ip:port`, or empty when it is not known. */
  readonly remoteAddr: string;
  /** The WebSocket subprotocol that was agreed on. */
  readonly subprotocol?: string | undefined;
}

/** An event of an event stream. */
export interface ServerEvent {
  /** Its data, which can have several lines. */
  readonly data: string;
  /** Its type. */
  readonly event?: string | undefined;
  /** Its id. */
  readonly id?: string | undefined;
  /** How long a client waits before it connects again, in milliseconds. */
  readonly retry?: number | undefined;
}

/**
 * Takes what a process sends to its client. The process waits for what a promise
 * resolves to: that is its back-pressure. A promise that rejects is false, and
 * so is one that takes longer than 60 seconds.
 */
export interface ConnectionSink {
  /** Sends a text frame, which need not be UTF-8. False when the client is gone, or takes none. */
  sendText(data: Uint8Array): boolean | Promise<boolean>;

  /** Sends a binary frame. False when the client is gone, or takes none. Absent where none does. */
  sendBytes?(data: Uint8Array): boolean | Promise<boolean>;

  /** Sends a close frame, and closes. A connection that takes none is left as it is. */
  close(code: number, reason: string): void | Promise<void>;

  /** Sends an event. False when the client is gone, or takes none. */
  sendEvent(event: ServerEvent): boolean | Promise<boolean>;
}

/** A connection, as a process is spawned for it. */
export interface Connection {
  /** What the process is told of it. */
  readonly info: ConnectionInfo;
  /** Where its frames go. Forgotten when the process ends. */
  readonly sink: ConnectionSink;
}
