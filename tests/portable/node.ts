/**
 * Runs the program in Node 20, the oldest that `@rusm/otp` is for.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { withFiles } from "../boundaries/with_files.ts";
import {
  type Engine,
  engineFailure,
  findEngine,
  startEngine,
} from "./engine.ts";

/** The version to fetch when the path has no Node 20. */
export const NODE_VERSION = "20.20.2";

// 45 MB over a slow line.
const FETCH_TIMEOUT_MS = 120_000;

/**
 * Finds Node 20 on the path, or fetches it.
 *
 * @param directory Where it is put when it is fetched; empty, ends with `/`.
 * @returns A newer Node when there is no Node 20 to be had; undefined when there
 * is neither.
 */
export async function findNode(directory: URL): Promise<Engine | undefined> {
  const local = await findEngine("node");
  if (local !== undefined && majorOf(local) === 20) return local;
  const fetched = await fetchNode(directory);
  if (fetched !== undefined) return fetched;
  return local !== undefined && majorOf(local) > 20 ? local : undefined;
}

function majorOf({ version }: Engine): number {
  return Number(/^v(\d+)\./.exec(version)?.[1]);
}

/**
 * Fetches Node from npm; undefined when that fails.
 *
 * @param directory Where it is put; empty, ends with `/`.
 * @param version Of Node.
 */
export async function fetchNode(
  directory: URL,
  version: string = NODE_VERSION,
): Promise<Engine | undefined> {
  // One package per platform; `node` itself would run a script to choose.
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const name = `node-${Deno.build.os}-${arch}`;
  const manifest = JSON.stringify({ dependencies: { [name]: version } });
  await Deno.writeTextFile(new URL("package.json", directory), manifest);
  const install = new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: directory,
    stderr: "null",
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  const { success } = await install.output();
  const binary = new URL(`node_modules/${name}/bin/node`, directory);
  return success ? await findEngine(fileURLToPath(binary)) : undefined;
}

/**
 * Runs `program.ts` among `files` in Node.
 *
 * @param files See `readFiles`.
 * @returns What its `runProgram` returns, by way of JSON. Rejects when it
 * throws, or does not come to an end within `timeoutMs`.
 */
export async function runInNode(
  node: Engine,
  files: ReadonlyMap<string, string>,
  timeoutMs: number,
): Promise<unknown> {
  return await withFiles(files, async (directory) => {
    const args = ["--import", REGISTER, "--input-type=module", "--eval", MAIN];
    const output = await startEngine(node, { args, directory, timeoutMs })
      .ended;
    if (!output.success) throw engineFailure(node, output);
    return JSON.parse(new TextDecoder().decode(output.stdout));
  });
}

const MAIN = `import { runProgram } from "./program.ts";
console.log(JSON.stringify(await runProgram()));`;

// Node goes by the ending of a name; what is in these files is JavaScript.
const HOOKS = `export function load(url, context, next) {
  const format = url.endsWith(".ts") ? "module" : context.format;
  return next(url, { ...context, format });
}`;

const REGISTER = dataUrl(`import { register } from "node:module";
register(${JSON.stringify(dataUrl(HOOKS))});`);

function dataUrl(javascript: string): string {
  return `data:text/javascript,${encodeURIComponent(javascript)}`;
}
