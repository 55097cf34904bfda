/**
 * Processes of the operating system that a benchmark starts, and always stops.
 *
 * @module
 */

/** How long a process has to stop by itself before it is killed, in milliseconds. */
export const STOP_MS = 5_000;

/** What {@linkcode runChild} is bound by. */
export interface ChildOptions {
  /** Where it runs; here when absent. */
  readonly cwd?: string;
  /** Milliseconds it may take. */
  readonly timeoutMs: number;
  /** Milliseconds it has to stop; {@linkcode STOP_MS} when absent. */
  readonly stopMs?: number;
  /** Stops it when aborted. */
  readonly signal?: AbortSignal;
}

/** A process did not do what it was started for. */
export class ChildError extends Error {
  override readonly name = "ChildError";
  /** What it printed, stdout before stderr. */
  readonly output: string;

  /** @param output What it printed, which the message repeats. */
  constructor(message: string, output: string) {
    super(output === "" ? message : `${message}\n${output}`);
    this.output = output;
  }
}

/**
 * Runs a command to its end.
 *
 * @param command Program and arguments.
 * @returns What it printed on stdout.
 * @throws {ChildError} It exited with anything but 0, or took too long.
 * @throws {Deno.errors.NotFound} There is no such program.
 * @throws What `options.signal` was aborted with, when the process has stopped.
 */
export async function runChild(
  command: readonly string[],
  options: ChildOptions,
): Promise<string> {
  options.signal?.throwIfAborted();
  const child = spawn(command, options.cwd);
  const { isLate, output } = await outputOf(child, options);
  options.signal?.throwIfAborted();
  const { success, code, signal } = output;
  const text = new TextDecoder();
  const stdout = text.decode(output.stdout);
  if (success && !isLate) return stdout;
  const end = isLate
    ? `no end within ${options.timeoutMs} ms`
    : `exit code ${code}${signal === null ? "" : ` (${signal})`}`;
  throw new ChildError(
    `Cannot run ${command.join(" ")}: ${end}`,
    [stdout, text.decode(output.stderr)].join("").trimEnd(),
  );
}

/** Starts `command` with all its output piped. */
export function spawn(
  command: readonly string[],
  cwd?: string,
): Deno.ChildProcess {
  const [program = "", ...args] = command;
  return new Deno.Command(program, {
    args,
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outputOf(
  child: Deno.ChildProcess,
  options: ChildOptions,
): Promise<{ isLate: boolean; output: Deno.CommandOutput }> {
  const { timeoutMs, stopMs, signal } = options;
  let isLate = false;
  let stopped: Promise<void> | undefined;
  const stop = () => stopped ??= stopChild(child, stopMs);
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeoutMs);
  signal?.addEventListener("abort", stop);
  const output = await child.output();
  clearTimeout(timer);
  signal?.removeEventListener("abort", stop);
  await stopped;
  return { isLate, output };
}

/**
 * Asks `child` to stop, kills it when it has not after `stopMs` milliseconds,
 * and resolves when it is gone. Does nothing when it is gone already.
 */
export async function stopChild(
  child: Deno.ChildProcess,
  stopMs: number = STOP_MS,
): Promise<void> {
  signalChild(child, "SIGTERM");
  const timer = setTimeout(() => signalChild(child, "SIGKILL"), stopMs);
  await child.status;
  clearTimeout(timer);
}

function signalChild(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (thrown) {
    // It may have ended by itself, which Deno reports as a TypeError.
    if (!(thrown instanceof TypeError)) throw thrown;
  }
}
