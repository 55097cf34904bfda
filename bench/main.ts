/**
 * `deno task bench`: measures nouns and says which bars hold.
 *
 * @module
 */

import process from "node:process";
import { styleText } from "node:util";
import { type Measurement, parseRequest, RUNS, RUNS_MAX } from "./args.ts";
import { ChildError } from "./child.ts";
import { component } from "./component.ts";
import { measure, type Report } from "./harness.ts";
import { http } from "./http.ts";
import { Interruption, listenForInterruption } from "./interruption.ts";
import { kv } from "./kv.ts";
import type { Noun } from "./noun.ts";
import { otp } from "./otp.ts";
import type { Row } from "./row.ts";
import { formatReport, type Paint } from "./table.ts";
import { script } from "./script.ts";
import { serve } from "./serve.ts";
import { wasm } from "./wasm.ts";

const NOUNS: readonly Noun[] = [
  otp,
  wasm,
  component,
  script,
  http,
  serve,
  kv,
];

/** Where {@linkcode main} prints. */
export interface Io {
  /** Prints a line on stdout. */
  readonly out: (line: string) => void;
  /** Prints a line on stderr. */
  readonly err: (line: string) => void;
  /** Makes text for stdout stand out. */
  readonly paint: Paint;
}

/**
 * Runs the command line.
 *
 * @param nouns All there are.
 * @param signal Stops it when aborted with an {@linkcode Interruption}.
 * @returns The exit code: 0; 1 when a variant failed, or with `--check` a bar
 * falls short; 2 when `args` are wrong; that of the interruption.
 */
export async function main(
  args: readonly string[],
  nouns: readonly Noun[],
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const request = parseRequest(args, nouns.map((noun) => noun.name));
  switch (request.type) {
    case "help":
      io.out(usage(nouns));
      return 0;
    case "list":
      for (const noun of nouns) io.out(describe(noun));
      return 0;
    case "wrong":
      io.err(`${request.message}\n\n${usage(nouns)}`);
      return 2;
    case "measure":
      return await mainMeasure(request, nouns, io, signal);
  }
}

async function mainMeasure(
  request: Measurement,
  nouns: readonly Noun[],
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const short: string[] = [];
  try {
    for (const name of request.names) {
      const noun = nouns.find((noun) => noun.name === name)!;
      const { runs } = request;
      const report = await measure(noun, { runs, signal, progress: io.err });
      io.out(request.isJson ? JSON.stringify(report) : table(report, io.paint));
      short.push(...report.rows.filter(fallsShort).map(shortfall));
    }
  } catch (thrown) {
    return exitCodeOf(thrown, io);
  }
  for (const line of short) io.err(line);
  return request.isCheck && short.length > 0 ? 1 : 0;
}

// The end of the command line is where an expected failure becomes an exit code.
function exitCodeOf(thrown: unknown, io: Io): number {
  if (thrown instanceof Interruption) return thrown.exitCode;
  if (!(thrown instanceof ChildError)) throw thrown;
  io.err(thrown.message);
  return 1;
}

function table(report: Report, paint: Paint): string {
  return `${formatReport(report, paint)}\n`;
}

function fallsShort(row: Row): boolean {
  return row.holds === false;
}

function shortfall({ name, ratio, bar }: Row): string {
  return `${name} falls short of its bar: ratio ${
    ratio!.toFixed(2)
  }, bar ${bar}`;
}

function describe(noun: Noun): string {
  return `${noun.name.padEnd(8)}${noun.question}`;
}

function usage(nouns: readonly Noun[]): string {
  return `Usage: deno task bench [NAME…] [--json] [--check] [--runs N] [--list] [--help]

  --json     print one JSON document per name, a line each
  --check    exit 1 when a bar falls short
  --runs N   rounds, 1 to ${RUNS_MAX}; ${RUNS} when absent
  --list     print the names

Names, all of them when none is given:

${nouns.map((noun) => `  ${describe(noun)}`).join("\n")}`;
}

function paintFor(stream: typeof process.stdout): Paint {
  return (style, text) => styleText(style, text, { stream });
}

if (import.meta.main) {
  using interruption = listenForInterruption();
  const paint = paintFor(process.stdout);
  const io: Io = { out: console.log, err: console.error, paint };
  process.exitCode = await main(Deno.args, NOUNS, io, interruption.signal);
}
