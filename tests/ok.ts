/**
 * `deno task ok`: everything that a change must pass, here and in CI.
 *
 * @module
 */

import { parseArgs, styleText } from "node:util";
import { ROOT } from "./boundaries/paths.ts";
import { readWorkspace } from "./boundaries/workspace.ts";
import { type Outcome, runStep, type Step, stepsOf } from "./steps.ts";

/** What the command reaches outside itself. */
export interface Io {
  /** Writes a line to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line to standard error. */
  readonly printError: (line: string) => void;
  /** Whether colours can be seen. */
  readonly isColoured: boolean;
  /** Lists the steps. */
  readonly steps: () => Promise<readonly Step[]>;
  /** Runs one of them. */
  readonly run: (step: Step) => Promise<Outcome>;
}

const USAGE = `Usage: deno task ok [--no-test] [--verbose]

Checks the format, lints, checks the borders between members, the docs and the
types, simulates a publish, and runs the tests. A step that fails shows what it
printed; the others still run.

  --no-test   leave the tests out
  --verbose   show what every step printed
  -h, --help  show this`;

/**
 * Runs the steps one after the other and prints a line for each.
 *
 * @returns The exit code: 0 when all passed, 1 when any failed, 2 when the
 * arguments are wrong.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === "string") {
    io.printError(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    io.print(USAGE);
    return 0;
  }
  const steps = await io.steps();
  const chosen = steps.filter(({ name }) => options.test || name !== "test");
  return await runAll(chosen, options.verbose, io);
}

interface Options {
  readonly help: boolean;
  readonly test: boolean;
  readonly verbose: boolean;
}

/** Options, or a sentence about what is wrong with the arguments. */
function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        "help": { type: "boolean", short: "h", default: false },
        "no-test": { type: "boolean", default: false },
        "verbose": { type: "boolean", default: false },
      },
    });
    const { help, verbose } = values;
    return { help, verbose, test: !values["no-test"] };
  } catch (error) {
    // The parser throws a TypeError that names the argument, and nothing else.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

async function runAll(
  steps: readonly Step[],
  isVerbose: boolean,
  io: Io,
): Promise<number> {
  let failed = 0;
  for (const step of steps) {
    const startMs = performance.now();
    const { success, output } = await io.run(step);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    io.print(`${mark(success, io)} ${step.name.padEnd(12)}${seconds} s`);
    if (isVerbose || !success) io.print(output.trimEnd());
    if (!success) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

function mark(success: boolean, { isColoured }: Io): string {
  const sign = success ? "✓" : "✗";
  if (!isColoured) return sign;
  return styleText(success ? "green" : "red", sign, { validateStream: false });
}

if (import.meta.main) {
  Deno.exitCode = await main(Deno.args, {
    print: console.log,
    printError: console.error,
    isColoured: Deno.stdout.isTerminal() && !Deno.noColor,
    steps: async () => stepsOf(await readWorkspace(ROOT)),
    run: (step) => runStep(ROOT, step),
  });
}
