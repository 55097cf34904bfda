/**
 * The rows of `wasm`: what is held against what, and how well it must do.
 *
 * @module
 */

import { denoVariant, type RowPlan, type Variant } from "../noun.ts";
import {
  BATCH,
  FEW_LIVE,
  HIBERNATED,
  LOOP_TURNS,
  MANY_LIVE,
  MESSAGE_BYTES,
  PARKED,
  REMOTE_SPAWNS,
  REMOTE_WINDOW,
  ROUNDS,
  SPAWNS,
  STREAM_BATCH,
  STREAM_WINDOW,
  STREAMED,
  WAITING_PAIRS,
  WAKES,
} from "./counts.ts";

const WASM_FILE = `${import.meta.dirname}/../wasm.ts`;

const PROCESSES = { unit: "processes/s", figure: "processesPerSecond" };
const MESSAGES = { unit: "messages/s", figure: "messagesPerSecond" };

const NOT_RECYCLED = rusm("spawnNotRecycled");
const WORKLOAD = rusm("realWorkload");
const WORKLOAD_PLAIN = plain("realWorkloadPlain");
const HIBERNATION = rusm("hibernated");

/** What a guest costs that only runs. */
export const SPAWN_ROWS: readonly RowPlan[] = [
  {
    name: "spawnRunExit",
    what: `${
      many(SPAWNS)
    } processes of a small core module with a page of memory, ${
      many(BATCH)
    } at once and the next when these have ended; each is monitored, writes its memory and a global, and returns. Timed from the first spawn to the last down, on one thread with the settings of a scheduler. Held against new WebAssembly.Instance of the same bytes and one call of the same export.`,
    ...PROCESSES,
    variant: rusm("spawnRunExit"),
    against: denoVariant(WASM_FILE, "bare", "bare instances"),
    bar: 4,
  },
  {
    name: "spawnNotRecycled",
    what:
      "The same with a module that grows a table, so that no instance of it is used twice; held against bare instances of that.",
    ...PROCESSES,
    variant: NOT_RECYCLED,
    against: denoVariant(WASM_FILE, "bareNotRecycled", "bare instances"),
    bar: 1.5,
  },
  {
    name: "twoSchedulers",
    what: `${
      many(REMOTE_SPAWNS)
    } processes of the module of spawnRunExit, spawned by the main thread on two schedulers, ${
      many(REMOTE_WINDOW)
    } under way at once; timed from the first spawn until the main thread has heard of the last end. Held against the same on one scheduler. The main thread and the ticker need a core, too.`,
    ...PROCESSES,
    variant: rusm("twoSchedulers"),
    against: denoVariant(WASM_FILE, "oneScheduler", "one scheduler"),
    bar: 1.6,
  },
];

/** What it costs that code can be stopped. */
export const CODE_ROWS: readonly RowPlan[] = [
  {
    name: "tightLoop",
    what: `The words of a page are added up again and again, ${
      many(LOOP_TURNS)
    } turns of a loop: the fastest of ten runs, when V8 has optimised it. As a guest it is timed from spawn to exit, asked each turn whether its time is up, and preempted every 10 ms. Held against the same bytes in a bare instance. Less is better.`,
    unit: "ms",
    figure: "runMs",
    variant: rusm("tightLoop"),
    against: plain("tightLoopPlain"),
    bar: 1.1,
  },
  {
    name: "mixingLoop",
    what:
      "The same with a loop in which each turn multiplies what the turn before has computed, and stores it. Less is better.",
    unit: "ms",
    figure: "runMs",
    variant: rusm("mixingLoop"),
    against: plain("mixingLoopPlain"),
    bar: null,
  },
  {
    name: "realWorkload",
    what:
      "The sum of the three rows below, timed as above: C, compiled by clang -O2, which checks what it computes. Less is better.",
    unit: "ms",
    figure: "runMs",
    variant: WORKLOAD,
    against: WORKLOAD_PLAIN,
    bar: 1.1,
  },
  workloadPart(
    "compression",
    "compressionMs",
    "60,000 bytes of text are packed by LZ77, unpacked and compared, 200 times.",
  ),
  workloadPart(
    "json",
    "jsonMs",
    "A document of 40 KB is parsed, summed up, written and compared, 200 times.",
  ),
  workloadPart(
    "sha256",
    "sha256Ms",
    "SHA-256 rounds over 60,000 bytes, 120 times.",
  ),
  {
    name: "bystanders",
    what:
      "One guest on each scheduler, of which there is one per core, calls a host function again and again and never waits; how often 10,000 calls are done while a guest on each scheduler runs for ever. Held against the same without these.",
    unit: "rounds/s",
    figure: "besidePerSecond",
    variant: rusm("bystanders"),
    against: { name: "alone", figure: "alonePerSecond" },
    bar: 0.4,
  },
  {
    name: "waitingBystanders",
    what:
      `The same with ${WAITING_PAIRS} pairs of guests on each scheduler, which pass a message to and fro and work some 100 µs for it, so that none ever uses up its slice; how often that is done.`,
    unit: "rounds/s",
    figure: "besidePerSecond",
    variant: rusm("waitingBystanders"),
    against: { name: "alone", figure: "alonePerSecond" },
    bar: 0.4,
  },
];

