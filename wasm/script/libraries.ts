/**
 * The libraries of the prelude: compiled once, and evaluated where a component
 * needs them.
 *
 * In every image they would double it, and each process copies its image.
 *
 * @module
 */

import { LIBRARIES, type LibraryName } from "./ops.ts";
import { LIBRARY_SCRIPTS } from "./prelude.gen.ts";

/** Bytecode of each library, in shared memory. */
export type LibraryCode = Readonly<Record<LibraryName, Uint8Array>>;

const NAMES = Object.keys(LIBRARIES) as LibraryName[];

/** Compiles all libraries, one after the other. */
export async function compileLibraries(
  compile: (code: string) => Promise<Uint8Array>,
): Promise<LibraryCode> {
  const code: Partial<Record<LibraryName, Uint8Array>> = {};
  for (const name of NAMES) {
    const bytes = await compile(LIBRARY_SCRIPTS[name]!);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    code[name] = shared;
  }
  return code as LibraryCode;
}

/**
 * The bytecode of one library.
 *
 * @throws {TypeError} There is no such library.
 */
export function libraryCode(code: LibraryCode, name: string): Uint8Array {
  if (Object.hasOwn(code, name)) return code[name as LibraryName];
  throw new TypeError(`Cannot find a library of this name: ${name}`);
}

// What in the text of a component, besides the globals, tells of a need.
const MEMBERS: Partial<Record<LibraryName, RegExp>> = {
  streams: /\.\s*(body\b(?!\s*[:=])|getReader\b|pipeT|stream\s*\()/,
  forms: /\.\s*(blob|formData)\s*\(/,
  subtle: /\bsubtle\b/,
  events: /\.\s*signal\b/,
};

/**
 * The libraries that a component seems to need. One too many costs memory, one
 * too few the time to evaluate it in each process that needs it.
 */
export function librariesOf(bundle: string): LibraryName[] {
  const words = new Set(bundle.match(/\w+/g));
  return NAMES.filter((name) =>
    MEMBERS[name]?.test(bundle) ||
    LIBRARIES[name].some((global) => words.has(global))
  );
}
