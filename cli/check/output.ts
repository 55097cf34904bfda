/**
 * What `deno check` says, as problems.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type Place, type Problem, problemAt } from "../bundle/problem.ts";

/** A line that ends what is said of one place. */
const AT = /^ *at (file:\S+):(\d+):(\d+)$/;

/** The start of what is wrong with one place. */
const START = /^TS(\d+) \[ERROR\]: /;

/** A line that marks what the line before it shows. */
const MARK = /^ *[~^]+ *$/;

/** A line that says nothing, or shows a line of a file. */
const FRAME = /^\s*$|^ *\d* *\|/;

/** What Deno advises that a component cannot do. */
const ADVICE =
  / (?:Do you need to change your target library\?|Try `npm i)[^]*$/;

/**
 * Reads what `deno check` has printed, without colours, when it found something.
 *
 * @returns In its order; none when it says nothing of any place.
 */
export async function problemsIn(printed: string): Promise<Problem[]> {
  const parts = partsOf(printed.split("\n"));
  const found = parts.map((lines) => readPart(lines));
  return await Promise.all(
    found.filter((each) => each !== undefined)
      .map(({ text, place }) => problemAt(text, place)),
  );
}

/** What is said of one place; or all, when it is one failure. */
function partsOf(lines: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (const line of lines) {
    const isStart = START.test(line) || line.startsWith("error: ");
    if (isStart) parts.push([line]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

function readPart(
  lines: readonly string[],
): { text: string; place: Place } | undefined {
  const end = lines.findIndex((line) => AT.test(line));
  const [, url, line, column] = AT.exec(lines[end] ?? "") ?? [];
  if (url === undefined) return undefined;
  const place = {
    ...{ file: fileURLToPath(url), line: Number(line) },
    column: Number(column),
  };
  return { text: wordPart(lines.slice(0, end)), place };
}

function wordPart(lines: readonly string[]): string {
  const mark = lines.findIndex((line) => MARK.test(line));
  // The line that is marked is shown for all problems alike.
  const said = mark === -1 ? lines : lines.slice(0, mark - 1);
  const [first = "", ...rest] = said.filter((line) => !FRAME.test(line));
  const code = START.exec(first)?.[1];
  const text = first.replace(
    /^TS\d+ \[ERROR\]: |^error: (?:SyntaxError: )?/,
    "",
  )
    .replace(ADVICE, "")
    .replace(/\.$/, "");
  const named = code === undefined ? text : `${text} (TS${code})`;
  return [named, ...rest].join("\n");
}
