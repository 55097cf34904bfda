/**
 * Visiting by connecting.
 *
 * @module
 */

import { BadAnswer, type Visit } from "../lane.ts";
import type { Plan } from "../plan.ts";
import { Http1 } from "../wire/http1.ts";
import { ProtocolError, Reader } from "../wire/reader.ts";
import { requestBytes } from "../wire/request.ts";
import { close, connect, whileConnecting } from "../wire/socket.ts";
import { linker, nextMessage } from "./ws.ts";

/** A connection that was made, and how it ends. */
export interface Made {
  /** Resolves when the server ends it. */
  ended(): Promise<void>;
  /** Closes it. Harmless when it is closed. */
  close(): void;
}

/**
 * What a run of connections does: makes one, which with `http:` has to answer,
 * and with `ws:` to agree, and closes or holds it.
 */
export function connVisit(plan: Plan): Visit<Made> {
  const make = makerOf(plan);
  return async (lane, dueMs) => {
    const sentMs = performance.now();
    const made = await lane.open(make);
    lane.track.tally.answer(dueMs, sentMs, performance.now());
    if (!plan.holds) return lane.close();
    lane.hold();
    await made.ended();
    throw new ProtocolError("closed by the server");
  };
}

function makerOf(plan: Plan): (signal: AbortSignal) => Promise<Made> {
  switch (new URL(plan.target.url).protocol) {
    case "ws:":
    case "wss:":
      return webSocketMaker(plan);
    case "http:":
    case "https:":
      return httpMaker(plan);
    default:
      return bareMaker(plan);
  }
}

function webSocketMaker(plan: Plan): (signal: AbortSignal) => Promise<Made> {
  const connectLink = linker(plan);
  return async (signal) => {
    const link = await connectLink(signal);
    const ended = async () => {
      for (;;) await nextMessage(link);
    };
    return { ended, close: () => link.close() };
  };
}

function httpMaker(plan: Plan): (signal: AbortSignal) => Promise<Made> {
  const { target, sent } = plan;
  const options = {
    request: requestBytes(target, sent),
    isHead: sent.method === "HEAD",
    wantsDigest: false,
  };
  return async (signal) => {
    const socket = await connect(target, signal);
    return await whileConnecting(socket, signal, async () => {
      const asker = new Http1(socket, options);
      const answer = await asker.ask();
      if (answer !== undefined && answer.status < 400) return asker;
      throw answer === undefined
        ? new ProtocolError("Cannot read an answer: the connection was closed")
        : new BadAnswer(`status ${answer.status}`);
    });
  };
}

function bareMaker({ target }: Plan): (signal: AbortSignal) => Promise<Made> {
  return async (signal) => {
    const socket = await connect(target, signal);
    const ended = () => new Reader(socket).passAll(() => {});
    return { ended, close: () => close(socket) };
  };
}
