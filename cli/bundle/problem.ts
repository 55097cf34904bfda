/**
 * What is wrong with a component, and where.
 *
 * @module
 */

import { shorten, shortenAll } from "../file.ts";
import { type Output, paint } from "../io.ts";

/** A place in a source file. */
export interface Place {
  /** Absolute path, or the URL of a file that is not on this disk. */
  readonly file: string;
  /** 1-based; `undefined` when only the file is known. */
  readonly line: number | undefined;
  /** 1-based, in UTF-16 code units; `undefined` when only the line is known. */
  readonly column: number | undefined;
}

/** One thing that is wrong with a component. */
export interface Problem {
  /** Without a full stop. More lines, such as a stack, are shown as they are. */
  readonly text: string;
  /** Where it is. */
  readonly place: Place;
  /** The source at `place.line`; `undefined` when it cannot be shown. */
  readonly source: string | undefined;
}

/** The place of what is wrong with a file as a whole. */
export function wholeFile(file: string): Place {
  return { file, line: undefined, column: undefined };
}

/** A longer line is generated code, which says nothing to a reader. */
const SOURCE_CHARACTERS_MAX = 200;

/**
 * Reads the line that `place` is about, to make a problem of it.
 *
 * A file that cannot be read is no reason to lose the problem.
 */
export async function problemAt(
  text: string,
  place: Place,
): Promise<Problem> {
  if (place.line === undefined) return { text, place, source: undefined };
  const content = await readSource(place.file);
  const source = content?.split("\n")[place.line - 1];
  const isShown = source !== undefined &&
    source.length <= SOURCE_CHARACTERS_MAX;
  return { text, place, source: isShown ? source : undefined };
}

/** The text of a source file; `undefined` when it is not on this disk. */
export async function readSource(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch {
    // It only illustrates a problem that is being reported.
    return undefined;
  }
}

/**
 * Words a problem as compilers do, `file:line:column: text`, with the line of
 * source below and a mark below that.
 */
export function formatProblem(
  { text, place, source }: Problem,
  cwd: string,
  output: Output,
): string {
  const { file, line, column } = place;
  const at = formatPlace({ file: shorten(file, cwd), line, column });
  const [first, ...rest] = shortenAll(text, cwd).split("\n");
  const frame = source === undefined || line === undefined
    ? []
    : frameOf(source, line, column);
  return [`${paint(output, "cyan", at)}: ${first}`, ...frame, ...rest]
    .join("\n");
}

/** A place as compilers print it: `api/index.ts:3:14`, as far as it is known. */
export function formatPlace({ file, line, column }: Place): string {
  const numbers = [line, column].filter((number) => number !== undefined);
  return [file, ...numbers].join(":");
}

function frameOf(
  source: string,
  line: number,
  column: number | undefined,
): string[] {
  const margin = String(line).length;
  const shown = `  ${line} | ${source}`;
  if (column === undefined) return [shown];
  // Tabs are kept, so that the mark stands where the reader's terminal puts it.
  const indent = source.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
  return [shown, `  ${" ".repeat(margin)} | ${indent}^`];
}
