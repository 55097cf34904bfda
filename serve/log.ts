/**
 * The log of a node: its own lines, those of its guests, and its access log.
 *
 * @module
 */

import { formatJson } from "./log_json.ts";
import {
  type LineLevel,
  LOG_RANKS,
  type LogFormat,
  type LogLevel,
} from "./log_level.ts";
import { formatLine } from "./log_line.ts";
import {
  type Access,
  levelOf,
  type LifecycleEvent,
  type LogRecord,
  type PidText,
} from "./log_record.ts";
import { wordLine } from "./log_text.ts";

export {
  type LineLevel,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  parseLogLevel,
} from "./log_level.ts";
export {
  type Access,
  type Census,
  type GaveUp,
  type LifecycleEvent,
  type Listen,
  type PidText,
  pidText,
  type ProcessExit,
  type RestartEvent,
  type Spawn,
  type StoreOpened,
} from "./log_record.ts";

/**
 * Where a node writes what happens.
 *
 * No method throws because of what it is given, and no text, whoever chose it,
 * can pass for a line of another writer. A line that is not written costs one
 * comparison.
 */
export interface Log {
  /** The least important level that is written. */
  readonly level: LogLevel;
  /** Whether lines of `level` are written: ask before costly preparations. */
  allows(level: LineLevel): boolean;
  /** Writes a line of the node. */
  error(text: string): void;
  /** Writes a line of the node. */
  warn(text: string): void;
  /** Writes a line of the node. */
  info(text: string): void;
  /** Writes a line of the node. */
  debug(text: string): void;
  /** Writes what has become of a process or of the node, at the level of the event. */
  lifecycle(event: LifecycleEvent): void;
  /** Writes what a process logs. In text, lines after the first are marked. */
  guest(component: string, pid: PidText, level: LineLevel, text: string): void;
  /** Writes that a request was answered, at level `info`. */
  access(access: Access): void;
}

/** Takes one line, with its line end, or several that belong together. */
export type LogSink = (text: string) => void;

/** Options of {@linkcode createLog}. */
export interface LogOptions {
  /** The least important level that is written, or what it is now. */
  readonly level: LogLevel | (() => LogLevel);
  /** How lines look; `text` when absent. */
  readonly format?: LogFormat;
  /** Called once per record, in order, before the method that writes it returns. */
  readonly sink: LogSink;
  /** Whether text is coloured; by default it is not. */
  readonly isColored?: boolean;
  /** Milliseconds since 1970; the system's clock by default. */
  readonly now?: () => number;
}

/**
 * Makes a log that writes to `options.sink`.
 *
 * @example Two lines
 * ```ts
 * import { createLog } from "@rusm/serve";
 * import { deepStrictEqual } from "node:assert";
 *
 * const lines: string[] = [];
 * const log = createLog({
 *   level: "info",
 *   sink: (text) => lines.push(text),
 *   now: () => 0,
 * });
 * log.access({ type: "http", method: "GET", path: "/users?page=2", status: 200 });
 * log.guest("api", 7, "warn", "slow");
 * log.debug("not written");
 * deepStrictEqual(lines, [
 *   "00:00:00 rusm           http   GET /users?page=2 → 200\n",
 *   "00:00:00 api#7          warn   slow\n",
 * ]);
 * ```
 *
 * @example The same for programs
 * ```ts
 * import { createLog } from "@rusm/serve";
 * import { deepStrictEqual } from "node:assert";
 *
 * const lines: string[] = [];
 * const log = createLog({
 *   level: "info",
 *   format: "json",
 *   sink: (text) => lines.push(text),
 *   now: () => 0,
 * });
 * log.guest("api", 7, "warn", "slow");
 * deepStrictEqual(JSON.parse(lines[0]!), {
 *   ts: "1970-01-01T00:00:00.000Z",
 *   level: "warn",
 *   kind: "guest",
 *   component: "api",
 *   pid: "7",
 *   text: "slow",
 * });
 * ```
 */
export function createLog(options: LogOptions): Log {
  const { level, sink, format = "text", isColored = false } = options;
  const { now = Date.now } = options;
  function levelNow(): LogLevel {
    return typeof level === "function" ? level() : level;
  }
  const formatted = format === "json"
    ? formatJson
    : (record: LogRecord, atMs: number) =>
      formatLine(wordLine(record, atMs), isColored);
  function allows(lineLevel: LineLevel): boolean {
    return LOG_RANKS[lineLevel] <= LOG_RANKS[levelNow()];
  }
  function write(record: LogRecord): void {
    sink(formatted(record, now()));
  }
  function own(lineLevel: LineLevel): (text: string) => void {
    return (text) => {
      if (allows(lineLevel)) write({ type: "node", level: lineLevel, text });
    };
  }
  return {
    // deno-lint-ignore rusm/no-literal-accessor -- one for each log
    get level() {
      return levelNow();
    },
    allows,
    error: own("error"),
    warn: own("warn"),
    info: own("info"),
    debug: own("debug"),
    lifecycle(event) {
      if (levelNow() !== "off" && allows(levelOf(event))) write(event);
    },
    guest(component, pid, lineLevel, text) {
      if (!allows(lineLevel)) return;
      write({ type: "guest", component, pid, level: lineLevel, text });
    },
    access(access) {
      if (allows("info")) write(access);
    },
  };
}
