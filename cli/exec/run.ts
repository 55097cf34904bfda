/**
 * Running a program as a process.
 *
 * @module
 */

import { type ExitReason, type Pid, Runtime } from "@rusm/otp";
import {
  type Component,
  Engine,
  type GuestMessage,
  LoadFailed,
  NeedsPreview3,
  NotGrantable,
  SchedulerFailed,
} from "@rusm/wasm";
import { CommandFailure, EXIT_MISUSED } from "../errors.ts";
import { type Io, moduleCacheOf, print } from "../io.ts";
import { exitCodeOf, type StopSignal } from "../process/stop.ts";
import { saveCoreDump } from "./core_dump.ts";
import type { ExecOptions } from "./options.ts";
import { EXIT_TIMED_OUT, exitCodeFor } from "./outcome.ts";
import type { Program } from "./program.ts";

/** How a run comes to its end. */
type End =
  | { readonly type: "ended"; readonly reason: ExitReason }
  | { readonly type: "stopped"; readonly signal: StopSignal }
  | { readonly type: "timedOut"; readonly timeoutMs: number };

/** How long a program that was killed is waited for, in milliseconds. */
const KILL_MS_MAX = 1_000;

/**
 * Runs `program` until it ends, a stop is requested, or its time is over.
 *
 * @returns Its exit code; 128 + n when signal n ended it.
 * @throws {CommandFailure} It cannot be started, or did not end by itself.
 */
export async function runProgram(
  program: Program,
  options: ExecOptions,
  io: Io,
): Promise<number> {
  const run = new Run(program, options, io);
  try {
    await run.load();
    return answer(await endOf(run, io), options.file);
  } finally {
    await run.close();
  }
}

// Only now are signals listened for: while it loads, they end this process.
async function endOf(run: Run, io: Io): Promise<End> {
  const requests = io.listenForStop();
  try {
    run.start();
    const stopped = requests.next()
      .then((signal) => ({ type: "stopped", signal } as const));
    return await run.endOr(stopped);
  } finally {
    requests.close();
  }
}

function answer(end: End, file: string): number {
  switch (end.type) {
    case "ended":
      return exitCodeFor(end.reason, file);
    case "stopped":
      return exitCodeOf(end.signal);
    case "timedOut":
      throw new CommandFailure(`Stopped after ${end.timeoutMs} ms: ${file}`, {
        exitCode: EXIT_TIMED_OUT,
      });
  }
}

function failureOf(error: unknown, file: string): CommandFailure | undefined {
  if (error instanceof LoadFailed) {
    return new CommandFailure(`Cannot run this program: ${file}`, {
      exitCode: EXIT_MISUSED,
      hints: [error.message, ...hintsFor(error)],
    });
  }
  if (error instanceof NotGrantable || error instanceof SchedulerFailed) {
    return new CommandFailure(error.message);
  }
  return undefined;
}

function hintsFor({ cause }: LoadFailed): string[] {
  return cause instanceof NeedsPreview3 ? ["--jco DIR says where jco is."] : [];
}

function cacheFor({ usesCache }: ExecOptions, io: Io): { cacheDir?: string } {
  const cacheDir = usesCache ? moduleCacheOf(io) : undefined;
  return cacheDir === undefined ? {} : { cacheDir };
}

/** An engine with one process. */
class Run {
  readonly #program: Program;
  readonly #options: ExecOptions;
  readonly #runtime = new Runtime();
  readonly #engine: Engine;
  // A monitor could come too late: some programs end at once.
  readonly #ended = Promise.withResolvers<ExitReason>();
  #dumped: Promise<void> | undefined;
  #component: Component | undefined;
  #pid: Pid<GuestMessage> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(program: Program, options: ExecOptions, io: Io) {
    this.#program = program;
    this.#options = options;
    this.#engine = new Engine(this.#runtime, {
      schedulersPerPool: 1,
      ...cacheFor(options, io),
      ...options.jcoDir === undefined ? {} : { jcoDir: options.jcoDir },
      coreDumpsMax: options.coreDump === undefined ? 0 : 1,
      observer: {
        exited: (pid, _component, reason) => {
          if (this.#pid?.equals(pid)) this.#ended.resolve(reason);
        },
        dumped: (_pid, _component, dump) => {
          this.#dumped = saveCoreDump(options.coreDump!, dump, io);
        },
        logged: (pid, _component, _level, text) => {
          // The engine's own notes are for who debugs the engine.
          if (pid !== undefined) print(io.stderr, text);
        },
      },
    });
  }

  async load(): Promise<void> {
    const { file, capability } = this.#options;
    const { bytes } = this.#program;
    try {
      this.#component = await this.#engine.loadModule(file, bytes, capability);
    } catch (error) {
      // What the user can mend is told without a stack of ours.
      throw failureOf(error, file) ?? error;
    }
  }

  /** Starts what {@linkcode load} has loaded. */
  start(): void {
    const { file, args, env } = this.#options;
    this.#pid = this.#engine.spawn(this.#component!, {
      entry: this.#program.entry,
      args: [file, ...args],
      env,
      stdio: true,
    });
  }

  /** Resolves with its end, by itself or by force. */
  async endOr(stopped: Promise<End>): Promise<End> {
    const { timeoutMs } = this.#options;
    const ended = this.#ended.promise
      .then((reason) => ({ type: "ended", reason } as const));
    const ends: Promise<End>[] = [ended, stopped];
    if (timeoutMs !== undefined) {
      ends.push(this.#after(timeoutMs, { type: "timedOut", timeoutMs }));
    }
    const end = await Promise.race(ends);
    if (end.type !== "ended") await this.#kill();
    await this.#dumped;
    return end;
  }

  // Without it, a loop would go on: a Worker that is busy cannot be ended.
  async #kill(): Promise<void> {
    clearTimeout(this.#timer);
    this.#runtime.kill(this.#pid!);
    await Promise.race([
      this.#ended.promise,
      this.#after(KILL_MS_MAX, undefined),
    ]);
  }

  #after<Value>(ms: number, value: Value): Promise<Value> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve(value), ms);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#engine.close();
  }
}
