/**
 * A file as a program: its bytes, and where it begins.
 *
 * @module
 */

import { resolve } from "node:path";
import {
  componentEntries,
  describeComponent,
  InvalidComponent,
} from "@rusm/wasm";
import { CommandFailure, EXIT_MISUSED } from "../errors.ts";
import { stat } from "../file.ts";
import { nearest } from "../nearest.ts";
import { isComponent, objectionTo } from "./file_kind.ts";

/** A module or a component that can be run. */
export interface Program {
  /** It, as it is on the disk. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The exported function that it begins with. */
  readonly entry: string;
}

/** The functions that a program can begin with, the first that it has. */
const ENTRIES: readonly string[] = ["_start", "run"];

/** The function that a component begins with, and that of a command. */
const COMPONENT_ENTRY = "run";
const COMMAND_ENTRY = /^wasi:cli\/run@0\.[23](?:\.\d+)?#run$/;

/** Export of a library, which is called before all others. */
const INITIALIZE = "_initialize";

/** Names that a message lists. */
const LISTED_MAX = 20;

/**
 * Reads the program in `file`, and finds its beginning.
 *
 * @param file Relative to `cwd`, or absolute.
 * @throws {CommandFailure} There is no such file, it is no module and no
 * component, or it has no beginning.
 */
export async function readProgram(file: string, cwd: string): Promise<Program> {
  const bytes = await readBytes(file, resolve(cwd, file));
  const objection = objectionTo(bytes);
  if (objection !== undefined) {
    throw misused(`Cannot run ${objection.what}: ${file}`, objection.hints);
  }
  if (isComponent(bytes)) return readComponent(file, bytes);
  const module = await compile(file, bytes);
  return { bytes, entry: findEntry(file, WebAssembly.Module.exports(module)) };
}

async function readBytes(
  file: string,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const info = await stat(path);
  if (info === undefined) throw misused(`Cannot find the file: ${file}`, []);
  if (info.isDirectory) throw misused(`Cannot run a directory: ${file}`, []);
  return await Deno.readFile(path);
}

function readComponent(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
): Program {
  const entries = entriesOf(file, bytes);
  const isRunnable = entries.some((entry) =>
    entry === COMPONENT_ENTRY || COMMAND_ENTRY.test(entry)
  );
  if (isRunnable) return { bytes, entry: COMPONENT_ENTRY };
  throw misused(
    `Cannot run a component that exports neither run nor wasi:cli/run@0.2 or 0.3: ${file}`,
    describeComponent(bytes).trimEnd().split("\n"),
  );
}

function entriesOf(file: string, bytes: Uint8Array): string[] {
  try {
    return componentEntries(bytes);
  } catch (error) {
    // A file is what it is: this says what is wrong with it.
    if (!(error instanceof InvalidComponent)) throw error;
    throw misused(`Cannot run an invalid component: ${file}`, [error.message]);
  }
}

async function compile(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    // A file is what it is: this says what is wrong with it.
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw misused(`Cannot run an invalid module: ${file}`, [error.message]);
  }
}

function findEntry(
  file: string,
  exports: readonly WebAssembly.ModuleExportDescriptor[],
): string {
  const functions = exports.filter(({ kind }) => kind === "function")
    .map(({ name }) => name);
  const entry = ENTRIES.find((entry) => functions.includes(entry));
  if (entry !== undefined) return entry;
  throw misused(
    `Cannot run a module that exports no function ${
      ENTRIES.join(" or ")
    }: ${file}`,
    [listOf(exports), ...hintsFor(functions)],
  );
}

function listOf(
  exports: readonly WebAssembly.ModuleExportDescriptor[],
): string {
  if (exports.length === 0) return "It exports nothing.";
  const listed = exports.slice(0, LISTED_MAX).map(({ kind, name }) =>
    `${kind} ${JSON.stringify(name)}`
  );
  const left = exports.length - listed.length;
  return `It exports ${listed.join(", ")}${
    left > 0 ? ` and ${left} more` : ""
  }.`;
}

function hintsFor(functions: readonly string[]): string[] {
  if (functions.includes(INITIALIZE)) {
    return ["It is a library: build it as a command, which has a _start."];
  }
  for (const entry of ENTRIES) {
    const meant = nearest(entry, functions);
    if (meant === undefined) continue;
    return [`Was ${JSON.stringify(meant)} meant to be "${entry}"?`];
  }
  return [];
}

function misused(message: string, hints: readonly string[]): CommandFailure {
  return new CommandFailure(message, { exitCode: EXIT_MISUSED, hints });
}