/** What messages cost. */
export const MESSAGE_ROWS: readonly RowPlan[] = [
  {
    name: "guestMessages",
    what:
      `Two guests of one scheduler send each other ${MESSAGE_BYTES} bytes at a time, ${
        many(ROUNDS)
      } there and as many back; timed from their spawn to their exit. Held against two native processes that await each message, the shape of pingPongAwait of otp.`,
    ...MESSAGES,
    variant: rusm("guestMessages"),
    against: denoVariant(WASM_FILE, "nativeMessages", "native"),
    bar: 0.1,
  },
  {
    name: "guestMessagesAcross",
    what: `${
      many(STREAMED)
    } messages of ${MESSAGE_BYTES} bytes from a guest to one on another scheduler, sent one by one; ${STREAM_BATCH} are acknowledged at once, and ${STREAM_WINDOW} times as many may be under way. Timed from the first word of the main thread until it has heard that all have arrived. Held against two Workers that post them to each other by a MessagePort, ${STREAM_BATCH} in an array, with the same acknowledgements.`,
    ...MESSAGES,
    variant: rusm("guestMessagesAcross"),
    against: denoVariant(WASM_FILE, "postedMessages", "postMessage"),
    bar: 3,
  },
];

/** What guests cost that wait, and what others cost beside them. */
export const WAITING_ROWS: readonly RowPlan[] = [
  {
    name: "parkedFiber",
    what: `${
      many(PARKED)
    } guests wait in a receive; growth of the memory that the operating system counts, per guest, without the page of 4 KiB that each has touched of its own. Less is better.`,
    unit: "bytes",
    figure: "parkedBytes",
    variant: rusm("parked"),
    against: { name: "12 KiB", figure: "allowedBytes" },
    bar: 1,
  },
  {
    name: "hibernated",
    what: `${
      many(HIBERNATED)
    } services of a module with a page of memory have each answered one message and wait for the next without an instance; the memory that the operating system counts of the whole program. Less is better.`,
    unit: "bytes",
    figure: "residentBytes",
    variant: HIBERNATION,
    against: { name: "4 GiB", figure: "allowedBytes" },
    bar: 1,
  },
  {
    name: "wakeHibernated",
    what: `Of these, ${
      many(WAKES)
    } far from each other are sent a message, 1,000 at once; the time each takes, from its message until its answer has arrived and, but for the last ones, it is without an instance again. Held against a spawn of spawnNotRecycled, run and exit included. Less is better.`,
    unit: "µs",
    figure: "processUs",
    variant: HIBERNATION,
    against: NOT_RECYCLED,
    bar: 5,
  },
  {
    name: "flatSpawn",
    what: `What a process of spawnRunExit costs, ${FEW_LIVE} at once, while ${
      many(MANY_LIVE)
    } services wait for messages, with or without their instances as the scheduler decides; held against the same while ${FEW_LIVE} do. Less is better.`,
    unit: "µs",
    figure: "manyUs",
    variant: rusm("flatSpawn"),
    against: { name: `${FEW_LIVE} live`, figure: "fewUs" },
    bar: 1.5,
  },
  {
    name: "flatSend",
    what: `What a message of guestMessages costs while ${
      many(MANY_LIVE)
    } services wait for messages, with or without their instances as the scheduler decides; held against the same while ${FEW_LIVE} do. Less is better.`,
    unit: "µs",
    figure: "manyUs",
    variant: rusm("flatSend"),
    against: { name: `${FEW_LIVE} live`, figure: "fewUs" },
    bar: 1.5,
  },
];

function rusm(id: string): Variant {
  return denoVariant(WASM_FILE, id, "rusm");
}

function plain(id: string): Variant {
  return denoVariant(WASM_FILE, id, "not rewritten");
}

function workloadPart(name: string, figure: string, what: string): RowPlan {
  return {
    ...{ name, figure, what: `${what} Less is better.`, unit: "ms" },
    ...{ variant: WORKLOAD, against: WORKLOAD_PLAIN, bar: null },
  };
}

function many(count: number): string {
  return count.toLocaleString("en");
}
