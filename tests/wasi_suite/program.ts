/**
 * One program of the suite, and what it is to do.
 *
 * @module
 */

import { dirname, resolve } from "node:path";

/** What the `.json` beside a program says; what is absent is nothing, and 0. */
export interface Spec {
  /** Its arguments, without its name. */
  readonly args?: readonly string[];
  /** Directories beside it that it is given, under the same path. */
  readonly dirs?: readonly string[];
  /** Its variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The code that it is to exit with. */
  readonly exit_code?: number;
  /** All that it is to write to standard output; anything when absent. */
  readonly stdout?: string;
  /** The same of standard error. */
  readonly stderr?: string;
}

/** How a program ended. */
export interface Outcome {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly stdout: string;
  /** What it and `rusm` wrote to standard error. */
  readonly stderr: string;
}

/** Directories with programs that run: there are some for threads and preview 3, too. */
const TARGET = "wasm32-wasip1";

/** Milliseconds that a program may take. */
const TIMEOUT_MS = 60_000;

const CLI = new URL("../../cli/main.ts", import.meta.url).href;

/** Paths of the programs of preview 1 in `directory` and below, relative to it, in order. */
export function programsIn(directory: string): string[] {
  return [...walk(directory, "")].sort();
}

function* walk(root: string, under: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${root}/${under}`)) {
    const path = under === "" ? name : `${under}/${name}`;
    if (isDirectory) yield* walk(root, path);
    else if (isProgram(`${root}/${path}`)) yield path;
  }
}

function isProgram(path: string): boolean {
  return path.endsWith(".wasm") && path.split("/").at(-2) === TARGET;
}

/** What is beside the program `path`. */
export function readSpec(path: string): Spec {
  try {
    return JSON.parse(Deno.readTextFileSync(path.replace(/wasm$/, "json")));
  } catch (error) {
    // Most programs only have to exit with 0.
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Runs `path` by `rusm exec`, with copies of its directories. */
export async function runProgram(path: string, spec: Spec): Promise<Outcome> {
  const copies = await Deno.makeTempDir();
  try {
    for (const directory of spec.dirs ?? []) {
      copy(resolve(dirname(path), directory), `${copies}/${directory}`);
    }
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", CLI, ...wordsFor(path, spec)],
      cwd: copies,
      stdin: "null",
    }).output();
    const [stdout, stderr] = [output.stdout, output.stderr]
      .map((bytes) => new TextDecoder().decode(bytes));
    return { code: output.code, stdout: stdout!, stderr: stderr! };
  } finally {
    await Deno.remove(copies, { recursive: true });
  }
}

/** The command line that gives a program what `spec` says. Pure. */
export function wordsFor(
  path: string,
  { args = [], dirs = [], env = {} }: Spec,
): string[] {
  return [
    ...["exec", path, "--timeout", `${TIMEOUT_MS}`, "--capability", "trusted"],
    ...dirs.flatMap((directory) => ["--dir", `${directory}::${directory}:rw`]),
    ...Object.entries(env).flatMap(([name, value]) => [
      "--env",
      `${name}=${value}`,
    ]),
    ...["--", ...args],
  ];
}

function copy(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copy(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** What of `outcome` is not as `spec` has it; undefined when all is. Pure. */
export function faultOf(spec: Spec, outcome: Outcome): string | undefined {
  const { exit_code: code = 0, stdout, stderr } = spec;
  if (outcome.code !== code) {
    return `exit code ${outcome.code}, not ${code}: ${outcome.stderr.trim()}`;
  }
  if (stdout !== undefined && outcome.stdout !== stdout) {
    return `standard output: ${JSON.stringify(outcome.stdout)}`;
  }
  if (stderr !== undefined && outcome.stderr !== stderr) {
    return `standard error: ${JSON.stringify(outcome.stderr)}`;
  }
  return undefined;
}
