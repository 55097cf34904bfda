/**
 * `deno task wasm-suite DIR`: the WebAssembly test suite, plain and rewritten.
 *
 * DIR and the directories in it hold what `wasm-tools json-from-wast` or
 * `wast2json` makes of the `.wast` files of the suite, for each of them:
 *
 * ```sh
 * wasm-tools json-from-wast gc/i31.wast --wasm-dir DIR/gc -o DIR/gc/i31.json
 * ```
 *
 * README.md says where the files are.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { compare, type Report } from "./compare.ts";
import { type GuestReport, runGuests } from "./guests.ts";
import { type MutationReport, rewriteMutations } from "./mutations.ts";
import { pathsIn, readScripts } from "./script.ts";
import { RECYCLED } from "./recycled.ts";
import { REWRITTEN, type Side } from "./sides.ts";
import { formatGuests, formatMutations, formatReports } from "./summary.ts";

/** What the command reaches outside itself. */
export interface Io {
  /** Writes a line to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line to standard error. */
  readonly printError: (line: string) => void;
  /** What the plain modules are compared with. */
  readonly sides: readonly Side[];
}

/** All there are. */
export const SIDES: readonly Side[] = [...REWRITTEN, RECYCLED];

const USAGE =
  `Usage: deno task wasm-suite DIR [--json] [--mutations N] [--guests N]

Carries out each script in DIR with its modules as they are, and again with each
module rewritten: with an epoch that stands still, with one that has moved on at
each check, with such checks everywhere, and in instances that were used before
and put back. All must end alike.

  --json         print one document instead of a table
  --mutations N  rewrite each module and N mutations of it, instead
  --guests N     run the functions of N modules as processes, instead
  -h, --help     show this

Exits with 1 when anything differs.`;

/**
 * Runs the command.
 *
 * @returns The exit code: 0 when nothing differs, 1 when anything does, 2 when
 * the arguments are wrong or there is no script.
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
  return await run(options, io);
}

interface Options {
  readonly directory: string;
  readonly help: boolean;
  readonly json: boolean;
  readonly mutations: number | undefined;
  readonly guests: number | undefined;
}

/** Options, or a sentence about what is wrong with the arguments. */
function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        json: { type: "boolean", default: false },
        mutations: { type: "string" },
        guests: { type: "string" },
      },
    });
    const { help, json } = values;
    const [directory, ...others] = positionals;
    if (!help && (directory === undefined || others.length > 0)) {
      return "Cannot run any number of directories but one";
    }
    return {
      ...{ help, json, directory: directory ?? "" },
      mutations: countOf(values.mutations),
      guests: countOf(values.guests),
    };
  } catch (error) {
    // The parser and `countOf` throw one that names the argument, and nothing else.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new TypeError(`Cannot do something this many times: ${text}`);
}

async function run(options: Options, io: Io): Promise<number> {
  const { directory, mutations, guests, json } = options;
  if (mutations !== undefined) {
    const report = rewriteMutations(modulesIn(directory), mutations);
    io.print(json ? jsonOf(report) : formatMutations(report));
    return Math.sign(report.faults.length);
  }
  if (guests !== undefined) {
    const modules = runnable(modulesIn(directory)).take(guests);
    const report = await runGuests(modules);
    io.print(json ? jsonOf(report) : formatGuests(report));
    return 0;
  }
  return runScripts(options, io);
}

function runScripts({ directory, json }: Options, io: Io): number {
  const scripts = readScripts(directory);
  if (scripts.length === 0) {
    io.printError(`Cannot find a script in a directory: ${directory}`);
    return 2;
  }
  const reports = scripts.map((script) => compare(script, io.sides));
  io.print(json ? jsonOf(reports) : formatReports(reports));
  return reports.every(({ differences }) => differences.length === 0) ? 0 : 1;
}

type Module = readonly [path: string, bytes: Uint8Array<ArrayBuffer>];

function* modulesIn(directory: string): Generator<Module> {
  for (const path of pathsIn(directory, "", ".wasm")) {
    yield [path, Deno.readFileSync(`${directory}/${path}`)];
  }
}

// Many scripts have the same modules.
function* runnable(modules: Iterable<Module>): Generator<Module> {
  const seen = new Set<string>();
  for (const [path, bytes] of modules) {
    const key = bytes.join();
    if (seen.has(key) || !WebAssembly.validate(bytes)) continue;
    seen.add(key);
    yield [path, bytes];
  }
}

function jsonOf(
  value: readonly Report[] | MutationReport | GuestReport,
): string {
  return JSON.stringify(
    value,
    (_, each) => each instanceof Map ? Object.fromEntries(each) : each,
  );
}

if (import.meta.main) {
  Deno.exitCode = await main(Deno.args, {
    print: console.log,
    printError: console.error,
    sides: SIDES,
  });
}
