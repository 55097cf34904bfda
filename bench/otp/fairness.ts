/**
 * What the event loop of a thread is left with while processes keep it busy.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import {
  type Context,
  type Host,
  type Pid,
  Runtime,
  systemHost,
} from "@rusm/otp";
import type { Figures } from "../noun.ts";
import { p99Of, spreadOf } from "../statistics.ts";
import { FLOODERS } from "./counts.ts";

/** Messages under way per process. What arrives is sent on, so there are never more. */
const UNDER_WAY_EACH = 10;

/** A process sends to every so many-th other, in turn: in the end to all. */
const STEP = 7;

const TIMER_MS = 1;
const ECHO_BYTES = 16;

/**
 * Measures timers and sockets of this thread, first while it is idle, then
 * while processes flood each other.
 *
 * Timers and sockets have phases of their own, as each wakes the event loop for
 * the other. The slices are measured in a last phase, as their clock does too.
 *
 * @param phaseMs How long each phase lasts, in milliseconds.
 */
export async function measureFairness(phaseMs: number): Promise<Figures> {
  await echoesPerSecond(phaseMs / 4);
  const idleP99Ms = await timerP99Ms(phaseMs);
  const idleEchoesPerSecond = await echoesPerSecond(phaseMs);
  const busy = new Runtime();
  startFlood(busy);
  await timerP99Ms(phaseMs / 4);
  const busyP99Ms = await timerP99Ms(phaseMs);
  const busyEchoesPerSecond = await echoesPerSecond(phaseMs);
  await stopFlood(busy);
  const sliceMs = await medianSliceMs(phaseMs);
  return {
    busyP99Ms,
    sliceMs,
    allowedMs: idleP99Ms + sliceMs,
    idleEchoesPerSecond,
    busyEchoesPerSecond,
  };
}

function startFlood(runtime: Runtime): void {
  const pids: Pid<number>[] = [];
  for (let index = 0; index < FLOODERS; index++) {
    pids.push(runtime.spawn<number>((self) => passOn(self, pids, index)).pid);
  }
  for (const pid of pids) {
    for (let left = UNDER_WAY_EACH; left > 0; left--) runtime.send(pid, left);
  }
}

async function passOn(
  self: Context<number>,
  pids: readonly Pid<number>[],
  index: number,
): Promise<void> {
  for (let to = index;; to = (to + STEP) % pids.length) {
    self.runtime.send(pids[to]!, await self.receive());
  }
}

/** Resolves when nothing of `runtime` is left to run. */
async function stopFlood(runtime: Runtime): Promise<void> {
  for (const pid of runtime.list()) runtime.kill(pid);
  await new Promise<void>((resolve) => runtime.host.macrotask(resolve));
}

/** How late 99 of 100 timers are at most, one started when the other has fired. */
async function timerP99Ms(phaseMs: number): Promise<number> {
  const latenessMs: number[] = [];
  const endMs = performance.now() + phaseMs;
  while (performance.now() < endMs) {
    const dueMs = performance.now() + TIMER_MS;
    await delay(TIMER_MS);
    latenessMs.push(performance.now() - dueMs);
  }
  return p99Of(latenessMs);
}

function delay(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** Round trips per second of one connection, both ends of it in this thread. */
async function echoesPerSecond(phaseMs: number): Promise<number> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const [client, server] = await Promise.all([
    Deno.connect({ hostname, port }),
    listener.accept(),
  ]);
  client.setNoDelay();
  server.setNoDelay();
  const echoing = echo(server);
  const startMs = performance.now();
  let count = 0;
  for (; performance.now() - startMs < phaseMs; count++) {
    await roundTrip(client);
  }
  const elapsedMs = performance.now() - startMs;
  client.close();
  await echoing;
  return count / elapsedMs * 1_000;
}

async function echo(connection: Deno.TcpConn): Promise<void> {
  const bytes = new Uint8Array(ECHO_BYTES);
  for (;;) {
    const count = await connection.read(bytes);
    if (count === null) return connection.close();
    await connection.write(bytes.subarray(0, count));
  }
}

// Few enough bytes for one write and one read.
async function roundTrip(connection: Deno.TcpConn): Promise<void> {
  const bytes = new Uint8Array(ECHO_BYTES);
  await connection.write(bytes);
  await connection.read(bytes);
}

/** How long the median slice keeps the thread. */
async function medianSliceMs(phaseMs: number): Promise<number> {
  const slicesMs: number[] = [];
  const runtime = new Runtime({ host: timedHost(slicesMs) });
  startFlood(runtime);
  await delay(phaseMs);
  await stopFlood(runtime);
  return spreadOf(slicesMs).median;
}

/**
 * The system's host, which notes how long each macrotask takes. A slice goes on
 * in microtasks, so it has ended when the event loop gets to its next turn.
 */
function timedHost(slicesMs: number[]): Host {
  const host = systemHost();
  return {
    ...host,
    macrotask: (task) =>
      host.macrotask(() => {
        const startMs = performance.now();
        setImmediate(() => slicesMs.push(performance.now() - startMs));
        task();
      }),
  };
}
