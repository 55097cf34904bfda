/**
 * Guests that wait: what they weigh, and what others cost beside them.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";
import type { GuestMessage } from "@rusm/wasm";
import type { Figures } from "../noun.ts";
import { FEW_LIVE } from "./counts.ts";
import {
  answersMs,
  type LocalModule,
  LocalScheduler,
  type Spawner,
} from "./local.ts";
import { guestPingPong } from "./messages.ts";
import { assemble, SERVICE, SMALL, WAITER } from "./modules.ts";
import { spawnRunExit } from "./spawns.ts";

/** Bytes of the one page of the machine that a {@linkcode WAITER} touches. */
const TOUCHED_BYTES = 4_096;

/** What a guest that waits may take besides. */
const FIBER_BYTES = 12 * 1_024;

/** What all services that wait may take. */
const HIBERNATED_BYTES = 4 * 1_024 ** 3;

/** How many are asked at once. */
const ASKED = 1_000;

/** What answers one message, and waits for the next. */
export interface Waiter {
  /** What it is a process of. */
  readonly module: Spawner;
  /** What it runs. */
  readonly entry: string;
}

/** Starts `count` guests that answer one message, and wait for the next. */
async function park(
  { runtime }: LocalScheduler,
  { module, entry }: Waiter,
  count: number,
): Promise<void> {
  await answersMs(runtime, count, (asker) => {
    for (let left = count; left > 0; left--) {
      runtime.send(module.spawn(entry).pid, asker);
    }
  });
}

/**
 * By how many bytes a guest that waits in a receive makes this program grow,
 * besides the page of its memory that it has touched.
 */
export async function measureParked(count: number): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const module = await scheduler.load(await assemble(WAITER));
  return await measureGrowth(scheduler, { module, entry: "run" }, count);
}

/** The same for guests that answer one message and wait for the next. */
export async function measureGrowth(
  scheduler: LocalScheduler,
  waiter: Waiter,
  count: number,
): Promise<Figures> {
  await park(scheduler, waiter, count / 10);
  const beforeBytes = Deno.memoryUsage().rss;
  await park(scheduler, waiter, count);
  const grownBytes = Deno.memoryUsage().rss - beforeBytes;
  return {
    parkedBytes: grownBytes / count - TOUCHED_BYTES,
    allowedBytes: FIBER_BYTES,
  };
}

/**
 * What this program weighs with `count` services that wait without an instance,
 * and how long it takes to wake one, which answers and is put away again.
 *
 * @throws {Error} They cannot be without an instance.
 */
export async function measureHibernated(
  count: number,
  wakes: number,
): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const service = await scheduler.load(await assemble(SERVICE), true);
  const pids: Pid<GuestMessage>[] = [];
  for (let left = count; left > 0; left -= ASKED) {
    const some = Array.from({ length: ASKED }, () => service.spawn("service"));
    pids.push(...some.map(({ pid }) => pid));
    await ask(scheduler, pids.slice(-ASKED));
  }
  await insistHibernated(scheduler, service);
  return {
    residentBytes: Deno.memoryUsage().rss,
    allowedBytes: HIBERNATED_BYTES,
    ...await measureWakes(scheduler, pids, wakes),
  };
}

// Who waits with its instance has given none back.
async function insistHibernated(
  { runtime: { host } }: LocalScheduler,
  { pool }: LocalModule,
): Promise<void> {
  await new Promise<void>((resolve) => host.macrotask(resolve));
  if (pool.idleCount > 0) return;
  throw new Error("Cannot time services that keep their instances");
}

async function measureWakes(
  scheduler: LocalScheduler,
  pids: readonly Pid<GuestMessage>[],
  wakes: number,
): Promise<{ processUs: number }> {
  let elapsedMs = 0;
  // Neighbours were put away one after the other, strangers were not.
  const step = Math.floor(pids.length / wakes);
  const chosen = pids.filter((_, index) => index % step === 0);
  for (let from = 0; from < wakes; from += ASKED) {
    elapsedMs += await ask(scheduler, chosen.slice(from, from + ASKED));
  }
  return { processUs: elapsedMs / wakes * 1_000 };
}

/** Sends each of `pids` a message, and returns how many milliseconds it took until all have answered. */
function ask(
  { runtime }: LocalScheduler,
  pids: readonly Pid<GuestMessage>[],
): Promise<number> {
  return answersMs(runtime, pids.length, (asker) => {
    for (const pid of pids) runtime.send(pid, asker);
  });
}

/** What a spawn costs while few others wait, and while `many` do. */
export async function measureFlatSpawn(
  many: number,
  total: number,
): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const small = await scheduler.load(await assemble(SMALL));
  const counts = { total, batch: FEW_LIVE };
  const cost = async () =>
    await spawnRunExit(scheduler, small, counts) / total * 1_000;
  return await besides(scheduler, many, cost);
}

/** What a message between two guests costs while few others wait, and while `many` do. */
export async function measureFlatSend(
  many: number,
  rounds: number,
): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const play = await guestPingPong(scheduler, rounds);
  return await besides(
    scheduler,
    many,
    async () => await play() / (2 * rounds) * 1_000,
  );
}

async function besides(
  scheduler: LocalScheduler,
  many: number,
  cost: () => Promise<number>,
): Promise<Figures> {
  const module = await scheduler.load(await assemble(SERVICE));
  const waiter = { module, entry: "service" };
  await park(scheduler, waiter, FEW_LIVE);
  await cost();
  await cost();
  const fewUs = await cost();
  await park(scheduler, waiter, many - FEW_LIVE);
  await cost();
  await cost();
  return { fewUs, manyUs: await cost() };
}
