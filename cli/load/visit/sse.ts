/**
 * Visiting by event streams that stay open.
 *
 * @module
 */

import type { Lane, Visit } from "../lane.ts";
import type { Plan } from "../plan.ts";
import { EventScanner } from "../wire/events.ts";
import { sendWhole } from "../wire/http1.ts";
import { ProtocolError, Reader } from "../wire/reader.ts";
import { requestBytes } from "../wire/request.ts";
import { fieldOf, type Head, ResponseReader } from "../wire/response.ts";
import { connect, type Socket } from "../wire/socket.ts";

/** Time until a stream is asked for again that does not say, in milliseconds. */
const RETRY_MS = 1_000;

const MEDIA_TYPE = "text/event-stream";

/**
 * What one lane of a run of event streams does: follows one until it ends, and
 * waits until it may be asked for again.
 */
export function sseVisit(plan: Plan): Visit<Socket> {
  let lastId = "";
  let retryMs = RETRY_MS;
  return async (lane) => {
    const sentMs = performance.now();
    const socket = await lane.open((signal) => connect(plan.target, signal));
    const request = requestOf(plan, lastId);
    await sendWhole(socket, request);
    lane.track.tally.sentBytes += request.length;
    const reader = new Reader(socket);
    const responses = new ResponseReader(reader, false);
    const head = checked(await responses.head(), lane);
    lane.track.tally.begun(sentMs, performance.now());
    lane.hold();
    const scanner = new EventScanner(counter(lane));
    try {
      await responses.body(head, takerOf(scanner, reader, lane));
    } finally {
      lastId = scanner.lastId;
      retryMs = scanner.retryMs ?? retryMs;
    }
    lane.close();
    lane.track.tally.reconnects += 1;
    await lane.track.sleep(retryMs);
  };
}

function requestOf({ target, sent }: Plan, lastId: string): Uint8Array {
  return requestBytes(target, sent, [
    ["accept", MEDIA_TYPE],
    ...lastId === "" ? [] : [["last-event-id", lastId]] as const,
  ]);
}

function checked(head: Head | undefined, { track }: Lane<Socket>): Head {
  if (head === undefined) {
    throw new ProtocolError("Cannot read an answer: the connection was closed");
  }
  track.tally.status(head.status);
  if (head.status !== 200) throw new ProtocolError(`status ${head.status}`);
  const [mediaType = ""] = fieldOf(head, "content-type").split(/[;, ]/);
  if (mediaType.toLowerCase() === MEDIA_TYPE) return head;
  throw new ProtocolError(`Cannot follow a stream of: ${mediaType}`);
}

/** @returns What counts one event each time. */
function counter({ track: { tally } }: Lane<Socket>): () => void {
  let lastMs: number | undefined;
  return () => {
    const atMs = performance.now();
    tally.event(lastMs === undefined ? undefined : atMs - lastMs, atMs);
    lastMs = atMs;
  };
}

function takerOf(
  scanner: EventScanner,
  reader: Reader,
  { track: { tally } }: Lane<Socket>,
): (bytes: Uint8Array) => void {
  let counted = 0;
  return (bytes) => {
    tally.receivedBytes += reader.totalBytes - counted;
    counted = reader.totalBytes;
    scanner.take(bytes);
  };
}
