/**
 * Runs one rule of the plugin over rows of source text.
 *
 * @module
 */

import { deepStrictEqual } from "node:assert";
import { fileURLToPath } from "node:url";
import { ROOT } from "../boundaries/paths.ts";
import plugin from "./plugin.ts";

/**
 * A case: the file that is linted, relative to the workspace, its text, and the
 * messages that the rule must report, in the order of the text.
 */
export type Row = readonly [path: string, text: string, ...found: string[]];

/**
 * Registers a test for every row.
 *
 * @param name Name of the rule in the plugin, without `rusm/`.
 */
export function checkRule(name: string, rows: readonly Row[]): void {
  for (const [path, text, ...found] of rows) {
    Deno.test(`rusm/${name} in ${path}: ${text}`, () => {
      deepStrictEqual(run(name, path, text), found);
    });
  }
}

function run(name: string, path: string, text: string): string[] {
  const rules = { [name]: plugin.rules[name]! };
  const file = fileURLToPath(new URL(path, ROOT));
  return Deno.lint.runPlugin({ name: "rusm", rules }, file, text)
    .sort((a, b) => a.range[0] - b.range[0])
    .map(({ message }) => message);
}
