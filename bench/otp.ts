/**
 * Do messages, processes and their memory cost less than in Erlang?
 *
 * @module
 */

import { Runtime } from "@rusm/otp";
import { type Figures, type Noun, playVariant } from "./noun.ts";
import {
  BATCH,
  BURST,
  LAPS,
  MESSAGES_EACH,
  PARKED,
  PHASE_MS,
  RESTARTS_EACH,
  RING_SIZE,
  ROUNDS,
  SELECTIONS,
  SENDERS,
  SPAWNS,
  SUPERVISORS,
  WAITING,
} from "./otp/counts.ts";
import { measureFairness } from "./otp/fairness.ts";
import {
  flood,
  forwardAwait,
  forwardEach,
  pingPong,
  pingPongAwait,
  ring,
  selectiveReceive,
  takeAwait,
  takeEach,
} from "./otp/messages.ts";
import { parkedBytes, restarts, spawnExit } from "./otp/processes.ts";
import { FAIRNESS_ROWS, MESSAGE_ROWS, PROCESS_ROWS } from "./otp/rows.ts";
import { rate } from "./otp/timing.ts";

/** Rows against Erlang/OTP, nact and an idle thread, in the same shapes and with the same counts. */
export const otp: Noun = {
  name: "otp",
  question: "What do messages, processes and memory cost next to Erlang?",
  rows: [...MESSAGE_ROWS, ...PROCESS_ROWS, ...FAIRNESS_ROWS],
};

async function messagesPerSecond(
  count: number,
  run: () => Promise<number>,
): Promise<Figures> {
  return { messagesPerSecond: await rate(count, run) };
}

/** As `pingPong`, with an observer that sees every message. */
async function observedPingPong(rounds: number): Promise<number> {
  let count = 0;
  const runtime = new Runtime({ observer: { sent: () => count++ } });
  const elapsedMs = await pingPong(runtime, rounds);
  if (count === 2 * rounds) return elapsedMs;
  throw new Error(`Cannot trust an observer that missed messages: ${count}`);
}

async function spawnsPerSecond(batch: number): Promise<Figures> {
  const run = () => spawnExit(new Runtime(), SPAWNS, batch);
  return { processesPerSecond: await rate(SPAWNS, run) };
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    pingPong: () =>
      messagesPerSecond(2 * ROUNDS, () => pingPong(new Runtime(), ROUNDS)),
    pingPongAwait: () =>
      messagesPerSecond(2 * ROUNDS, () => pingPongAwait(new Runtime(), ROUNDS)),
    pingPongObserved: () =>
      messagesPerSecond(2 * ROUNDS, () => observedPingPong(ROUNDS)),
    flood: () =>
      messagesPerSecond(
        SENDERS * MESSAGES_EACH,
        () => flood(SENDERS, MESSAGES_EACH, takeEach),
      ),
    floodAwait: () =>
      messagesPerSecond(
        SENDERS * MESSAGES_EACH,
        () => flood(SENDERS, MESSAGES_EACH, takeAwait),
      ),
    ring: () =>
      messagesPerSecond(
        RING_SIZE * LAPS,
        () => ring(RING_SIZE, LAPS, forwardEach),
      ),
    ringAwait: () =>
      messagesPerSecond(
        RING_SIZE * LAPS,
        () => ring(RING_SIZE, LAPS, forwardAwait),
      ),
    selectiveReceive: () =>
      messagesPerSecond(
        SELECTIONS,
        () => selectiveReceive(WAITING, SELECTIONS),
      ),
    spawnExit: () => spawnsPerSecond(BATCH),
    spawnBurst: () => spawnsPerSecond(BURST),
    parked: async () => ({ residentBytes: await parkedBytes(PARKED) }),
    restart: async () => ({
      restartsPerSecond: await rate(
        SUPERVISORS * RESTARTS_EACH,
        () => restarts(SUPERVISORS, RESTARTS_EACH),
      ),
    }),
    fairness: () => measureFairness(PHASE_MS),
  });
}
