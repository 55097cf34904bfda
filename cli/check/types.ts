/**
 * Checking the types of an app's components.
 *
 * @module
 */

import { configsAbove, isAnyNewer } from "../bundle/changed.ts";
import type { Component } from "../bundle/component.ts";
import { Fingerprints } from "../bundle/fingerprint.ts";
import {
  makeOwnDirectory,
  ownFile,
  readIfThere,
  writeIfNew,
} from "../bundle/own_directory.ts";
import { type Problem, wholeFile } from "../bundle/problem.ts";
import { readRecord, writeRecord } from "../bundle/record.ts";
import { runDeno } from "../process/deno.ts";
import { checkConfig } from "./config.ts";
import { GLOBALS } from "./globals.ts";
import { GUEST_TYPES } from "./guest_types.ts";
import { problemsIn } from "./output.ts";

const CONFIG = "check.json";

/**
 * Checks the types of those of `components` that are TypeScript, all at once, as
 * what they are: a component knows Web APIs and `@rusm/wasm/guest`, and neither
 * `Deno` nor `document`.
 *
 * Nothing is checked again when it was right and {@linkcode rememberTypes} was
 * told, and no file, type or configuration has changed since.
 *
 * @param app Absolute path.
 * @param signal Cuts it short: then nothing is found.
 * @returns What is wrong, in Deno's order.
 * @throws {CommandFailure} Deno cannot be run.
 */
export async function checkTypes(
  app: string,
  components: readonly Component[],
  signal?: AbortSignal,
): Promise<readonly Problem[]> {
  const entries = entriesOf(components);
  if (entries.length === 0) return [];
  await writeTypes(app);
  const record = await readRecord(app, "types.json");
  const isKnown = record !== undefined &&
    record.made === await digestTypes(app, entries, record.inputs);
  if (isKnown) return [];
  const config = ownFile(app, CONFIG);
  const { code, stdout, stderr } = await runDeno(
    ["check", "--quiet", "--config", config, ...entries],
    app,
    signal,
  );
  if (code === 0 || signal?.aborted) return [];
  const problems = await problemsIn(`${stdout}\n${stderr}`);
  return problems.length > 0 ? problems : [unplaced(config, stderr)];
}

/**
 * Notes that the types of `components` are right.
 *
 * @param inputs The files that each is made of, by its name.
 * @param startMs When the check began: what was written since is checked again.
 */
export async function rememberTypes(
  app: string,
  components: readonly Component[],
  inputs: ReadonlyMap<string, readonly string[]>,
  startMs: number,
): Promise<void> {
  const scripts = components.filter(({ kind }) => kind === "script");
  const known = scripts.map(({ name }) => inputs.get(name));
  if (scripts.length === 0 || known.includes(undefined)) return;
  const files = [...new Set(known.flatMap((each) => each ?? []))];
  if (await isAnyNewer(files, startMs)) return;
  const made = await digestTypes(app, entriesOf(components), files);
  const record = await readRecord(app, "types.json");
  if (record?.made === made) return;
  await writeRecord(app, "types.json", { inputs: files, made });
}

function entriesOf(components: readonly Component[]): string[] {
  return components.filter(({ kind }) => kind === "script")
    .map(({ entry }) => entry);
}

async function writeTypes(app: string): Promise<void> {
  await makeOwnDirectory(app);
  const mappings: Record<string, string> = {};
  for (const [specifier, { file, text }] of GUEST_TYPES) {
    mappings[specifier] = `./${file}`;
    await writeIfNew(ownFile(app, file), text);
  }
  await writeIfNew(ownFile(app, "globals.d.ts"), GLOBALS);
  await writeIfNew(ownFile(app, CONFIG), await checkConfig(app, mappings));
}

async function digestTypes(
  app: string,
  entries: readonly string[],
  inputs: readonly string[],
): Promise<string> {
  const config = await readIfThere(ownFile(app, CONFIG)) ?? "";
  const types = [...GUEST_TYPES.values()].map(({ text }) => text);
  const words = [Deno.version.deno, config, GLOBALS, ...types, ...entries];
  const files = [...inputs, ...configsAbove(ownFile(app, CONFIG))];
  return await new Fingerprints().of(files, words);
}

// What Deno says of no place is about how it was asked.
function unplaced(config: string, stderr: string): Problem {
  const text = `Cannot check types: ${stderr.trim().replace(/^error: /, "")}`;
  return { text, place: wholeFile(config), source: undefined };
}
