/**
 * The rows of `otp`: which shapes are held against what, and how well they must do.
 *
 * @module
 */

import { erlang, erlangVariant } from "../erlang.ts";
import { nactVariant } from "../nact.ts";
import { denoVariant, type RowPlan, type Variant } from "../noun.ts";
import {
  BATCH,
  BURST,
  FLOODERS,
  LAPS,
  MESSAGES_EACH,
  PARKED,
  RESTARTS_EACH,
  RING_SIZE,
  ROUNDS,
  SELECTIONS,
  SENDERS,
  SPAWNS,
  SUPERVISORS,
  WAITING,
} from "./counts.ts";

const OTP_FILE = `${import.meta.dirname}/../otp.ts`;
const NACT_FILE = `${import.meta.dirname}/nact.ts`;
const PEER = erlang(`${import.meta.dirname}/../otp.erl`);
const CORES = "Erlang has a scheduler per core, rusm one thread.";

const PING_PONG = rusm("pingPong");
const ERLANG_PING_PONG = erl("pingPong", ROUNDS);
const ERLANG_FLOOD = erl("flood", SENDERS, MESSAGES_EACH);
const ERLANG_RING = erl("ring", RING_SIZE, LAPS);
const FAIRNESS = rusm("fairness");

const MESSAGES = { unit: "messages/s", figure: "messagesPerSecond" };
const PROCESSES = { unit: "processes/s", figure: "processesPerSecond" };

/** What messages cost. */
export const MESSAGE_ROWS: readonly RowPlan[] = [
  {
    name: "pingPong",
    what: `Two processes send each other one message at a time, ${
      many(ROUNDS)
    } there and as many back; timed from their spawn to the last receive. Both loop in receiveEach. ${CORES}`,
    ...MESSAGES,
    variant: PING_PONG,
    against: ERLANG_PING_PONG,
    bar: 3,
  },
  {
    name: "pingPongAwait",
    what:
      "The same runs of Erlang, and of rusm with processes that await each message.",
    ...MESSAGES,
    variant: rusm("pingPongAwait"),
    against: ERLANG_PING_PONG,
    bar: 3,
  },
  {
    name: "pingPongNact",
    what:
      "The same runs of rusm, and as many messages between two actors that keep state; one thread on both sides.",
    ...MESSAGES,
    variant: PING_PONG,
    against: nactVariant(NACT_FILE, "pingPong"),
    bar: 15,
  },
  {
    name: "unobserved",
    what:
      "The same runs of rusm, which nobody observes, against the same with an observer that counts the messages. Where nobody looks, being able to must not cost anything.",
    ...MESSAGES,
    variant: PING_PONG,
    against: denoVariant(OTP_FILE, "pingPongObserved", "observed"),
    bar: 1,
  },
  {
    name: "flood",
    what: `${SENDERS} processes send ${
      many(MESSAGES_EACH)
    } messages each to one receiver, as fast as they can; timed from their spawn until it has taken all, in receiveEach. ${CORES}`,
    ...MESSAGES,
    variant: rusm("flood"),
    against: ERLANG_FLOOD,
    bar: 2,
  },
  {
    name: "floodAwait",
    what:
      "The same runs of Erlang, and of rusm with a receiver that awaits each message.",
    ...MESSAGES,
    variant: rusm("floodAwait"),
    against: ERLANG_FLOOD,
    bar: 2,
  },
  {
    name: "ring",
    what: `One token goes ${many(LAPS)} times round a ring of ${
      many(RING_SIZE)
    } processes; timed from its first message to its last, the ring is there already. All loop in receiveEach. ${CORES}`,
    ...MESSAGES,
    variant: rusm("ring"),
    against: ERLANG_RING,
    bar: 2,
  },
  {
    name: "ringAwait",
    what:
      "The same runs of Erlang, and of rusm with processes that await each message.",
    ...MESSAGES,
    variant: rusm("ringAwait"),
    against: ERLANG_RING,
    bar: 2,
  },
  {
    name: "selectiveReceive",
    what: `${
      many(WAITING)
    } messages wait that do not match. Another process sends one that does each time it is asked, ${
      many(SELECTIONS)
    } times, and it is taken from behind them; timed from the first request to the last match. It is a plain word: a reference made just before would let Erlang skip what waits. ${CORES}`,
    ...MESSAGES,
    variant: rusm("selectiveReceive"),
    against: erl("selectiveReceive", WAITING, SELECTIONS),
    bar: 0.5,
  },
];

/** What processes cost, in time and in memory. */
export const PROCESS_ROWS: readonly RowPlan[] = [
  {
    name: "spawnExit",
    what: spawnsWhat(BATCH),
    ...PROCESSES,
    variant: rusm("spawnExit"),
    against: erl("spawnExit", SPAWNS, BATCH),
    bar: 1.5,
  },
  {
    name: "spawnBurst",
    what: spawnsWhat(BURST),
    ...PROCESSES,
    variant: rusm("spawnBurst"),
    against: erl("spawnExit", SPAWNS, BURST),
    bar: 1.5,
  },
  {
    name: "parkedMemory",
    what: `${
      many(PARKED)
    } processes wait in their first receive; growth of the memory that the operating system counts, per process. Less is better.`,
    unit: "bytes",
    figure: "residentBytes",
    variant: rusm("parked"),
    against: erl("parked", PARKED),
    bar: 1.2,
  },
  {
    name: "restart",
    what: `${
      many(SUPERVISORS)
    } supervisors have one child each, which is made to crash ${RESTARTS_EACH} times, one child after the other, the next time when it is ready again; timed from the first crash to the last child that is ready. Nobody logs the crashes. ${CORES}`,
    unit: "restarts/s",
    figure: "restartsPerSecond",
    variant: rusm("restart"),
    against: erl("restart", SUPERVISORS, RESTARTS_EACH),
    bar: 1,
  },
];

const BUSY = `${many(FLOODERS)} processes of the same thread flood each other`;

/** What the event loop is left with. */
export const FAIRNESS_ROWS: readonly RowPlan[] = [
  {
    name: "timerLateness",
    what:
      `How late 99 of 100 timers of 1 ms are at most, one after the other, while ${BUSY}. Held against the same in the idle thread and one slice, see the row below. Less is better.`,
    unit: "ms",
    figure: "busyP99Ms",
    variant: FAIRNESS,
    against: { name: "idle and one slice", figure: "allowedMs" },
    bar: 1,
  },
  {
    name: "slice",
    what:
      `How long the median slice keeps the thread while ${BUSY}, from the start of one until the event loop gets its turn. Less is better.`,
    unit: "ms",
    figure: "sliceMs",
    variant: FAIRNESS,
    against: null,
    bar: null,
  },
  {
    name: "echoBusy",
    what:
      `Round trips of one loopback TCP connection, both ends in one thread, while ${BUSY}. Held against the same in the idle thread.`,
    unit: "round trips/s",
    figure: "busyEchoesPerSecond",
    variant: FAIRNESS,
    against: { name: "idle", figure: "idleEchoesPerSecond" },
    bar: 0.03,
  },
];

function rusm(id: string): Variant {
  return denoVariant(OTP_FILE, id, "rusm");
}

function erl(shape: string, ...counts: number[]): Variant {
  return erlangVariant(PEER, "otp", [shape, ...counts]);
}

function spawnsWhat(batch: number): string {
  return `${many(SPAWNS)} processes that do nothing, ${
    many(batch)
  } at once and the next when these have exited; timed from the first spawn to the last exit. ${CORES}`;
}

function many(count: number): string {
  return count.toLocaleString("en");
}
