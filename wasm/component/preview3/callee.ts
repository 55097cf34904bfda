/**
 * The function that a process begins with, in what glue exports.
 *
 * @module
 */

import { ComponentError } from "../canonical/mod.ts";
import { keysOf } from "../canonical/names.ts";
import { pathOf, trackOf } from "../version.ts";
import type { GlueExports, GlueFunction } from "./glue.ts";
import type { GlueExport } from "./prepare.ts";

/** A function, and how it answers. */
export interface Callee {
  /** The function. */
  readonly call: GlueFunction;
  /** Whether it throws what an error of its result carries. */
  readonly isResult: boolean;
}

// What is called by the entry `run`, in the order in which it is looked for.
const COMMANDS = ["run", "wasi:cli/run@0.3#run", "wasi:cli/run@0.2#run"];

/**
 * Finds the function that `entry` stands for: its name; that of its interface,
 * of a compatible version or none, `#` and its name; or `run` for that of a
 * command.
 *
 * @throws {TypeError} There is none that takes nothing.
 */
export function calleeOf(
  exports: GlueExports,
  declared: readonly GlueExport[],
  entry: string,
): Callee {
  const wanted = entry === "run" ? COMMANDS : [entry];
  for (const name of wanted) {
    const found = declared.find((one) => namesOf(one).includes(name));
    if (found !== undefined) return bound(exports, found);
  }
  throw new TypeError(
    `Cannot find an exported function without parameters: ${entry}`,
  );
}

function namesOf({ home, name }: GlueExport): readonly string[] {
  if (home === undefined) return [name];
  return [home, trackOf(home), pathOf(home)].map((each) => `${each}#${name}`);
}

function bound(
  exports: GlueExports,
  { home, name, isResult }: GlueExport,
): Callee {
  const [key] = keysOf([name]) as [string];
  const members = home === undefined ? exports : exports[home];
  const call = (members as Readonly<Record<string, GlueFunction>>)[key]!;
  return { call: () => call(), isResult };
}

/**
 * What a function to a `result` has thrown, as an error of ours.
 *
 * Glue throws what the error carries as it is, or wrapped up; what is an error
 * of JavaScript was thrown by something else.
 */
export function errorOf(thrown: unknown): unknown {
  if (thrown instanceof Error && !("payload" in thrown)) return thrown;
  const isWrapped = thrown instanceof Error;
  const payload = isWrapped
    ? (thrown as Error & { payload: unknown }).payload
    : thrown;
  return new ComponentError(payload);
}
