/**
 * The compilers, and whether they are here.
 *
 * @module
 */

import type { Guest } from "./guests.ts";
import { TOOLS } from "./paths.ts";

/** A program that building needs. */
export interface Tool {
  /** What it is called in the record. */
  readonly name: string;
  /** How to come by it. */
  readonly hint: string;
  /** Its version. Undefined when it is not here. */
  readonly version: () => Promise<string | undefined>;
}

/** What ran, and what it wrote. */
export interface Ran {
  /** Whether it ended with 0. */
  readonly success: boolean;
  /** What it wrote to standard output. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** Runs a program with some input. Undefined when there is no such program. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: URL; readonly input?: string } = {},
): Promise<Ran | undefined> {
  const { cwd, input = "" } = options;
  const command = new Deno.Command(program, {
    args: [...args],
    ...(cwd && { cwd }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  try {
    const child = command.spawn();
    const writing = new Blob([input]).stream().pipeTo(child.stdin).catch(
      expectBroken,
    );
    const [ended] = await Promise.all([child.output(), writing]);
    const errors = new TextDecoder().decode(ended.stderr);
    return { success: ended.success, output: ended.stdout, errors };
  } catch (error) {
    // Not here: whoever asked says what is missing.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A program that ends before it has read its input says itself what is wrong. */
function expectBroken(error: unknown): void {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}

/** Runs a script of what npm installed, or the one of our own. */
export function runScript(
  path: string,
  args: readonly string[],
  input = "",
): Promise<Ran | undefined> {
  const options = ["run", "-A", "--no-config", "--node-modules-dir=manual"];
  return run(Deno.execPath(), [...options, path, ...args], {
    cwd: TOOLS,
    input,
  });
}

async function versionOf(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  const ran = await run(program, args);
  if (!ran?.success) return undefined;
  return /\d+\.\d+\.\d+/.exec(new TextDecoder().decode(ran.output))?.[0];
}

async function versionOfPackage(name: string): Promise<string | undefined> {
  const path = new URL(`node_modules/${name}/package.json`, TOOLS);
  try {
    return JSON.parse(await Deno.readTextFile(path)).version;
  } catch (error) {
    // Not installed, and nobody has to.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The program that compiles Rust: the first that has the target. */
export async function findRustc(): Promise<string | undefined> {
  for (const program of ["rustc", "/usr/bin/rustc"]) {
    const args = ["--target", RUST_TARGET, "--print", "target-libdir"];
    const ran = await run(program, args);
    if (!ran?.success) continue;
    const path = new TextDecoder().decode(ran.output).trim();
    if (await exists(path)) return program;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    // That is what is asked.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What Rust is compiled for. */
export const RUST_TARGET = "wasm32-wasi";

const CLANG: Tool = {
  name: "clang",
  hint: "the Debian package clang",
  version: () => versionOf("clang", ["--version"]),
};

const LINKER: Tool = {
  name: "wasm-ld",
  hint: "the Debian package lld",
  version: () => versionOf("wasm-ld", ["--version"]),
};

const LIBC: Tool = {
  name: "wasi-libc",
  hint: "the Debian packages wasi-libc and libclang-rt-14-dev-wasm32",
  version: async () => {
    const args = ["-W", "-f", "${Version}", "wasi-libc"];
    const ran = await run("dpkg-query", args);
    return ran?.success ? new TextDecoder().decode(ran.output) : undefined;
  },
};

const RUSTC: Tool = {
  name: "rustc",
  hint: "the Debian packages rustc and libstd-rust-dev-wasm32",
  version: async () => {
    const program = await findRustc();
    return program && await versionOf(program, ["--version"]);
  },
};

const ASC: Tool = {
  name: "assemblyscript",
  hint: "npm ci in tests/guests/tools",
  version: () => versionOfPackage("assemblyscript"),
};

const JCO: Tool = {
  name: "jco",
  hint: "npm ci in tests/guests/tools",
  version: () => versionOfPackage("@bytecodealliance/jco"),
};

/** What a guest is built with, compilers first. */
export function toolsOf({ sources, adapter }: Guest): readonly Tool[] {
  const [first = ""] = sources;
  if (first.endsWith(".rs")) return [RUSTC, JCO];
  if (first.endsWith(".ts")) return [ASC, JCO];
  if (first.endsWith(".wat")) return [JCO];
  return adapter ? [CLANG, LINKER, LIBC, JCO] : [CLANG, LINKER, JCO];
}
