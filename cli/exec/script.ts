/**
 * A file of TypeScript as a program.
 *
 * @module
 */

import { basename, dirname, extname, resolve } from "node:path";
import type { Component as Loaded } from "@rusm/wasm";
import { bundle } from "../bundle/bundle.ts";
import type { Component } from "../bundle/component.ts";
import { formatProblem, type Problem } from "../bundle/problem.ts";
import { locateFrames, type Origins } from "../check_bundle.ts";
import { checkTypes } from "../check/types.ts";
import { CommandFailure, EXIT_FAILED, EXIT_MISUSED } from "../errors.ts";
import { shorten, stat } from "../file.ts";
import { type Io, print } from "../io.ts";

/** A program that was bundled. */
export interface Script {
  /** What its stacks call the bundle, less `.js`. */
  readonly name: string;
  /** The bundle. */
  readonly code: string;
  /** Where its parts come from. */
  readonly origins: Origins;
}

const EXTENSIONS = [".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs"];

/** Whether `file` is named as TypeScript and JavaScript are. Pure. */
export function isScript(file: string): boolean {
  return EXTENSIONS.includes(extname(file));
}

/**
 * Bundles the program in `file`, in memory, and prints what is wrong with it.
 *
 * @param checks Whether its types are checked first.
 * @throws {CommandFailure} There is no such file, or something is wrong with it.
 */
export async function readScript(
  file: string,
  checks: boolean,
  io: Io,
): Promise<Script> {
  const entry = resolve(io.cwd, file);
  if (await stat(entry) === undefined) {
    throw misused(`Cannot find the file: ${file}`);
  }
  const name = basename(file, extname(file)).replaceAll(/[^\w-]/g, "_");
  const artifact = resolve(dirname(entry), `${name}.js`);
  const component: Component = { name, kind: "script", entry, artifact };
  if (checks) refuse(file, await checkTypes(io.cwd, [component]), io);
  const bundling = await bundle(component);
  if (bundling.type === "bundled") {
    return { name, code: bundling.code, origins: bundling.origins };
  }
  refuse(file, bundling.problems, io);
  throw misused(`Cannot run this program: ${file}`);
}

function refuse(file: string, problems: readonly Problem[], io: Io): void {
  if (problems.length === 0) return;
  for (const problem of problems) {
    print(io.stderr, formatProblem(problem, io.cwd, io.stderr));
  }
  throw misused(`Cannot run this program: ${file}`);
}

function misused(message: string, hints: readonly string[] = []) {
  return new CommandFailure(message, { exitCode: EXIT_MISUSED, hints });
}

/** `text` of `script` with the places of its bundle as places of its sources. */
export function locateIn(
  { name, origins }: Script,
  text: string,
  cwd: string,
): string {
  return locateFrames(
    text,
    `${name}.js`,
    origins,
    (file) => shorten(file, cwd),
  );
}

/**
 * What a program does that was loaded: `"run"` when its default function is to be
 * called, `"done"` when loading it was all.
 *
 * @param file What messages call it.
 * @throws {CommandFailure} It waits for requests, of clients or of others.
 */
export function workOf(
  { script }: Pick<Loaded, "script">,
  file: string,
): "run" | "done" {
  if (script === undefined) return "run";
  switch (script.runs) {
    case "worker":
      return "run";
    case "service":
      throw misused(
        `Cannot run a service, what it exports is for others to call: ${file}`,
        [
          `It exports ${script.functions.join(", ")}.`,
          "Make it a component of an app, and host that with `rusm run`.",
        ],
      );
    case null:
      if (!script.answers) return "done";
  }
  throw misused(`Cannot run what answers clients: ${file}`, [
    "Make it a component of an app, and serve that with `rusm serve`.",
  ]);
}

/**
 * The failure of a program that threw: its error, with its place in the sources.
 *
 * @param stack Of the error, message included.
 */
export function uncaught(
  script: Script,
  stack: string,
  io: Io,
): CommandFailure {
  const [message = "", ...frames] = locateIn(script, stack, io.cwd)
    .trimEnd().split("\n");
  return new CommandFailure(`Uncaught ${message}`, {
    exitCode: EXIT_FAILED,
    hints: frames,
  });
}
