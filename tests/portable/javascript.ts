/**
 * `@rusm/otp` as JavaScript, for engines that do not know TypeScript.
 *
 * @module
 */

import { stripTypeScriptTypes } from "node:module";
import { ROOT } from "../boundaries/paths.ts";
import { readWorkspace } from "../boundaries/workspace.ts";

/** Where {@linkcode readFiles} puts the package: where Node looks for it. */
export const PACKAGE = "node_modules/@rusm/otp";

/**
 * Lists the sources of `@rusm/otp` that are published.
 *
 * @param root URL of the workspace's directory; ends with `/`.
 * @returns Paths within the workspace, sorted.
 */
export async function sourcesOfOtp(root: URL): Promise<string[]> {
  const { files } = await readWorkspace(root);
  return files.filter((path) =>
    path.startsWith("otp/") && !path.endsWith("_test.ts")
  );
}

/**
 * Reads what an engine needs to run `program.ts`: the program, and `@rusm/otp`
 * as a package of npm.
 *
 * @returns JavaScript by path, with `/` between names. The files keep their
 * names, and so their imports.
 */
export async function readFiles(): Promise<ReadonlyMap<string, string>> {
  const manifest = { type: "module", exports: "./mod.ts" };
  const files = new Map([
    [`${PACKAGE}/package.json`, JSON.stringify(manifest)],
    ["program.ts", await readJavaScript("tests/portable/program.ts")],
  ]);
  for (const path of await sourcesOfOtp(ROOT)) {
    const place = path.replace(/^otp/, PACKAGE);
    files.set(place, await readJavaScript(path));
  }
  return files;
}

async function readJavaScript(path: string): Promise<string> {
  return javascriptOf(await Deno.readTextFile(new URL(path, ROOT)));
}

/**
 * Takes the types out of a module, and nothing else: there is a blank for each
 * of their characters, and all others stay where they are.
 *
 * @throws {SyntaxError} Something is no type and no JavaScript, such as an `enum`.
 */
export function javascriptOf(source: string): string {
  return stripTypeScriptTypes(source);
}
