/**
 * Small scripts for tests, in memory and as files.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { assemble } from "../../../wasm/instrument/testdata/text.ts";
import { withFiles } from "../../boundaries/with_files.ts";
import type { Command, Script, Value } from "../script.ts";

/** Modules by file name: text, or the bytes. */
export type Modules = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;

/** A script that has `modules` beside it. */
export async function makeScript(
  modules: Modules,
  commands: readonly Omit<Command, "line">[],
): Promise<Script> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, module] of Object.entries(modules)) {
    files.set(name, await bytesOf(module));
  }
  return {
    path: "made.json",
    commands: commands.map((command, index) => ({ ...command, line: index + 1 })),
    read: (filename) => files.get(filename)!,
  };
}

async function bytesOf(
  module: string | Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return typeof module === "string"
    ? await assemble(`(module ${module})`)
    : module;
}

/** A directory with `script.json` and `modules`, for the length of a test. */
export async function withSuite(
  modules: Modules,
  commands: readonly Omit<Command, "line">[],
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const { commands: numbered, read } = await makeScript(modules, commands);
  const text = JSON.stringify({ commands: numbered });
  await withFiles(new Map([["a/script.json", text]]), async (url) => {
    const directory = fileURLToPath(url);
    for (const name of Object.keys(modules)) {
      await Deno.writeFile(`${directory}/a/${name}`, read(name));
    }
    await test(directory);
  });
}

/** `module`, of a file. */
export function module(
  filename: string,
  name?: string,
): Omit<Command, "line"> {
  return { type: "module", filename, ...(name !== undefined && { name }) };
}

/** An assertion that calls `field`, and the value it expects. */
export function invoke(
  type: string,
  field: string,
  args: readonly Value[] = [],
  expected?: readonly Value[],
): Omit<Command, "line"> {
  const action = { type: "invoke", field, args };
  return { type, action, ...(expected !== undefined && { expected }) };
}

/** A number. */
export function number(type: string, value: string): Value {
  return { type, value };
}
