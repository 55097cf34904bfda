/**
 * What the bundler says, in our words.
 *
 * @module
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import {
  type Place,
  type Problem,
  problemAt,
  readSource,
  wholeFile,
} from "./problem.ts";

/**
 * Makes a problem of an error or a warning of `Deno.bundle`.
 *
 * The text ends in the place when Deno found the problem, and that is right.
 * Otherwise esbuild did: it counts lines and columns in what Deno made of the
 * source, without types and comments. Then the word that the text is about is
 * looked for in the source, and a place without a line is better than a wrong
 * one.
 *
 * @param entry Absolute path of the file to blame when the bundler names none.
 */
export async function problemOf(
  message: Deno.bundle.Message,
  entry: string,
): Promise<Problem> {
  const { text, place } = readText(message.text);
  // The types say that a missing location is undefined; it is null.
  const location = message.location ?? undefined;
  if (place !== undefined || location === undefined) {
    return await problemAt(reword(text), place ?? wholeFile(entry));
  }
  const file = resolve(location.file);
  const source = await readSource(file) ?? "";
  return await problemAt(reword(text), {
    file,
    ...findSubject(source, text, location),
  });
}

/** The two halves of a text: what it says, and the place that it ends in. */
interface Reading {
  readonly text: string;
  readonly place: Place | undefined;
}

function readText(styled: string): Reading {
  const plain = stripVTControlCharacters(styled);
  const end = /\n +at (\S+):(\d+):(\d+)\s*$/.exec(plain);
  const text = end === null ? plain : plain.slice(0, end.index);
  return {
    text: withoutFrame(text).replace(/^SyntaxError: |\.$/g, ""),
    place: end === null ? undefined : {
      file: pathOf(end[1] ?? ""),
      line: Number(end[2]),
      column: Number(end[3]),
    },
  };
}

/** What the bundler says of its options, which are not the user's. */
const WORDINGS: readonly (readonly [RegExp, string])[] = [
  [
    /^No loader is configured for "(\.\w+)" files: .*$/,
    "Cannot import a $1 file: components import TypeScript, JavaScript, JSON and text",
  ],
  [
    /^The import attribute type of "(\w+)" is unsupported[^]*$/,
    'Cannot import "$1": components import TypeScript, JavaScript, JSON and text',
  ],
  [
    /^The Wasm module could not be parsed[^]*$/,
    "Cannot import WebAssembly: make it a component of its own",
  ],
];

function reword(text: string): string {
  const wording = WORDINGS.find(([pattern]) => pattern.test(text));
  return wording === undefined ? text : text.replace(...wording);
}

// The bundler shows the line in some messages; we show it in all.
function withoutFrame(text: string): string {
  return text.split("\n")
    .filter((line) => !/^ *\d* *\|/.test(line))
    .join("\n")
    .replaceAll(/file:\/\/[^\s"]+/g, pathOf);
}

function pathOf(url: string): string {
  return url.startsWith("file://") ? fileURLToPath(url) : url;
}

type LineAndColumn = Pick<Place, "line" | "column">;

function findSubject(
  source: string,
  text: string,
  location: Deno.bundle.MessageLocation,
): LineAndColumn {
  const quoted = [...text.matchAll(/"([^"]+)"/g)].map(([, word]) => word ?? "");
  const files = [...text.matchAll(/[\w.-]+\.\w+$/gm)].map(([file]) => file);
  for (const word of [...quoted, "await", ...files]) {
    const pattern = patternOf(word, location.length);
    if (pattern === undefined) continue;
    const places = [...source.matchAll(pattern)]
      .filter(([match]) => match.length === location.length)
      .map(({ index }) => placeOf(source, index));
    const place = places.find(({ line }) => line >= location.line) ?? places[0];
    if (place !== undefined) return place;
  }
  return { line: undefined, column: undefined };
}

// The marked text is the word itself, a string that holds it, or one that ends in
// the name of a file.
function patternOf(word: string, length: number): RegExp | undefined {
  const escaped = RegExp.escape(word);
  if (word.length === length) {
    return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, "g");
  }
  if (word.length + 2 === length) {
    return new RegExp(`(["'\`])${escaped}\\1`, "g");
  }
  if (word.length + 2 > length || !word.includes(".")) return undefined;
  return new RegExp(`(["'\`])[^"'\`\\n]*${escaped}\\1`, "g");
}

/** The place of a character of `source`, both 1-based. */
export function placeOf(
  source: string,
  index: number,
): { line: number; column: number } {
  const before = source.slice(0, index).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
