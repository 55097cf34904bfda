/**
 * Messages between guests: on one scheduler, and between two.
 *
 * @module
 */

import { type Pid, Runtime } from "@rusm/otp";
import { Engine, type GuestMessage } from "@rusm/wasm";
import { timeMs } from "../otp/timing.ts";
import { answersMs, type LocalScheduler, pidBytes, ROOMY } from "./local.ts";
import { assemble, drain, ping, pong, source } from "./modules.ts";
import type { Side } from "./posting.ts";
import { insistNormal } from "./spawns.ts";

/**
 * Makes two guests ready that send each other one message at a time, `rounds`
 * there and as many back. Each call plays that once, and returns how many
 * milliseconds it took from their spawn.
 */
export async function guestPingPong(
  scheduler: LocalScheduler,
  rounds: number,
): Promise<() => Promise<number>> {
  const { runtime } = scheduler;
  const first = await scheduler.load(await assemble(ping(rounds)));
  const second = await scheduler.load(await assemble(pong(rounds)));
  return () =>
    timeMs(async () => {
      const [one, other] = [first.spawn("run"), second.spawn("run")];
      runtime.send(other.pid, pidBytes(one.pid));
      runtime.send(one.pid, pidBytes(other.pid));
      insistNormal(await one.join());
      insistNormal(await other.join());
    });
}

/**
 * Runs `play` with an engine of two schedulers, and two guests, one on each,
 * that send `batches` of messages from one to the other. Each call of `stream`
 * streams that once, and returns how many milliseconds it took.
 */
export async function withGuestStream<Result>(
  batches: number,
  play: (stream: () => Promise<number>) => Promise<Result>,
): Promise<Result> {
  const runtime = new Runtime();
  let exited = () => {};
  const engine = new Engine(runtime, {
    schedulersPerPool: 2,
    observer: { exited: () => exited() },
  });
  try {
    const from = await load(engine, source(batches));
    const to = await load(engine, drain(batches));
    return await play(async () => {
      const bothExited = new Promise<void>((resolve) => {
        exited = () => engine.info().alive === 0 && resolve();
      });
      const elapsedMs = await stream(runtime, from(), to());
      // The next two go to a scheduler each when none is there any more.
      await bothExited;
      return elapsedMs;
    });
  } finally {
    await engine.close();
  }
}

async function load(
  engine: Engine,
  text: string,
): Promise<() => Pid<GuestMessage>> {
  const component = await engine.loadModule("g", await assemble(text), ROOMY);
  return () => engine.spawn(component, "run");
}

function stream(
  runtime: Runtime,
  from: Pid<GuestMessage>,
  to: Pid<GuestMessage>,
): Promise<number> {
  if (from.scheduler === to.scheduler) {
    throw new Error(`Cannot cross from a scheduler to itself: ${to.scheduler}`);
  }
  return answersMs(runtime, 1, (asker) => {
    // First, so that it is there before what the other guest sends it.
    runtime.send(from, pidBytes(to));
    runtime.send(to, pidBytes(from));
    runtime.send(to, asker);
  });
}

/** The same between two Workers that post batches to each other. */
export async function withPostedStream<Result>(
  batches: number,
  play: (stream: () => Promise<number>) => Promise<Result>,
): Promise<Result> {
  const { port1, port2 } = new MessageChannel();
  const source = startSide("source", port1);
  const drain = startSide("drain", port2);
  try {
    return await play(() =>
      timeMs(() => {
        const over = new Promise((resolve) => drain.onmessage = resolve);
        drain.postMessage(batches);
        return over;
      })
    );
  } finally {
    source.terminate();
    drain.terminate();
  }
}

function startSide(side: Side["side"], port: MessagePort): Worker {
  const url = new URL("./posting.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const told: Side = { side, port };
  worker.postMessage(told, [port]);
  return worker;
}
