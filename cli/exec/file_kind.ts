/**
 * What a file is that was taken for a WebAssembly program.
 *
 * @module
 */

/** Why a file is no program that can be run. */
export interface Objection {
  /** What it is, with its article: `a directory`. */
  readonly what: string;
  /** What can be done; a line each. */
  readonly hints: readonly string[];
}

/** What all WebAssembly begins with: `\0asm`. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

const MODULE_VERSION = [0x01, 0x00, 0x00, 0x00];

/** The layer, in the last two bytes, tells a component from a module. */
const COMPONENT_LAYER = [0x01, 0x00];

const BUILD_HINT =
  "Build it for wasm32-wasip1: --target wasm32-wasip1 in Rust, GOOS=wasip1 in Go.";

/** The beginnings of what else is found under such names. */
const BEGINNINGS: readonly (readonly [readonly number[], string])[] = [
  [[0x7f, 0x45, 0x4c, 0x46], "a native program"],
  [[0x1f, 0x8b], "a compressed file"],
  [[0x50, 0x4b, 0x03, 0x04], "an archive"],
];

/** Blanks and comments, each in one way alone, so that no text takes long. */
const MODULE_TEXT =
  /^(?:\s|;;[^\n]*\n|\(;(?:(?!;\))[^])*;\))*\((?:module|component)\b/;

/** Bytes that a file's being text is told from. */
const SAMPLE_BYTES = 1024;

/** Whether `bytes` begin as a component does, of any version. Pure. */
export function isComponent(bytes: Uint8Array): boolean {
  return startsWith(bytes, MAGIC) &&
    startsWith(bytes.subarray(6), COMPONENT_LAYER);
}

/** Why `bytes` is no module or component; `undefined` when it looks like one. Pure. */
export function objectionTo(bytes: Uint8Array): Objection | undefined {
  if (bytes.length === 0) return { what: "an empty file", hints: [] };
  if (startsWith(bytes, MAGIC)) return objectionToVersion(bytes.subarray(4, 8));
  const beginning = BEGINNINGS.find(([start]) => startsWith(bytes, start));
  if (beginning !== undefined) {
    return { what: beginning[1], hints: [BUILD_HINT] };
  }
  const text = textOf(bytes);
  return text === undefined
    ? { what: "what is no WebAssembly", hints: [BUILD_HINT] }
    : objectionToText(text);
}

function objectionToVersion(version: Uint8Array): Objection | undefined {
  if (startsWith(version, MODULE_VERSION)) return undefined;
  if (startsWith(version.subarray(2), COMPONENT_LAYER)) return undefined;
  const shown = version.toHex().replaceAll(/..(?=.)/g, "$& ");
  return {
    what: `WebAssembly of an unknown version (${shown || "cut off"})`,
    hints: [],
  };
}

function objectionToText(text: string): Objection {
  if (MODULE_TEXT.test(text)) {
    return {
      what: "WebAssembly in text form",
      hints: ["Make it binary first: wat2wasm, or wasm-tools parse."],
    };
  }
  return { what: "text", hints: [BUILD_HINT] };
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    // As a stream: the sample may end inside a character.
    const text = new TextDecoder("utf-8", { fatal: true })
      .decode(bytes.subarray(0, SAMPLE_BYTES), { stream: true });
    return text.includes("\0") ? undefined : text;
  } catch {
    // Bytes that are no UTF-8 are an answer here.
    return undefined;
  }
}
