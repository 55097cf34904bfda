/**
 * The command line of `deno task bench`.
 *
 * @module
 */

import { parseArgs } from "node:util";

/** Rounds when `--runs` is absent. */
export const RUNS = 5;

/** The most rounds that `--runs` can ask for. */
export const RUNS_MAX = 100;

/** What the command line asks for. */
export type Request =
  | { readonly type: "help" }
  | { readonly type: "list" }
  | Measurement
  | { readonly type: "wrong"; readonly message: string };

/** Asks for nouns to be measured. */
export interface Measurement {
  /** The tag. */
  readonly type: "measure";
  /** Names of nouns, each known and once, in the order given; all of them when none was given. */
  readonly names: readonly string[];
  /** Whether to print JSON instead of tables. */
  readonly isJson: boolean;
  /** Whether a bar that falls short is a failure. */
  readonly isCheck: boolean;
  /** Rounds, 1 to {@linkcode RUNS_MAX}. */
  readonly runs: number;
}

/**
 * Decides what `args` ask for.
 *
 * @param known Names of all nouns.
 */
export function parseRequest(
  args: readonly string[],
  known: readonly string[],
): Request {
  const parsed = parse(args);
  if (typeof parsed === "string") return { type: "wrong", message: parsed };
  const { values, positionals } = parsed;
  if (values.help) return { type: "help" };
  if (values.list) return { type: "list" };
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return { type: "wrong", message: `Cannot measure a noun: ${unknown}` };
  }
  const runs = parseRuns(values.runs);
  if (runs === undefined) {
    const message = `Cannot run rounds, 1 to ${RUNS_MAX}: ${values.runs}`;
    return { type: "wrong", message };
  }
  const names = positionals.length === 0 ? known : [...new Set(positionals)];
  const { json: isJson, check: isCheck } = values;
  return { type: "measure", names, isJson, isCheck, runs };
}

/** The values and names in `args`, or what is wrong with them. */
function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        runs: { type: "string", default: String(RUNS) },
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (thrown) {
    // parseArgs throws its findings, the fact in the first sentence.
    if (thrown instanceof TypeError) return thrown.message.split(". ")[0]!;
    throw thrown;
  }
}

function parseRuns(text: string): number | undefined {
  const runs = Number(text);
  const isRuns = /^\d+$/.test(text) && runs >= 1 && runs <= RUNS_MAX;
  return isRuns ? runs : undefined;
}
