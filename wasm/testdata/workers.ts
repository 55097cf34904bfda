/**
 * Engines and pools in real Workers, closed when the test is over.
 *
 * @module
 */

import { ok, strictEqual } from "node:assert";
import { type Down, type ExitReason, type Pid, Runtime } from "@rusm/otp";

import type { Capability } from "../capability.ts";
import { Engine } from "../engine.ts";
import type { EngineOptions } from "../engine_options.ts";
import { HEARTBEAT_MS } from "../limits.ts";
import { Pool, type PoolListener } from "../pool.ts";
import { bake } from "../script/image.ts";
import { Switchboard } from "../switchboard.ts";

/** Ends of processes, as schedulers report them. */
export class Ends {
  readonly #reasons = new Map<string, ExitReason>();
  readonly #waiting = new Map<string, (reason: ExitReason) => void>();

  /** How many there were. */
  get count(): number {
    return this.#reasons.size;
  }

  /** The pids of those that ended, in order. */
  get pids(): string[] {
    return [...this.#reasons.keys()];
  }

  /** Notes an end. */
  add(pid: Pid, reason: ExitReason): void {
    this.#reasons.set(`${pid}`, reason);
    this.#waiting.get(`${pid}`)?.(reason);
  }

  /** Why `pid` has ended or will end. Each may be asked for once before its end. */
  of(pid: Pid | undefined): Promise<ExitReason> {
    const reason = this.#reasons.get(`${pid}`);
    if (reason !== undefined) return Promise.resolve(reason);
    return new Promise((resolve) => this.#waiting.set(`${pid}`, resolve));
  }
}

/** A pool and what was heard of it. */
export interface WatchedPool {
  /** The pool. */
  readonly pool: Pool;
  /** Its runtime, of the main thread. */
  readonly runtime: Runtime;
  /** What was logged. */
  readonly lines: string[];
  /** Processes that were reported as ended. */
  readonly ends: Ends;
  /** Whom messages were for that were dropped. */
  readonly refused: Pid[];
  /** Schedulers that were lost, and why. */
  readonly losses: [scheduler: number, why: string][];
  /** Evaluates a component and makes it known as `component`. */
  load(
    component: number,
    bundle: string,
    capability: Capability,
  ): Promise<void>;
}

/** What a pool is made with. */
export interface PoolSetup {
  /** Its schedulers; one, with index 1, when absent. */
  readonly schedulers?: readonly number[];
  /** What its Workers may do. */
  readonly permissions: Deno.PermissionOptionsObject;
  /** What its Workers run, when it is not `worker.ts`. */
  readonly program?: URL;
}

/** Runs `test` with a pool. Its Workers may do less than its components are granted. */
export async function withPool(
  { schedulers = [1], ...rest }: PoolSetup,
  test: (watched: WatchedPool) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const switchboard = new Switchboard(runtime);
  const options = { runtime, switchboard, node: 0, schedulers, ...rest };
  let pool: Pool | undefined;
  try {
    const heard = { lines: [], ends: new Ends(), losses: [], refused: [] };
    pool = new Pool(options, listenerOf(heard));
    await test({ ...heard, pool, runtime, load: loader(pool) });
  } finally {
    await pool?.close();
    switchboard.close();
  }
}

type Heard = Pick<WatchedPool, "lines" | "ends" | "losses" | "refused">;

function listenerOf({ lines, ends, losses, refused }: Heard): PoolListener {
  return {
    exited: (pid, _component, reason) => ends.add(pid, reason),
    dumped: () => {},
    logged: (_pid, _component, _level, text) => void lines.push(text),
    asked: () => ({ error: "nobody answers" }),
    refused: (pid) => void refused.push(pid),
    lost: (scheduler, why) => void losses.push([scheduler, why]),
  };
}

function loader(pool: Pool): WatchedPool["load"] {
  return async (component, bundle, capability) => {
    const image = await bake(`c${component}`, bundle, capability, () => {});
    const code = { type: "script", image } as const;
    pool.load({ type: "load", component, code, capability });
  };
}

/**
 * Runs `run`, and insists that all Workers that it made were terminated, and
 * that it made some. The sanitizers do not see Workers.
 */
export async function countingWorkers(run: () => Promise<void>): Promise<void> {
  const real = globalThis.Worker;
  const living = new Set<Worker>();
  let madeCount = 0;
  globalThis.Worker = class extends real {
    constructor(...args: ConstructorParameters<typeof real>) {
      super(...args);
      madeCount++;
      living.add(this);
    }

    override terminate(): void {
      living.delete(this);
      super.terminate();
    }
  };
  try {
    await run();
  } finally {
    globalThis.Worker = real;
    ok(madeCount > 0, "no Worker was made");
    strictEqual(living.size, 0, "a Worker was left behind");
  }
}

/** An engine and what was heard of it. */
export interface WatchedEngine {
  /** The engine. */
  readonly engine: Engine;
  /** Its runtime. */
  readonly runtime: Runtime;
  /** What was logged. */
  readonly lines: string[];
  /** Processes that were reported as ended. */
  readonly ends: Ends;
}

/** Runs `test` with an engine, of one scheduler a pool unless `options` say otherwise. */
export async function withEngine(
  { observer, ...options }: EngineOptions,
  test: (watched: WatchedEngine) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const lines: string[] = [];
  const ends = new Ends();
  const engine = new Engine(runtime, {
    schedulersPerPool: 1,
    observer: {
      logged: (_pid, _name, _level, text) => void lines.push(text),
      exited: (pid, _name, reason) => ends.add(pid, reason),
      ...observer,
    },
    ...options,
  });
  try {
    await test({ engine, runtime, lines, ends });
  } finally {
    await engine.close();
  }
}

/** Resolves `isWatching` when a monitor of `pid` is set up, and `reason` when it ends. */
export function watch(runtime: Runtime, pid: Pid): {
  readonly isWatching: Promise<void>;
  readonly reason: Promise<ExitReason>;
} {
  const watching = Promise.withResolvers<void>();
  const reason = Promise.withResolvers<ExitReason>();
  runtime.spawn<Down>(async (self) => {
    self.monitor(pid);
    watching.resolve();
    reason.resolve((await self.receive()).reason);
  });
  return { isWatching: watching.promise, reason: reason.promise };
}

/**
 * Beats until `isLost`. No scheduler answers as long as this turn lasts, but
 * one that takes a question meanwhile gives a sign of life: how many beats it
 * takes depends on when its thread runs.
 */
export function beatUntil(isLost: () => boolean, beat: () => void): void {
  for (let count = 0; count < 10_000 && !isLost(); count++) beat();
  ok(isLost(), "no scheduler is given up");
}

/** Runs `test` with a heartbeat that the test makes. */
export async function withHeartbeat(
  test: (beat: () => void) => Promise<void>,
): Promise<void> {
  const real = globalThis.setInterval;
  let beat = () => {};
  globalThis.setInterval = ((task: () => void, ms: number) => {
    if (ms !== HEARTBEAT_MS) return real(task, ms);
    beat = task;
    return real(() => {}, ms);
  }) as typeof setInterval;
  try {
    await test(() => beat());
  } finally {
    globalThis.setInterval = real;
  }
}
