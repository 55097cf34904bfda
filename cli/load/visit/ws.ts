/**
 * Visiting by messages over WebSockets that stay open.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Visit } from "../lane.ts";
import type { Plan } from "../plan.ts";
import { clientFrame, nextArrival, OPCODE } from "../wire/frames.ts";
import { sendWhole } from "../wire/http1.ts";
import { ProtocolError, Reader } from "../wire/reader.ts";
import { requestBytes } from "../wire/request.ts";
import { fieldOf, ResponseReader } from "../wire/response.ts";
import {
  close,
  connect,
  type Socket,
  whileConnecting,
} from "../wire/socket.ts";

// A nonce is there to tell a WebSocket from a cache; all can have the same.
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = createHash("sha1")
  .update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** A WebSocket that was agreed on. */
export interface WebSocketLink {
  /** What is sent goes here. */
  readonly socket: Socket;
  /** What comes is read here. */
  readonly reader: Reader;
  /** Closes it, without a close frame. Harmless when it is closed. */
  close(): void;
}

/** What a run of messages does: sends one, and waits for the next that comes. */
export function wsVisit(plan: Plan): Visit<WebSocketLink> {
  const { body, isBinary } = plan.sent;
  const frame = clientFrame(isBinary ? OPCODE.binary : OPCODE.text, body);
  const connectLink = linker(plan);
  return async (lane, dueMs) => {
    const sentMs = performance.now();
    const link = lane.connection ?? await lane.open(connectLink);
    const { tally } = lane.track;
    const before = link.reader.totalBytes;
    await sendWhole(link.socket, frame);
    tally.sentBytes += frame.length;
    await nextMessage(link);
    tally.receivedBytes += link.reader.totalBytes - before;
    tally.answer(dueMs, sentMs, performance.now());
  };
}

/** How a run connects its WebSockets. */
export function linker(
  plan: Plan,
): (signal: AbortSignal) => Promise<WebSocketLink> {
  const sent = { ...plan.sent, method: "GET", body: new Uint8Array() };
  const request = requestBytes(plan.target, sent, [
    ["upgrade", "websocket"],
    ["connection", "Upgrade"],
    ["sec-websocket-version", "13"],
    ["sec-websocket-key", KEY],
  ]);
  return async (signal) => {
    const socket = await connect(plan.target, signal);
    return await whileConnecting(socket, signal, async () => {
      const reader = await agree(socket, request);
      return { socket, reader, close: () => close(socket) };
    });
  };
}

async function agree(socket: Socket, request: Uint8Array): Promise<Reader> {
  await sendWhole(socket, request);
  const reader = new Reader(socket);
  const head = await new ResponseReader(reader, false).head();
  if (head === undefined) {
    throw new ProtocolError("Cannot read an answer: the connection was closed");
  }
  if (head.status !== 101) throw new ProtocolError(`status ${head.status}`);
  if (fieldOf(head, "sec-websocket-accept") === ACCEPT) return reader;
  throw new ProtocolError("Cannot use a WebSocket that was not agreed on");
}

/** Waits for a message of `link`, and answers the pings before it. */
export async function nextMessage(
  { socket, reader }: WebSocketLink,
): Promise<void> {
  for (;;) {
    const arrival = await nextArrival(reader);
    if (arrival.type === "message") return;
    if (arrival.type === "close") {
      throw new ProtocolError(`closed by the server with ${arrival.code}`);
    }
    await sendWhole(socket, clientFrame(OPCODE.pong, arrival.payload));
  }
}
