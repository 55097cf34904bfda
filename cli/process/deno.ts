/**
 * What Deno itself is asked for, as a program.
 *
 * @module
 */

import { CommandFailure } from "../errors.ts";

/** What a program has said. */
export interface Said {
  /** Its exit code; 128 + n when signal n ended it. */
  readonly code: number;
  /** What it has printed. */
  readonly stdout: string;
  /** What it has printed besides. */
  readonly stderr: string;
}

/**
 * Runs `deno` with `args` in `directory`, and waits for it.
 *
 * It is this program's own Deno; a program that `deno compile` made looks for one
 * on the search path.
 *
 * @throws {CommandFailure} There is none, or this process may not run it.
 */
export async function runDeno(
  args: readonly string[],
  directory: string,
  signal?: AbortSignal,
): Promise<Said> {
  const program = Deno.build.standalone ? "deno" : Deno.execPath();
  const query = { name: "run", command: program } as const;
  if ((await Deno.permissions.query(query)).state !== "granted") {
    throw new CommandFailure(`Cannot run deno without --allow-run=${program}`);
  }
  return await runProgram(program, args, directory, undefined, signal);
}

/**
 * Runs `program` with `args` in `directory`, and waits for it.
 *
 * @throws {CommandFailure} There is no such program.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  directory: string,
  env?: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Said> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd: directory,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const { code, stdout, stderr } = await command.output();
    return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
  } catch (error) {
    // Whoever asked knows what the program is for.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CommandFailure(`Cannot find the program: ${program}`);
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
