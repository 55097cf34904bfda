/**
 * Code that a template was given, as it can be loaded.
 *
 * @module
 */

import { isComponent } from "../component/decode.ts";
import { componentEntries, hasEntry } from "../component/entries.ts";
import type { Template } from "./template.ts";

/** What is loaded for a template. */
export type DynamicCode =
  | { readonly type: "script"; readonly bundle: string }
  | {
    readonly type: "wasm";
    readonly bytes: Uint8Array<ArrayBuffer>;
    /** What its processes call first. */
    readonly entry: string;
  };

/** What a command exports, whatever the version. */
const COMMAND = "wasi:cli/run#run";
/** The same of preview 1. */
const START = "_start";

/** How binaries begin: `\0asm`. */
const MAGIC = [0, 0x61, 0x73, 0x6d];

/** How a line of an ES module begins. */
const MODULE_SYNTAX = /^\s*(import\b(?!\s*[(.])|export\b)/m;

/**
 * Looks whether `bytes` are what `template` takes.
 *
 * @throws {Error} They are not: a sentence says why.
 */
export async function readCode(
  template: Template,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<DynamicCode> {
  const isBinary = MAGIC.every((byte, index) => bytes[index] === byte);
  if (template.kind === "js") return readScript(bytes, isBinary);
  if (!isBinary) {
    throw new Error(
      "Cannot take what is no WebAssembly in binary form: text must be assembled first, and an `inline:` source is text",
    );
  }
  const entries = await entriesOf(bytes);
  return { type: "wasm", bytes, entry: entryOf(template, entries, bytes) };
}

function readScript(
  bytes: Uint8Array<ArrayBuffer>,
  isBinary: boolean,
): DynamicCode {
  if (isBinary) throw new Error("Cannot take WebAssembly for JavaScript");
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    return { type: "script", bundle: decoder.decode(bytes) };
  } catch {
    // Which byte it is, nobody knows.
    throw new Error("Cannot take JavaScript that is not UTF-8");
  }
}

async function entriesOf(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  if (isComponent(bytes)) return componentEntries(bytes);
  const module = await WebAssembly.compile(bytes);
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === "function")
    .map(({ name }) => name);
}

function entryOf(
  { name, kind, entry = "run" }: Template,
  entries: readonly string[],
  bytes: Uint8Array<ArrayBuffer>,
): string {
  if (kind === "wasm") {
    if (hasEntry(entries, entry)) return entry;
    throw new Error(`Cannot begin with what is not exported: ${entry}`);
  }
  const [wanted, called] = isComponent(bytes)
    ? [COMMAND, "run"]
    : [START, START];
  if (hasEntry(entries, wanted)) return called;
  throw new NoCommand(
    `\`${name}\` source is not a wasi:cli command: it does not export ${wanted}`,
  );
}

/** Code is no command. The message is a whole sentence for the guest. */
export class NoCommand extends Error {}

/** What there is to say besides the error of a script that could not be evaluated; empty when nothing. */
export function hintOf(bundle: string, message: string): string {
  const isModule = message.includes("SyntaxError") &&
    MODULE_SYNTAX.test(bundle);
  return isModule
    ? "; it is an ES module, and the node takes one CommonJS script: bundle it first, as `rusm build` does"
    : "";
}
