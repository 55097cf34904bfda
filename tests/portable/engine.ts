/**
 * JavaScript engines outside Deno: how they are found, started and ended.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** An engine that `program.ts` can run in. */
export interface Engine {
  /** What starts it: a path, or a name to look for on the path. */
  readonly command: string;
  /** What it says it is, such as `v20.20.2`. */
  readonly version: string;
}

/** Asks `command` for its version; undefined when it cannot be run. */
export async function findEngine(command: string): Promise<Engine | undefined> {
  try {
    const asked = new Deno.Command(command, { args: ["--version"] });
    const { success, stdout } = await asked.output();
    const version = new TextDecoder().decode(stdout).trim();
    return success ? { command, version } : undefined;
  } catch (error) {
    // That it is not there, or is no program, is an answer.
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) return undefined;
    throw error;
  }
}

/** How {@linkcode startEngine} starts an engine. */
export interface StartOptions {
  /** Its arguments. */
  readonly args: readonly string[];
  /** Where it runs, and its home: it leaves nothing elsewhere. */
  readonly directory: URL;
  /** Milliseconds after which it is killed. */
  readonly timeoutMs: number;
}

/** An engine that was started. */
export interface RunningEngine {
  /** Resolves when it and all that it started have ended. Never rejects. */
  readonly ended: Promise<Deno.CommandOutput>;
  /** Kills it, if it is alive. */
  kill(): void;
}

/** Starts an engine. It ends by itself, or is killed when its time is up. */
export function startEngine(
  { command }: Engine,
  { args, directory, timeoutMs }: StartOptions,
): RunningEngine {
  const home = fileURLToPath(directory);
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: home,
    clearEnv: true,
    // A browser that is killed leaves what it has where TMPDIR is.
    env: { HOME: home, TMPDIR: home, PATH: Deno.env.get("PATH") ?? "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isAlive = true;
  const kill = () => isAlive && child.kill("SIGKILL");
  const timer = setTimeout(kill, timeoutMs);
  const dead = child.status.then(() => {
    isAlive = false;
    clearTimeout(timer);
  });
  // The pipes close when the last process that inherited them has ended.
  const ended = child.output().then((output) => dead.then(() => output));
  return { ended, kill };
}

/** The error of an engine that ended without a verdict. */
export function engineFailure(
  { command }: Engine,
  { code, signal, stderr }: Deno.CommandOutput,
): Error {
  const ending = signal ?? `code ${code}`;
  const text = new TextDecoder().decode(stderr).trim();
  return new Error(`Cannot run in ${command}, ended with ${ending}: ${text}`);
}
