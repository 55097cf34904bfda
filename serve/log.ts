/**
 * The log of a node: its own lines, those of its guests, and its access log.
 *
 * @module
 */

import { type ExitReason, formatReason, type Pid } from "@rusm/otp";
import type { Capability } from "@rusm/wasm";
import {
  formatLine,
  type LineLevel,
  LOG_LEVELS,
  type LogLevel,
  type Tone,
  type Word,
} from "./log_line.ts";
import { summarize } from "./capability_summary.ts";

export { type LineLevel, LOG_LEVELS, type LogLevel } from "./log_line.ts";

/**
 * Where a node writes what happens.
 *
 * No method throws because of what it is given, and no text, whoever chose it,
 * can pass for a line of another writer.
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
  /** Writes that a process began or ended, at the level of the event. */
  lifecycle(event: LifecycleEvent): void;
  /** Writes what a process logs. Lines after the first are indented. */
  guest(component: string, pid: PidText, level: LineLevel, text: string): void;
  /** Writes that a request was answered, at level `info`. */
  access(method: string, path: string, status: number): void;
}

/** A pid, as anything that prints as one. */
export type PidText = string | number | bigint;

/** The text of a pid, in lines and tables: `0.1.42`. */
export function pidText({ node, scheduler, serial }: Pid): string {
  return `${node}.${scheduler}.${serial}`;
}

/** The begin or the end of a process. */
export type LifecycleEvent =
  /** Level `debug`. */
  | {
    readonly type: "spawn";
    /** Name of its component. */
    readonly component: string;
    /** Its pid. */
    readonly pid: PidText;
    /** What it may do. */
    readonly capability: Capability;
  }
  /** Level `info` when normal or a shutdown, `error` when it crashed or went past a limit, else `warn`. A stack follows on lines of its own. */
  | {
    readonly type: "exit";
    /** Name of its component. */
    readonly component: string;
    /** Its pid. */
    readonly pid: PidText;
    /** Why it ended. */
    readonly reason: ExitReason;
  };

/** Takes one line, with its line end, or several that belong together. */
export type LogSink = (text: string) => void;

/** Options of {@linkcode createLog}. */
export interface LogOptions {
  /** The least important level that is written. */
  readonly level: LogLevel;
  /** Called once per line, in order, before the method that writes it returns. */
  readonly sink: LogSink;
  /** Whether lines are coloured; by default they are not. */
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
 * log.access("GET", "/users?page=2", 200);
 * log.guest("api", 7, "warn", "slow");
 * log.debug("not written");
 * deepStrictEqual(lines, [
 *   "00:00:00 rusm           http   GET /users?page=2 → 200\n",
 *   "00:00:00 api#7          warn   slow\n",
 * ]);
 * ```
 */
export function createLog(options: LogOptions): Log {
  const { level, sink, isColored = false, now = Date.now } = options;
  function allows(lineLevel: LineLevel): boolean {
    return LOG_LEVELS.indexOf(lineLevel) <= LOG_LEVELS.indexOf(level);
  }
  function write(who: string, action: string, words: readonly Word[]): void {
    sink(formatLine({ atMs: now(), who, action, words }, isColored));
  }
  function own(lineLevel: LineLevel): (text: string) => void {
    return (text) => {
      if (allows(lineLevel)) write(NODE, lineLevel, [{ text }]);
    };
  }
  return {
    level,
    allows,
    error: own("error"),
    warn: own("warn"),
    info: own("info"),
    debug: own("debug"),
    lifecycle(event) {
      if (allows(levelOf(event))) write(NODE, event.type, wordsOf(event));
    },
    guest(component, pid, lineLevel, text) {
      const who = `${component.slice(0, NAME_WIDTH)}#${pid}`;
      if (allows(lineLevel)) write(who, lineLevel, [{ text }]);
    },
    access(method, path, status) {
      const words = [{ text: `${method} ${path} →` }, statusWord(status)];
      if (allows("info")) write(NODE, "http", words);
    },
  };
}

/** Who speaks when it is not a guest. */
const NODE = "rusm";

/** What is left of a component's name in front of its pid. */
const NAME_WIDTH = 10;

function levelOf(event: LifecycleEvent): LineLevel {
  if (event.type === "spawn") return "debug";
  if (event.reason === "normal" || event.reason === "shutdown") return "info";
  return typeof event.reason === "string" ? "warn" : "error";
}

function wordsOf(event: LifecycleEvent): readonly Word[] {
  const label = { text: `${event.component}#${event.pid}` };
  if (event.type === "spawn") {
    return [label, { text: summarize(event.capability) }];
  }
  const level = levelOf(event);
  const reason: Word = {
    text: describeReason(event.reason),
    tone: level === "info" || level === "debug" ? "ok" : level,
  };
  return [label, reason];
}

function describeReason(reason: ExitReason): string {
  const text = formatReason(reason);
  if (typeof reason === "string" || reason.type !== "crashed") return text;
  return reason.stack ? `${text}\n${reason.stack.trimEnd()}` : text;
}

function statusWord(status: number): Word {
  return { text: String(status), tone: toneOf(status) };
}

function toneOf(status: number): Tone {
  if (status >= 500) return "error";
  return status >= 400 ? "warn" : "ok";
}
