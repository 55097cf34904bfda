/**
 * Builds a guest: a core module first, and a component of it.
 *
 * @module
 */

import type { Guest } from "./guests.ts";
import { HERE } from "./paths.ts";
import { findRustc, type Ran, run, runScript, RUST_TARGET } from "./tools.ts";

const FREESTANDING = [
  ...["--target=wasm32", "-ffreestanding", "-fno-builtin", "-nostdlib"],
  "-Wl,--no-entry,--gc-sections,-z,stack-size=16384,--stack-first",
];
const WITH_LIBC = ["--target=wasm32-wasi"];
const C = ["-std=gnu11", "-Oz", "-Wall", "-Wextra", "-Werror"];

/** A guest did not build. */
export class BuildFailed extends Error {
  override readonly name = "BuildFailed";
}

/**
 * Builds a guest.
 *
 * @throws {BuildFailed} With what the compiler says, when it refuses.
 */
export async function build(guest: Guest): Promise<Uint8Array<ArrayBuffer>> {
  const { sources: [first = ""] } = guest;
  if (first.endsWith(".wat")) {
    return await componentOf(guest, { text: await textOf(first) });
  }
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/core.wasm`;
    await compile(guest, path);
    const core = await Deno.readFile(path);
    return await componentOf(guest, { core: core.toBase64() });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function compile(guest: Guest, output: string): Promise<void> {
  const [first = ""] = guest.sources;
  if (first.endsWith(".c")) return await compileC(guest, output);
  if (first.endsWith(".rs")) return await compileRust(guest, output);
  return await compileAssemblyScript(guest, output);
}

async function compileC(guest: Guest, output: string): Promise<void> {
  const { sources, flags, adapter } = guest;
  const target = adapter ? WITH_LIBC : FREESTANDING;
  const linking = "-Wl,--strip-all,--fatal-warnings";
  const args = [...target, ...C, linking, ...flags, ...sources, "-o", output];
  outputOf(guest, await run("clang", args, { cwd: HERE }));
}

async function compileRust(guest: Guest, output: string): Promise<void> {
  const program = await findRustc() ?? "rustc";
  const args = [
    ...["--target", RUST_TARGET, "--crate-type", "cdylib", "--edition", "2021"],
    ...[
      "-C",
      "opt-level=z",
      "-C",
      "lto",
      "-C",
      "panic=abort",
      "-C",
      "strip=symbols",
    ],
    ...["-D", "warnings", ...guest.flags, ...guest.sources, "-o", output],
  ];
  outputOf(guest, await run(program, args, { cwd: HERE }));
}

async function compileAssemblyScript(
  guest: Guest,
  output: string,
): Promise<void> {
  const { sources, flags } = guest;
  const paths = sources.map((source) => new URL(source, HERE).pathname);
  const args = [...paths, "-Oz", "--noAssert", ...flags, "-o", output];
  const asc = "node_modules/assemblyscript/bin/asc.js";
  outputOf(guest, await runScript(asc, args));
}

async function componentOf(
  guest: Guest,
  module: { readonly core: string } | { readonly text: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const { world, encoding, adapter } = guest;
  const wit = await Promise.all(guest.wit.map(textOf));
  const asked = JSON.stringify({ ...module, wit, world, encoding, adapter });
  return outputOf(guest, await runScript("componentize.mjs", [], asked));
}

function textOf(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, HERE));
}

function outputOf(
  { name }: Guest,
  ran: Ran | undefined,
): Uint8Array<ArrayBuffer> {
  if (ran?.success) return ran.output;
  throw new BuildFailed(
    `Cannot build ${name}: ${ran?.errors ?? "no compiler"}`,
  );
}
