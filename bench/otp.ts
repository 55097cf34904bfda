/**
 * Do messages, processes and their memory cost less than in Erlang?
 *
 * @module
 */

import { type Pid, Runtime } from "@rusm/otp";
import { erlang, erlangVariant } from "./erlang.ts";
import {
  denoVariant,
  type Figures,
  type Noun,
  playVariant,
  type RowPlan,
  type Variant,
} from "./noun.ts";

const ROUNDS = 1_000_000;
const SENDERS = 30;
const MESSAGES_EACH = 100_000;
const SPAWNS = 1_000_000;
const BATCH = 1_000;
const BURST = 100_000;
const PARKED = 100_000;

const PEER = erlang(`${import.meta.dirname}/otp.erl`);

/** Rows against Erlang/OTP, in the same shapes and with the same counts. */
export const otp: Noun = {
  name: "otp",
  question: "What do messages, processes and memory cost next to Erlang?",
  rows: [
    messages(
      "pingPong",
      [ROUNDS],
      `Two processes send each other one message at a time, ${
        many(ROUNDS)
      } there and as many back; timed from their spawn to the last receive. Erlang has a scheduler per core, rusm one thread.`,
    ),
    messages(
      "flood",
      [SENDERS, MESSAGES_EACH],
      `${SENDERS} processes send ${
        many(MESSAGES_EACH)
      } messages each to one receiver, as fast as they can; timed from their spawn until it has taken all.`,
    ),
    spawns("spawnExit", BATCH),
    spawns("spawnBurst", BURST),
    {
      name: "parkedMemory",
      what: `${
        many(PARKED)
      } processes wait in their first receive; growth of the memory that the operating system counts, per process. Less is better.`,
      unit: "bytes",
      figure: "residentBytes",
      ...variants("parked", "parked", [PARKED]),
      bar: 1.2,
    },
  ],
};

function many(count: number): string {
  return count.toLocaleString("en");
}

function messages(
  name: string,
  counts: readonly number[],
  what: string,
): RowPlan {
  const unit = "messages/s";
  const figure = "messagesPerSecond";
  return { name, what, unit, figure, ...variants(name, name, counts), bar: 3 };
}

function spawns(name: string, batch: number): RowPlan {
  return {
    name,
    what: `${many(SPAWNS)} processes that do nothing, ${
      many(batch)
    } at once and the next when these have exited; timed from the first spawn to the last exit.`,
    unit: "processes/s",
    figure: "processesPerSecond",
    ...variants(name, "spawnExit", [SPAWNS, batch]),
    bar: 1.5,
  };
}

function variants(
  id: string,
  shape: string,
  counts: readonly number[],
): { variant: Variant; against: Variant } {
  return {
    variant: denoVariant(import.meta.filename!, id, "rusm"),
    against: erlangVariant(PEER, "otp", [shape, ...counts]),
  };
}

/** Runs `run` twice to warm up, then once for the clock. Returns how often per second it did its `count` things. */
async function rate(count: number, run: () => Promise<void>): Promise<number> {
  await run();
  await run();
  const startMs = performance.now();
  await run();
  return count / (performance.now() - startMs) * 1_000;
}

async function measureMessages(
  count: number,
  run: () => Promise<void>,
): Promise<Figures> {
  return { messagesPerSecond: await rate(count, run) };
}

async function pingPong(): Promise<void> {
  const runtime = new Runtime();
  const pong = runtime.spawn<Pid<"pong">>(async (self) => {
    for (let round = 0; round < ROUNDS; round++) {
      runtime.send(await self.receive(), "pong");
    }
  });
  const ping = runtime.spawn<"pong">(async (self) => {
    for (let round = 0; round < ROUNDS; round++) {
      runtime.send(pong.pid, self.pid);
      await self.receive();
    }
  });
  await ping.join();
}

async function flood(): Promise<void> {
  const runtime = new Runtime();
  const receiver = runtime.spawn<number>(async (self) => {
    for (let left = SENDERS * MESSAGES_EACH; left > 0; left--) {
      await self.receive();
    }
  });
  for (let sender = 0; sender < SENDERS; sender++) {
    runtime.spawn(() => {
      for (let left = MESSAGES_EACH; left > 0; left--) {
        runtime.send(receiver.pid, left);
      }
    });
  }
  await receiver.join();
}

async function measureSpawns(batch: number): Promise<Figures> {
  const run = () => spawnExit(SPAWNS, batch);
  return { processesPerSecond: await rate(SPAWNS, run) };
}

async function spawnExit(total: number, batch: number): Promise<void> {
  const runtime = new Runtime();
  const body = async () => {};
  for (let spawned = 0; spawned < total; spawned += batch) {
    for (let left = batch - 1; left > 0; left--) runtime.spawn(body);
    // One thread runs them in the order of their spawns.
    await runtime.spawn(body).join();
  }
  const { exited } = runtime.counters();
  if (exited !== total) {
    throw new Error(`Cannot time processes that still live: ${total - exited}`);
  }
}

async function measureParked(): Promise<Figures> {
  const runtime = new Runtime();
  await park(runtime, PARKED / 10);
  const beforeBytes = Deno.memoryUsage().rss;
  await park(runtime, PARKED);
  const grownBytes = Deno.memoryUsage().rss - beforeBytes;
  return { residentBytes: grownBytes / PARKED };
}

/** Resolves when `count` new processes wait in their receive, or are about to. */
function park(runtime: Runtime, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    for (let index = 0; index < count; index++) {
      runtime.spawn(async (self) => {
        if (--left === 0) resolve();
        await self.receive();
      });
    }
  });
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    pingPong: () => measureMessages(2 * ROUNDS, pingPong),
    flood: () => measureMessages(SENDERS * MESSAGES_EACH, flood),
    spawnExit: () => measureSpawns(BATCH),
    spawnBurst: () => measureSpawns(BURST),
    parked: measureParked,
  });
}
