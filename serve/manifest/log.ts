/**
 * `[log]` of the manifest: how much is logged, and how it looks.
 *
 * @module
 */

import {
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  parseLogLevel,
} from "../log_level.ts";
import { oneOf, readTable, type Report, type Shape, text } from "./fields.ts";
import { suggest } from "./nearest.ts";
import type { TomlNode, TomlTable } from "./toml.ts";

/** What the manifest says of the log. */
export interface LogSettings {
  /** The least important level that is logged; `info` when the manifest does not say. */
  readonly logLevel: LogLevel;
  /** How lines look; `text` when the manifest does not say. */
  readonly logFormat: LogFormat;
}

const LOG = {
  "level": readLevel,
  "format": oneOf(LOG_FORMATS),
} satisfies Shape;

/** Reads `table`, that of `[log]`, if there is one. */
export function readLog(
  table: TomlTable | undefined,
  report: Report,
): LogSettings {
  const log = table && readTable(table, "[log]", LOG, report);
  return {
    logLevel: log?.level?.value ?? "info",
    logFormat: log?.format?.value ?? "text",
  };
}

function readLevel(
  node: TomlNode,
  label: string,
  report: Report,
): LogLevel | undefined {
  const word = text(node, label, report);
  if (word === undefined) return undefined;
  const level = parseLogLevel(word);
  if (level === undefined) {
    const message = `Unknown word for ${label}: ${JSON.stringify(word)}`;
    report(node.at, message, suggest(word.toLowerCase(), LOG_LEVELS, "levels"));
  }
  return level;
}
