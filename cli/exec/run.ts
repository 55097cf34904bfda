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
import { CommandFailure, EXIT_MISUSED, EXIT_OK } from "../errors.ts";
import { type Io, moduleCacheOf, print } from "../io.ts";
import { exitCodeOf, type StopSignal } from "../process/stop.ts";
import { saveCoreDump } from "./core_dump.ts";
import type { ExecOptions } from "./options.ts";
import { EXIT_TIMED_OUT, exitCodeFor } from "./outcome.ts";
import type { Program } from "./program.ts";
import { locateIn, type Script, uncaught, workOf } from "./script.ts";

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
  program: Program | Script,
  options: ExecOptions,
  io: Io,
): Promise<number> {
  const run = new Run(program, options, io);
  try {
    await run.load();
    if (run.isDone()) return EXIT_OK;
    return answer(program, await endOf(run, io), options.file, io);
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

function answer(
  program: Program | Script,
  end: End,
  file: string,
  io: Io,
): number {
  switch (end.type) {
    case "ended":
      if ("code" in program) insistCaught(program, end.reason, io);
      return exitCodeFor(end.reason, file);
    case "stopped":
      return exitCodeOf(end.signal);
    case "timedOut":
      throw new CommandFailure(`Stopped after ${end.timeoutMs} ms: ${file}`, {
        exitCode: EXIT_TIMED_OUT,
      });
  }
}

// As a program of Deno or Node ends that throws.
function insistCaught(script: Script, reason: ExitReason, io: Io): void {
  if (typeof reason === "string" || reason.type !== "crashed") return;
  const { name, message, stack } = reason;
  throw uncaught(script, stackOf(name, message, stack), io);
}

// QuickJS leaves the message out of a stack.
function stackOf(name: string, message: string, stack = ""): string {
  const title = `${name}: ${message}`;
  return stack.startsWith(title) ? stack : `${title}\n${stack}`;
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

// What a script logs is what it prints: from `info` on to the standard output.
function logged(
  program: Program | Script,
  pid: Pid | undefined,
  level: number,
  text: string,
  io: Io,
): void {
  if ("code" in program) {
    const output = level <= WARN ? io.stderr : io.stdout;
    print(output, locateIn(program, text, io.cwd));
    // The engine's own notes are for who debugs the engine.
  } else if (pid !== undefined) print(io.stderr, text);
}

/** The level of a warning; an error has a lower one. */
const WARN = 1;

/** An engine with one process. */
class Run {
  readonly #program: Program | Script;
  readonly #options: ExecOptions;
  readonly #io: Io;
  readonly #runtime = new Runtime();
  readonly #engine: Engine;
  // A monitor could come too late: some programs end at once.
  readonly #ended = Promise.withResolvers<ExitReason>();
  #dumped: Promise<void> | undefined;
  #component: Component | undefined;
  #pid: Pid<GuestMessage> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(program: Program | Script, options: ExecOptions, io: Io) {
    this.#program = program;
    this.#options = options;
    this.#io = io;
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
        logged: (pid, _component, level, text) =>
          logged(program, pid, level, text, io),
      },
    });
  }

  async load(): Promise<void> {
    const { file, capability } = this.#options;
    const program = this.#program;
    try {
      this.#component = "code" in program
        ? await this.#engine.load(program.name, program.code, capability)
        : await this.#engine.loadModule(file, program.bytes, capability);
    } catch (error) {
      if ("code" in program && error instanceof LoadFailed) {
        throw uncaught(program, error.stack ?? error.message, this.#io);
      }
      // What the user can mend is told without a stack of ours.
      throw failureOf(error, file) ?? error;
    }
  }

  /** Whether all was done by loading it. */
  isDone(): boolean {
    return workOf(this.#component!, this.#options.file) === "done";
  }

  /** Starts what {@linkcode load} has loaded. */
  start(): void {
    const { file, args, env } = this.#options;
    this.#pid = this.#engine.spawn(this.#component!, {
      entry: "entry" in this.#program ? this.#program.entry : "run",
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
