/**
 * `rusm exec`: one program, until it ends.
 *
 * @module
 */

import type { Arguments } from "./arguments.ts";
import { UsageError } from "./errors.ts";
import { readOptions } from "./exec/options.ts";
import { readProgram } from "./exec/program.ts";
import { runProgram } from "./exec/run.ts";
import { isScript, readScript } from "./exec/script.ts";
import type { Io } from "./io.ts";

/**
 * Runs the program of `args` as one process.
 *
 * The program has the standard streams of this process, whatever those of `io`
 * are; what `rusm` has to say goes to `io.stderr`.
 *
 * @returns The program's exit code; 128 + n when signal n ended it.
 * @throws {UsageError} An option makes no sense.
 * @throws {CommandFailure} The program cannot be run, or it crashed, went past
 * a limit, or took too long.
 */
export async function runExec(args: Arguments, io: Io): Promise<number> {
  const options = await readOptions(args, io.cwd);
  const checks = args.flags.has("check");
  if (isScript(options.file)) {
    const script = await readScript(options.file, checks, io);
    return await runProgram(script, options, io);
  }
  if (checks) {
    throw new UsageError(`Cannot check types of WebAssembly: ${options.file}`);
  }
  const program = await readProgram(options.file, io.cwd);
  return await runProgram(program, options, io);
}
