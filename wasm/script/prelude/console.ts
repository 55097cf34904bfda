/**
 * `console`, whose lines go to the node's log.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { callHost, guestStack } from "./host.ts";
import { inspect } from "./inspect.ts";

/** Levels of `OPS.log`. */
const ERROR = 0, WARN = 1, INFO = 2, DEBUG = 3;

/** @see Console Standard. Differs: no groups, counters, timers and tables. */
export const console = {
  /** At level error, when `condition` is false. */
  assert(condition?: unknown, ...args: unknown[]): void {
    if (condition) return;
    const [first, ...rest] = args;
    if (typeof first === "string") {
      write(ERROR, [`Assertion failed: ${first}`, ...rest]);
    } else {write(
        ERROR,
        args.length === 0
          ? ["Assertion failed"]
          : ["Assertion failed:", ...args],
      );}
  },
  /** At level debug. */
  debug(...args: unknown[]): void {
    write(DEBUG, args);
  },
  /** At level info, never formatted. */
  dir(value?: unknown): void {
    callHost(OPS.log, INFO, inspect(value));
  },
  /** At level error. */
  error(...args: unknown[]): void {
    write(ERROR, args);
  },
  /** At level info. */
  info(...args: unknown[]): void {
    write(INFO, args);
  },
  /** At level info. */
  log(...args: unknown[]): void {
    write(INFO, args);
  },
  /** At level debug, with the stack. */
  trace(...args: unknown[]): void {
    callHost(
      OPS.log,
      DEBUG,
      `Trace: ${format(args)}\n${guestStack()}`.trimEnd(),
    );
  },
  /** At level warn. */
  warn(...args: unknown[]): void {
    write(WARN, args);
  },
};

function write(level: number, args: unknown[]): void {
  callHost(OPS.log, level, format(args));
}

/** The Console Standard's "Formatter", and %j as JSON. */
function format(args: unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== "string" || rest.length === 0) {
    return args.map(text).join(" ");
  }
  let used = 0;
  const head = first.replace(/%[sdifoOjc%]/g, (mark) => {
    if (mark === "%%") return "%";
    return used < rest.length ? convert(mark, rest[used++]) : mark;
  });
  return [head, ...rest.slice(used).map(text)].join(" ");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

function convert(mark: string, value: unknown): string {
  switch (mark) {
    case "%s":
      return text(value);
    case "%d":
      return convertNumber(value, Number);
    case "%i":
      return convertNumber(value, parseInt);
    case "%f":
      return convertNumber(value, parseFloat);
    case "%j":
      return JSON.stringify(value) ?? "undefined";
    case "%c":
      return "";
  }
  return inspect(value);
}

function convertNumber(
  value: unknown,
  parse: (text: string) => number,
): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" || typeof value === "symbol"
    ? "NaN"
    : inspect(parse(value as string));
}
