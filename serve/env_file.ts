/**
 * The `.env` file of an app.
 *
 * @module
 */

import { join } from "node:path";
import { EnvFileError, type Position } from "./errors.ts";

/** A variable of an environment. */
export type Variable = readonly [name: string, value: string];

/**
 * Sets the variables of `.env` in `directory` that the process does not have:
 * the real environment wins. Without the file, nothing is done.
 *
 * @returns The names that were set, in file order.
 * @throws {EnvFileError} The file cannot be read, or has a line that is no
 * variable. Nothing was set.
 */
export async function loadEnvFile(
  directory: string,
): Promise<readonly string[]> {
  const path = join(directory, ".env");
  const variables = parseEnvFile(await readText(path), path);
  // Of a name that is there twice, the later one counts.
  const missing = [...new Map(variables)]
    .filter(([name]) => Deno.env.get(name) === undefined);
  for (const [name, value] of missing) Deno.env.set(name, value);
  return missing.map(([name]) => name);
}

/** What became of the variables of a `.env` file that was read again. */
export interface EnvFileChange {
  /** The names that are set because of the file, in file order. */
  readonly names: readonly string[];
  /** The names whose value is another one now, or which are gone or new, sorted. */
  readonly changed: readonly string[];
}

/**
 * Reads the `.env` in `directory` again: sets what is new or different in it, and
 * removes what is there no more. The real environment still wins.
 *
 * @param names Those that the file had set before.
 * @throws {EnvFileError} As {@linkcode loadEnvFile} does. Nothing was changed.
 */
export async function reloadEnvFile(
  directory: string,
  names: readonly string[],
): Promise<EnvFileChange> {
  const path = join(directory, ".env");
  const own = new Set(names);
  const wanted = new Map(
    parseEnvFile(await readText(path), path)
      .filter(([name]) => own.has(name) || Deno.env.get(name) === undefined),
  );
  const gone = names.filter((name) => !wanted.has(name));
  for (const name of gone) Deno.env.delete(name);
  const changed = [...wanted]
    .filter(([name, value]) => Deno.env.get(name) !== value);
  for (const [name, value] of changed) Deno.env.set(name, value);
  return {
    names: [...wanted.keys()],
    changed: [...gone, ...changed.map(([name]) => name)].sort(),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    // The file is optional; one that is there and cannot be read is a problem.
    if (error instanceof Deno.errors.NotFound) return "";
    const hint = error instanceof Error ? error.message : String(error);
    const message = "Cannot read the environment file";
    throw new EnvFileError(path, [{ at: undefined, message, hint }]);
  }
}

/**
 * Parses the text of a `.env` file.
 *
 * A line is empty, a comment (`# …`), or `NAME=value`, perhaps after `export`.
 * A value in single quotes is taken as it is; in double quotes `\n`, `\r`,
 * `\t`, `\"`, `\$` and `\\` are escapes; both may go on over several lines.
 * Without quotes it is trimmed and ends at a `#` after white space. Nothing is
 * substituted: `$` is a character like any other.
 *
 * @param path Where `text` is from, for messages.
 * @returns In file order; a name may be there twice.
 * @throws {EnvFileError} A line is none of these: all such lines are told.
 *
 * @example Three ways to write a value
 * ```ts
 * import { parseEnvFile } from "@rusm/serve";
 * import { deepStrictEqual } from "node:assert";
 *
 * const text = "A=plain # comment\nexport B='as it is'\nC=\"two\\nlines\"\n";
 * deepStrictEqual(parseEnvFile(text, ".env"), [
 *   ["A", "plain"],
 *   ["B", "as it is"],
 *   ["C", "two\nlines"],
 * ]);
 * ```
 */
export function parseEnvFile(text: string, path: string): readonly Variable[] {
  const source = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const statements = [...readStatements(source)];
  const problems = statements
    .filter((statement) => statement.type === "problem")
    .map(({ start, message, hint }) => ({
      at: placeOf(source, start),
      message,
      hint,
    }));
  if (problems.length > 0) throw new EnvFileError(path, problems);
  return statements
    .filter((statement) => statement.type === "variable")
    .map(({ name, value }) => [name, value]);
}

/** What a line, or several of one value, turned out to be. */
type Statement =
  | { readonly type: "nothing" }
  | { readonly type: "variable"; readonly name: string; readonly value: string }
  | {
    readonly type: "problem";
    readonly start: number;
    readonly message: string;
    readonly hint: string;
  };

const NOTHING = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const HEAD = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=/y;
const QUOTED =
  /[ \t]*(?:'([^']*)'|"((?:[^"\\]|\\[^])*)")[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const PLAIN = /(?![ \t]*['"])([^\n]*)(?:\n|$)/y;
const LINE = /[^\n]*(?:\n|$)/y;

function* readStatements(source: string): Generator<Statement> {
  const scanner = new Scanner(source);
  while (!scanner.isAtEnd) yield readStatement(scanner);
}

function readStatement(scanner: Scanner): Statement {
  const start = scanner.offset;
  if (scanner.take(NOTHING)) return { type: "nothing" };
  const name = scanner.take(HEAD)?.[1];
  if (name === undefined) {
    scanner.take(LINE);
    const hint = 'write NAME=value, or put "#" first';
    return { type: "problem", start, message: "Not a variable", hint };
  }
  const value = readValue(scanner);
  if (value !== undefined && !value.includes("\0")) {
    return { type: "variable", name, value };
  }
  if (value === undefined) scanner.take(LINE);
  // The value may be a secret: it is not shown.
  const message = `Cannot read the value of ${name}`;
  const hint = value === undefined
    ? "close the quote, and put nothing but a comment after it"
    : "remove the NUL character";
  return { type: "problem", start, message, hint };
}

function readValue(scanner: Scanner): string | undefined {
  const quoted = scanner.take(QUOTED);
  if (quoted) return quoted[1] ?? unescapeValue(quoted[2] ?? "");
  const plain = scanner.take(PLAIN);
  return plain?.[1]?.replace(/\s#.*$/, "").trim();
}

function unescapeValue(text: string): string {
  return text.replace(/\\([nrt"$\\])/g, (_, char: string) => {
    return ESCAPES[char] ?? char;
  });
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
};

/** A text and how far it was read. */
class Scanner {
  readonly #source: string;
  #offset = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#source.length;
  }

  /** Takes what the sticky `pattern` matches here; nothing moves when it fails. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#source);
    if (match === null) return undefined;
    this.#offset += match[0].length;
    return match;
  }
}

function placeOf(source: string, offset: number): Position {
  return { line: source.slice(0, offset).split("\n").length, column: 1 };
}
