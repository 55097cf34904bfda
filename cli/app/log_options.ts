/**
 * What the command line says of the log.
 *
 * @module
 */

import {
  LOG_FORMATS,
  LOG_LEVELS,
  type LogSettings,
  parseLogLevel,
} from "@rusm/serve";
import type { Arguments } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { suggest } from "../nearest.ts";

/**
 * Reads `--log-level` and `--log-format`, which go before what a manifest says.
 *
 * @returns What was given, and nothing else.
 * @throws {UsageError} A word is unknown.
 */
export function logOptionsOf(
  { values }: Pick<Arguments, "values">,
): Partial<LogSettings> {
  const level = values.get("log-level");
  const format = values.get("log-format");
  return {
    ...level === undefined ? {} : { logLevel: readLevel(level) },
    ...format === undefined ? {} : { logFormat: readFormat(format) },
  };
}

function readLevel(word: string): LogSettings["logLevel"] {
  const level = parseLogLevel(word);
  if (level !== undefined) return level;
  throw unknownWord("log level", word, LOG_LEVELS);
}

function readFormat(word: string): LogSettings["logFormat"] {
  const format = LOG_FORMATS.find((format) => format === word);
  if (format !== undefined) return format;
  throw unknownWord("log format", word, LOG_FORMATS);
}

function unknownWord(
  what: string,
  word: string,
  words: readonly string[],
): UsageError {
  const hint = suggest(word, words, `${what}s`);
  return new UsageError(`Unknown ${what} "${word}": ${hint}`);
}
