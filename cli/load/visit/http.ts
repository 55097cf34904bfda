/**
 * Visiting by requests.
 *
 * @module
 */

import { BadAnswer, type Lane, type Visit } from "../lane.ts";
import type { Plan } from "../plan.ts";
import { type Answer, type Asker, Http1 } from "../wire/http1.ts";
import { connectHttp2 } from "../wire/http2.ts";
import { ProtocolError } from "../wire/reader.ts";
import { requestBytes } from "../wire/request.ts";
import { connect } from "../wire/socket.ts";

type Connect = (signal: AbortSignal) => Promise<Asker>;

/** What a run of requests does, again and again. */
export function httpVisit(plan: Plan): Visit<Asker> {
  const { connectAsker, requestLength } = askerOf(plan);
  const isGood = judgeOf(plan);
  return async (lane, dueMs) => {
    const { tally } = lane.track;
    const sentMs = performance.now();
    const answer = await ask(lane, connectAsker);
    tally.sentBytes += requestLength;
    tally.receivedBytes += answer.bytes;
    tally.status(answer.status);
    if (answer.isLast || !plan.keepsAlive) lane.close();
    isGood(answer);
    tally.answer(dueMs, sentMs, performance.now());
  };
}

function askerOf({ target, sent, isHttp2, keepsAlive, wantsSameBody }: Plan): {
  readonly connectAsker: Connect;
  readonly requestLength: number;
} {
  const wantsDigest = wantsSameBody;
  if (isHttp2) {
    const options = { ...sent, wantsDigest };
    return {
      connectAsker: (signal) => connectHttp2(target, options, signal),
      // Heads are compressed, and Node does not say to what.
      requestLength: sent.body.length,
    };
  }
  const fields = keepsAlive ? [] : [["connection", "close"]] as const;
  const request = requestBytes(target, sent, fields);
  const options = { request, isHead: sent.method === "HEAD", wantsDigest };
  return {
    connectAsker: async (signal) =>
      new Http1(await connect(target, signal), options),
    requestLength: request.length,
  };
}

// A server may close a connection between two requests, and be asked by another.
async function ask(lane: Lane<Asker>, connect: Connect): Promise<Answer> {
  const known = await lane.connection?.ask();
  if (known !== undefined) return known;
  if (lane.connection !== undefined) lane.track.tally.reconnects += 1;
  lane.close();
  const asker = await lane.open(connect);
  const answer = await asker.ask();
  if (answer !== undefined) return answer;
  throw new ProtocolError("Cannot read an answer: the connection was closed");
}

/** @returns What throws a {@linkcode BadAnswer} when it is given one. */
function judgeOf(
  { statuses, wantsSameBody }: Plan,
): (answer: Answer) => void {
  let first: number | undefined;
  return ({ status, digest }) => {
    const isGood = statuses.length === 0
      ? status < 400
      : statuses.includes(status);
    if (!isGood) throw new BadAnswer(`status ${status}`);
    first ??= digest;
    if (wantsSameBody && digest !== first) {
      throw new BadAnswer("a body unlike the first");
    }
  };
}
