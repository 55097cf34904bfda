/**
 * Components that other tools make.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { CommandFailure } from "../errors.ts";
import { runProgram, type Said } from "../process/deno.ts";
import type { Component } from "./component.ts";

/** A tool is not there, or did not do it. */
export class ToolFailure extends Error {
  override readonly name: string = "ToolFailure";
}

/**
 * Has Cargo build a component for `wasm32-wasip2`.
 *
 * @returns The component.
 * @throws {ToolFailure} There is no Cargo, it failed, or it made no `.wasm`.
 */
export async function makeWithCargo(
  { entry }: Component,
): Promise<Uint8Array> {
  const { stdout } = await run(
    "cargo",
    [
      ...["build", "--release", "--target", "wasm32-wasip2"],
      "--message-format=json-render-diagnostics",
    ],
    dirname(entry),
  );
  const file = stdout.split("\n").flatMap(filesIn).at(-1);
  if (file === undefined) throw new ToolFailure("Cargo has made no .wasm");
  return await Deno.readFile(file);
}

function filesIn(line: string): string[] {
  if (!line.startsWith("{")) return [];
  const message: { reason?: string; filenames?: string[] } = JSON.parse(line);
  if (message.reason !== "compiler-artifact") return [];
  return (message.filenames ?? []).filter((file) => file.endsWith(".wasm"));
}

/**
 * Has TinyGo build a component for WASI 0.2; where there is none, Go a module for
 * preview 1.
 *
 * @returns The component, or the module.
 * @throws {ToolFailure} There is neither, or it failed.
 */
export async function makeWithGo({ entry }: Component): Promise<Uint8Array> {
  const directory = await Deno.makeTempDir();
  const file = join(directory, "component.wasm");
  try {
    const made = await tryRun(
      "tinygo",
      ["build", "-target=wasip2", "-no-debug", "-opt=z", "-o", file, "."],
      dirname(entry),
    );
    if (made === undefined) {
      const env = { GOOS: "wasip1", GOARCH: "wasm" };
      await run("go", ["build", "-o", file, "."], dirname(entry), env);
    }
    return await Deno.readFile(file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function run(
  tool: string,
  args: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const said = await tryRun(tool, args, directory, env);
  if (said !== undefined) return said;
  throw new ToolFailure(`Cannot build without this tool, install it: ${tool}`);
}

async function tryRun(
  tool: string,
  args: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Said | undefined> {
  let said: Said;
  try {
    said = await runProgram(tool, args, directory, env);
  } catch (error) {
    // There may be another one that can do it.
    if (error instanceof CommandFailure) return undefined;
    throw error;
  }
  if (said.code === 0) return said;
  const words = said.stderr.trim() || said.stdout.trim();
  throw new ToolFailure(`${tool} failed with code ${said.code}\n${words}`);
}
