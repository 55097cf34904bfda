/**
 * The variables of a program.
 *
 * @module
 */

import { UsageError } from "../errors.ts";

/** Variables, by where their values come from. No name is in both. */
export interface Variables {
  /** Those that come with a value. */
  readonly given: Readonly<Record<string, string>>;
  /** Names of those whose values are the caller's. */
  readonly inherited: readonly string[];
}

/**
 * Reads `NAME=VALUE` and `NAME`. Of two words for one name the last counts.
 *
 * @throws {UsageError} A name is empty.
 */
export function readVariables(words: readonly string[]): Variables {
  const values = new Map(words.map(readVariable));
  const entries = [...values];
  return {
    given: Object.fromEntries(
      entries.filter((entry): entry is [string, string] =>
        entry[1] !== undefined
      ),
    ),
    inherited: entries.filter(([, value]) => value === undefined)
      .map(([name]) => name),
  };
}

function readVariable(word: string): [name: string, value: string | undefined] {
  const end = word.indexOf("=");
  const name = end === -1 ? word : word.slice(0, end);
  if (name === "") throw new UsageError(`Missing NAME in --env: ${word}`);
  return [name, end === -1 ? undefined : word.slice(end + 1)];
}
