/**
 * Shapes of processes: how fast they come, go and come back, and what they weigh.
 *
 * @module
 */

import { type Context, type Pid, Runtime, startSupervisor } from "@rusm/otp";
import { timeMs } from "./timing.ts";

/**
 * Spawns `total` processes that do nothing, `batch` at once and the next when
 * these have exited. Returns how many milliseconds that took.
 *
 * @throws {Error} Not all of them have exited.
 */
export async function spawnExit(
  runtime: Runtime,
  total: number,
  batch: number,
): Promise<number> {
  const body = async () => {};
  const elapsedMs = await timeMs(async () => {
    for (let spawned = 0; spawned < total; spawned += batch) {
      for (let left = batch - 1; left > 0; left--) runtime.spawn(body);
      // One thread runs them in the order of their spawns.
      await runtime.spawn(body).join();
    }
  });
  const { exited } = runtime.counters();
  if (exited === total) return elapsedMs;
  throw new Error(`Cannot time processes that still live: ${total - exited}`);
}

/** By how many bytes a process that waits in its first receive makes this program grow. */
export async function parkedBytes(count: number): Promise<number> {
  const runtime = new Runtime();
  await park(runtime, count / 10);
  const beforeBytes = Deno.memoryUsage().rss;
  await park(runtime, count);
  return (Deno.memoryUsage().rss - beforeBytes) / count;
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

/**
 * Crashes the only child of each of some supervisors `each` times, the next
 * time when it is ready again. Returns how many milliseconds that took; the
 * supervisors are started before.
 */
export async function restarts(
  supervisors: number,
  each: number,
): Promise<number> {
  const runtime = new Runtime();
  let elapsedMs = NaN;
  const driver = runtime.spawn<Pid<"crash">>(async (self) => {
    const children: Pid<"crash">[] = [];
    for (let left = supervisors; left > 0; left--) {
      superviseOne(self, each);
      children.push(await self.receive());
    }
    elapsedMs = await timeMs(async () => {
      for (const child of children) await crash(self, child, each);
    });
  });
  await driver.join();
  for (const pid of runtime.list()) runtime.kill(pid);
  return elapsedMs;
}

/** Starts a supervisor whose child tells `driver` its pid whenever it starts. */
function superviseOne(
  driver: Context<Pid<"crash">>,
  restartsMax: number,
): void {
  startSupervisor(driver.runtime, {
    restartsMax,
    children: [{
      id: "child",
      start: () => async (self: Context<"crash">) => {
        driver.runtime.send(driver.pid, self.pid);
        await self.receive();
        throw new Error("crash");
      },
    }],
  });
}

async function crash(
  self: Context<Pid<"crash">>,
  child: Pid<"crash">,
  count: number,
): Promise<void> {
  for (let left = count; left > 0; left--) {
    self.runtime.send(child, "crash");
    child = await self.receive();
  }
}
