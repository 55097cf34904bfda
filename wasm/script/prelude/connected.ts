/**
 * Processes that are spawned for a connection.
 *
 * Their mailbox has, first, the pid of the process that writes to the client, in
 * decimal, then what comes from the client and from others. The client is gone
 * when the writer has ended.
 *
 * @module
 */

import type { Exchange } from "./exchange.ts";
import type { Port } from "./port.ts";
import type { DownListener } from "./service.ts";
import { mayBeObject, readMessage } from "./wire.ts";

/** What a connection is for the process. */
export interface Conversation {
  /** The writer is known. */
  begin(writer: string): unknown;
  /** A message has come. */
  message(data: Uint8Array): unknown;
  /** The client is gone, or the conversation is over. Called once. */
  end(): unknown;
  /** Whether the process has ended the conversation itself. */
  readonly isOver: boolean;
}

/** What a default export does with a connection. */
export interface Driver {
  /** How it is served. */
  readonly kind: "websocket" | "sse";
  /** Makes what the process does. */
  readonly begin: () => Conversation;
}

let driverIn: (value: object) => Driver | undefined;

/** What `websocket` and `sse` make, for a component to export as its default. */
export class ConnectionHandler {
  readonly #driver: Driver;

  static {
    driverIn = (value) => #driver in value ? value.#driver : undefined;
  }

  /** For `websocket` and `sse`. */
  constructor(driver: Driver) {
    this.#driver = driver;
  }
}

/** The driver that a default export is, if it is one. */
export function driverOf(value: unknown): Driver | undefined {
  return value instanceof Object ? driverIn(value) : undefined;
}

/**
 * Holds a conversation, one message after the other, until the writer has ended
 * or it is over. The ends of other processes are no messages: `downs` is told.
 */
export async function converse(
  conversation: Conversation,
  exchange: Exchange,
  port: Port,
  downs: DownListener,
): Promise<void> {
  const writer = port.text(await exchange.next());
  if (!/^\d{1,20}$/.test(writer)) {
    throw new TypeError(
      "Cannot talk to a client: the process was spawned for no connection",
    );
  }
  port.monitor(writer);
  await conversation.begin(writer);
  while (!conversation.isOver) {
    const message = await exchange.next();
    const incoming = mayBeObject(message)
      ? readMessage(port.text(message))
      : undefined;
    if (incoming?.type !== "down") {
      await conversation.message(port.bytes(message));
    } else if (incoming.pid === writer) break;
    else downs(incoming.pid);
  }
  await conversation.end();
}
