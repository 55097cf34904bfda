/**
 * `deno task wasi-suite DIR`: the programs of the WASI test suite, by `rusm
 * exec`. README.md says where they are.
 *
 * @module
 */

import { basename, resolve } from "node:path";
import { faultOf, programsIn, readSpec, runProgram } from "./program.ts";

/** What the command reaches outside itself. */
export interface Io {
  /** Writes a line to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line to standard error. */
  readonly printError: (line: string) => void;
}

const NANOSECONDS = "sets times in nanoseconds, and Deno tells milliseconds";

/** Programs that cannot pass, and why. */
const KNOWN_FAILURES: ReadonlyMap<string, string> = new Map([
  ["fd_filestat_set.wasm", NANOSECONDS],
  ["path_filestat.wasm", NANOSECONDS],
  ["symlink_filestat.wasm", NANOSECONDS],
]);

/**
 * Runs the programs in the directory that `args` names, one after the other.
 *
 * @returns The exit code: 0 when all pass that can, 1 when another fails or one
 * passes that was thought not to, 2 when the arguments are wrong or there is no
 * program.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const [directory, ...others] = args;
  if (directory === undefined || others.length > 0) {
    io.printError("Usage: deno task wasi-suite DIR");
    return 2;
  }
  const programs = programsIn(resolve(directory));
  if (programs.length === 0) {
    io.printError(`Cannot find a program in a directory: ${directory}`);
    return 2;
  }
  const verdicts: Verdict[] = [];
  for (const program of programs) {
    verdicts.push(await judge(resolve(directory, program), program, io));
  }
  return sumUp(verdicts, io);
}

type Verdict = "passed" | "known" | "wrong";

async function judge(path: string, name: string, io: Io): Promise<Verdict> {
  const spec = readSpec(path);
  const fault = faultOf(spec, await runProgram(path, spec));
  const known = KNOWN_FAILURES.get(basename(path));
  if (fault === undefined) {
    if (known === undefined) return "passed";
    io.print(`${name} passes, and was thought not to: ${known}`);
    return "wrong";
  }
  io.print(`${name}: ${known ?? fault}`);
  return known === undefined ? "wrong" : "known";
}

function sumUp(verdicts: readonly Verdict[], { print }: Io): number {
  const count = (verdict: Verdict) =>
    verdicts.filter((each) => each === verdict).length;
  const wrong = count("wrong");
  print(
    `${count("passed")} passed, ${
      count("known")
    } cannot, ${wrong} not as expected`,
  );
  return Math.sign(wrong);
}

if (import.meta.main) {
  Deno.exitCode = await main(Deno.args, {
    print: console.log,
    printError: console.error,
  });
}
