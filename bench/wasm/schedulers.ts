/**
 * What several schedulers do together.
 *
 * @module
 */

import { type ExitReason, type Pid, Runtime } from "@rusm/otp";
import { type Component, Engine, type GuestMessage } from "@rusm/wasm";
import type { Figures } from "../noun.ts";
import { timeMs } from "../otp/timing.ts";
import { pidBytes, ROOMY } from "./local.ts";
import { assemble, CALLER, SMALL, SPINNER, WORKER } from "./modules.ts";
import { insistNormal } from "./spawns.ts";

/**
 * Runs `play` with an engine of `schedulers`. Each call of `spawnAll` spawns
 * `total` guests that only run, `window` under way at once, and returns how
 * many milliseconds it took until the main thread has heard of the last end.
 */
export async function withSpawns<Result>(
  schedulers: number,
  { total, window }: { readonly total: number; readonly window: number },
  play: (spawnAll: () => Promise<number>) => Promise<Result>,
  load: (engine: Engine) => Promise<Component> = loadSmall,
): Promise<Result> {
  let exited = (_reason: ExitReason) => {};
  const engine = new Engine(new Runtime(), {
    schedulersPerPool: schedulers,
    observer: { exited: (_pid, _component, reason) => exited(reason) },
  });
  const spawnAll = (component: Component) =>
    timeMs(() =>
      new Promise<void>((resolve) => {
        let [toSpawn, alive] = [total - window, window];
        exited = (reason) => {
          insistNormal(reason);
          if (toSpawn-- > 0) engine.spawn(component, "run");
          else if (--alive === 0) resolve();
        };
        for (let left = window; left > 0; left--) {
          engine.spawn(component, "run");
        }
      })
    );
  try {
    const component = await load(engine);
    return await play(() => spawnAll(component));
  } finally {
    await engine.close();
  }
}

async function loadSmall(engine: Engine): Promise<Component> {
  return await engine.loadModule("small", await assemble(SMALL), ROOMY);
}

/** Starts guests on an engine that tell `asker` whenever they got on, and returns them. */
export type Begin = (
  engine: Engine,
  runtime: Runtime,
  asker: Uint8Array,
) => Promise<readonly Pid<GuestMessage>[]>;

/**
 * How often guests get on in a second, first by themselves, then beside one
 * guest on each scheduler that runs for ever. There is a scheduler per core.
 */
export async function measureBystanders(
  phaseMs: number,
  begin: Begin,
): Promise<Figures> {
  const runtime = new Runtime();
  const allExited = Promise.withResolvers<void>();
  const engine: Engine = new Engine(runtime, {
    schedulersPerPool: cores(),
    observer: {
      exited: () => engine.info().alive === 0 && allExited.resolve(),
    },
  });
  let count = 0;
  try {
    const counter = runtime.spawn((self) =>
      self.receiveEach(() => void count++)
    );
    const pids = await begin(engine, runtime, pidBytes(counter.pid));
    const perSecond = async () => {
      await delay(phaseMs / 2);
      const before = count;
      const elapsedMs = await timeMs(() => delay(phaseMs));
      return (count - before) / elapsedMs * 1_000;
    };
    const alonePerSecond = await perSecond();
    const bytes = await assemble(SPINNER);
    const spinner = await engine.loadModule("spinner", bytes, ROOMY);
    const spinners = spawnOnEach(engine, spinner);
    const besidePerSecond = await perSecond();
    const all = [...pids, ...spinners];
    const { alive } = engine.info();
    if (alive !== all.length) {
      throw new Error(`Cannot time guests that have ended: ${alive} live`);
    }
    for (const pid of all) runtime.kill(pid);
    await allExited.promise;
    return { alonePerSecond, besidePerSecond };
  } finally {
    await engine.close();
  }
}

function cores(): number {
  return navigator.hardwareConcurrency;
}

function delay(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** Spawns as many processes as there are schedulers: each goes to the one with the fewest. */
function spawnOnEach(
  engine: Engine,
  component: Component,
): Pid<GuestMessage>[] {
  const pids = Array.from(
    { length: cores() },
    () => engine.spawn(component, "run"),
  );
  const schedulers = new Set(pids.map((pid) => pid.scheduler));
  if (schedulers.size === cores()) return pids;
  throw new Error(`Cannot fill each scheduler: ${schedulers.size} are`);
}

/** One guest on each scheduler, which calls a host function again and again. */
export async function callers(
  engine: Engine,
  runtime: Runtime,
  asker: Uint8Array,
): Promise<readonly Pid<GuestMessage>[]> {
  const bytes = await assemble(CALLER);
  const component = await engine.loadModule("caller", bytes, ROOMY);
  const pids = spawnOnEach(engine, component);
  for (const pid of pids) runtime.send(pid, asker);
  return pids;
}

/** Pairs of guests on each scheduler, which work a little for each message of the other. */
export function waitingPairs(pairs: number): Begin {
  return async (engine, runtime, asker) => {
    const bytes = await assemble(WORKER);
    const component = await engine.loadModule("worker", bytes, ROOMY);
    const pids: Pid<GuestMessage>[] = [];
    for (let left = pairs; left > 0; left--) {
      const ones = spawnOnEach(engine, component);
      const others = spawnOnEach(engine, component);
      for (const one of ones) {
        const other = others.find((pid) => pid.scheduler === one.scheduler)!;
        introduce(runtime, one, other, asker);
        introduce(runtime, other, one, asker);
        runtime.send(one, asker);
      }
      pids.push(...ones, ...others);
    }
    return pids;
  };
}

function introduce(
  runtime: Runtime,
  one: Pid<GuestMessage>,
  other: Pid<GuestMessage>,
  asker: Uint8Array,
): void {
  runtime.send(one, pidBytes(other));
  runtime.send(one, asker);
}
