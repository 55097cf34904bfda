/**
 * What clients of the soak do: requests of all kinds, as a seed has it.
 *
 * @module
 */

import { BadAnswer, type Lane, type Visit } from "../../cli/load/lane.ts";
import type { Plan } from "../../cli/load/plan.ts";
import { sendWhole } from "../../cli/load/wire/http1.ts";
import { ProtocolError, Reader } from "../../cli/load/wire/reader.ts";
import { requestBytes } from "../../cli/load/wire/request.ts";
import { ResponseReader } from "../../cli/load/wire/response.ts";
import { close, connect, type Socket } from "../../cli/load/wire/socket.ts";
import { type Fault, FAULTS, FINE, pick } from "./faults.ts";

/** A connection that is asked for different things. */
export interface Client {
  /** What is sent goes here. */
  readonly socket: Socket;
  /** What comes is read here. */
  readonly responses: ResponseReader;
  /** Closes it. Harmless when it is closed. */
  close(): void;
}

/**
 * Asks once for what `random` says.
 *
 * @param counts Where good answers are counted by kind.
 */
export function soakVisit(
  { target, sent }: Plan,
  random: () => number,
  counts: Map<string, number>,
): Visit<Client> {
  const requests = new Map([FINE, ...FAULTS].map(({ name }) => {
    const url = new URL(name, target.url).href;
    return [name, requestBytes({ ...target, url }, sent)];
  }));
  return async (lane, dueMs) => {
    const fault = pick(random());
    const sentMs = performance.now();
    const client = lane.connection ?? await openClient(lane);
    await sendWhole(client.socket, requests.get(fault.name)!);
    if (fault.statuses.length === 0) lane.close();
    else await checkAnswer(client, fault, lane);
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    if (fault === FINE) {
      lane.track.tally.answer(dueMs, sentMs, performance.now());
    }
  };
}

function openClient(lane: Lane<Client>): Promise<Client> {
  return lane.open(async (signal) => {
    const socket = await connect(lane.track.plan.target, signal);
    const responses = new ResponseReader(new Reader(socket), false);
    return { socket, responses, close: () => close(socket) };
  });
}

async function checkAnswer(
  { responses }: Client,
  { name, statuses }: Fault,
  lane: Lane<Client>,
): Promise<void> {
  const head = await responses.head();
  if (head === undefined) {
    throw new ProtocolError(`${name}: the connection was closed`);
  }
  await responses.body(head, () => {});
  if (head.isLast) lane.close();
  if (!statuses.includes(head.status)) {
    throw new BadAnswer(`${name}: status ${head.status}`);
  }
}
