/**
 * How a listener has the package speak WebSocket.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import {
  BYTES_PER_PIECE,
  CLOSE_TIMEOUT_MS,
  COMPRESSED_BYTES_MIN,
  MESSAGE_PIECES_MAX_MIN,
} from "../limits.ts";
import type { WsListener } from "../manifest.ts";
import { deflateByMessage } from "./deflate.ts";
import { createWebSocketServer, type WebSocketServer } from "./library.ts";
import { endReceiversOnce } from "./receiver.ts";

deflateByMessage();
endReceiversOnce();

// Of requests that become WebSockets, for their answers.
const requestIds = new WeakMap<IncomingMessage, string>();

/** Notes the id that the answer to `request` is to have. */
export function noteRequestId(request: IncomingMessage, id: string): void {
  requestIds.set(request, id);
}

/** Speaks by the rules of a listener. Every request must have been noted. */
export function createSockets(
  { messageBytesMax, compression, subprotocols }: WsListener,
): WebSocketServer {
  const sockets = createWebSocketServer({
    ...{ noServer: true, clientTracking: false, autoPong: false },
    ...{ maxPayload: messageBytesMax, closeTimeout: CLOSE_TIMEOUT_MS },
    maxFragments: Math.max(
      MESSAGE_PIECES_MAX_MIN,
      Math.ceil(messageBytesMax / BYTES_PER_PIECE),
    ),
    // Without a context that is kept, a connection costs no more than another.
    perMessageDeflate: compression && {
      ...{ serverNoContextTakeover: true, clientNoContextTakeover: true },
      threshold: COMPRESSED_BYTES_MIN,
    },
    // The first that the client offers and that is supported.
    handleProtocols: (offered) =>
      [...offered].find((name) => subprotocols.includes(name)) ?? false,
  });
  sockets.on("headers", (lines, request) => {
    lines.push(`x-request-id: ${requestIds.get(request)}`);
  });
  return sockets;
}
