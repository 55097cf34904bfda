/**
 * `deno task component-suite DIR`: tests of the Component Model, through the
 * decoder and the linker.
 *
 * DIR and the directories in it hold what `wasm-tools json-from-wast` makes of
 * `.wast` files; README.md says where those are.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { isComponent } from "../../wasm/component/decode.ts";
import { pathsIn, readScripts } from "../wasm_suite/script.ts";
import { formatGuests } from "../wasm_suite/summary.ts";
import { runGuests } from "./guests.ts";
import { type Binary, loadMutations } from "./mutations.ts";
import type { Verdict } from "./replay.ts";
import {
  formatMutations,
  formatReports,
  type Report,
  reportOf,
  VERDICTS,
} from "./summary.ts";

/** What the command reaches outside itself. */
export interface Io {
  /** Writes a line to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line to standard error. */
  readonly printError: (line: string) => void;
}

const USAGE =
  `Usage: deno task component-suite DIR [--list VERDICT] [--json] [--mutations N] [--guests N]

Carries out each script in DIR, and counts what its commands come to:

  pass         what the script says
  planned      a valid component, which imports what no host here gives
  unsupported  refused by the name of a feature that is not there
  accepted     loaded, although the script says that it is invalid
  skip         nothing that can be asked here
  fail         anything else

  --list VERDICT  print each command that came to it, too
  --json          print one document instead of a table
  --mutations N   load each component and N mutations of it, instead
  --guests N      run each component and N mutations of it as processes, instead
  -h, --help      show this

Exits with 1 when anything fails.`;

/**
 * Runs the command.
 *
 * @returns The exit code: 0 when nothing fails, 1 when anything does, 2 when
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
  readonly listed: readonly Verdict[];
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
        list: { type: "string", multiple: true, default: [] },
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
      listed: ["fail", ...values.list.map(verdictOf)],
      mutations: countOf(values.mutations),
      guests: countOf(values.guests),
    };
  } catch (error) {
    // The parser and ours throw one that names the argument, and nothing else.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

function verdictOf(text: string): Verdict {
  const verdict = VERDICTS.find((each) => each === text);
  if (verdict !== undefined) return verdict;
  throw new TypeError(`Cannot list what is no verdict: ${text}`);
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (text !== "" && Number.isSafeInteger(count) && count >= 0) return count;
  throw new TypeError(`Cannot do something this many times: ${text}`);
}

async function run(options: Options, io: Io): Promise<number> {
  const { directory, mutations, guests } = options;
  if (mutations !== undefined) {
    const report = await loadMutations(componentsIn(directory), mutations);
    io.print(formatMutations(report));
    return Math.sign(report.faults.length);
  }
  if (guests !== undefined) {
    io.print(formatGuests(await runGuests(componentsIn(directory), guests)));
    return 0;
  }
  return await runScripts(options, io);
}

async function runScripts(
  { directory, json, listed }: Options,
  io: Io,
): Promise<number> {
  const scripts = readScripts(directory);
  if (scripts.length === 0) {
    io.printError(`Cannot find a script in a directory: ${directory}`);
    return 2;
  }
  const reports: Report[] = [];
  for (const script of scripts) reports.push(await reportOf(script));
  io.print(json ? JSON.stringify(reports) : formatReports(reports, listed));
  const lines = reports.flatMap(({ lines }) => lines);
  return lines.some(({ verdict }) => verdict === "fail") ? 1 : 0;
}

// Many scripts have the same components.
function* componentsIn(directory: string): Generator<Binary> {
  const seen = new Set<string>();
  for (const path of pathsIn(directory, "", ".wasm")) {
    const bytes = Deno.readFileSync(`${directory}/${path}`);
    const key = bytes.join();
    if (seen.has(key) || !isComponent(bytes)) continue;
    seen.add(key);
    yield [path, bytes];
  }
}

if (import.meta.main) {
  Deno.exitCode = await main(Deno.args, {
    print: console.log,
    printError: console.error,
  });
}
