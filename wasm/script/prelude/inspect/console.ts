/**
 * `console`, whose lines go to the node's log.
 *
 * @module
 */

import { OPS } from "../../ops.ts";
import { core } from "../linked.ts";
import { inspect } from "./inspect.ts";
import { tableOf } from "./table.ts";

const { callHost, guestStack } = core;

/** Levels of `OPS.log`. */
const ERROR = 0, WARN = 1, INFO = 2, DEBUG = 3;

/** Spaces before each line: two for each group that is open. */
let indent = "";
const counts = new Map<string, number>();
const startsMs = new Map<string, number>();

/** @see Console Standard. Differs: `clear` does nothing. */
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
  /** Does nothing: a log is not cleared. */
  clear(): void {},
  /** At level info, how often it was called with this label. */
  count(label: unknown = "default"): void {
    const name = `${label}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    write(INFO, [`${name}: ${count}`]);
  },
  /** Counts from 0 again. */
  countReset(label: unknown = "default"): void {
    const name = `${label}`;
    if (!counts.delete(name)) {
      write(WARN, [`Count for '${name}' does not exist`]);
    }
  },
  /** At level debug. */
  debug(...args: unknown[]): void {
    write(DEBUG, args);
  },
  /** At level info, never formatted. */
  dir(value?: unknown): void {
    send(INFO, inspect(value));
  },
  /** At level info, as `log`. */
  dirxml(...args: unknown[]): void {
    write(INFO, args);
  },
  /** At level error. */
  error(...args: unknown[]): void {
    write(ERROR, args);
  },
  /** At level info; what follows is indented. */
  group(...args: unknown[]): void {
    if (args.length > 0) write(INFO, args);
    indent += "  ";
  },
  /** As `group`. */
  groupCollapsed(...args: unknown[]): void {
    console.group(...args);
  },
  /** Undoes one `group`. */
  groupEnd(): void {
    indent = indent.slice(2);
  },
  /** At level info. */
  info(...args: unknown[]): void {
    write(INFO, args);
  },
  /** At level info. */
  log(...args: unknown[]): void {
    write(INFO, args);
  },
  /** At level info, a table of rows; of these columns only, if they are given. */
  table(
    data: unknown = undefined,
    columns: string[] | undefined = undefined,
  ): void {
    const table = tableOf(data, columns);
    if (table === undefined) write(INFO, [data]);
    else send(INFO, table);
  },
  /** Starts a timer. */
  time(label: unknown = "default"): void {
    const name = `${label}`;
    if (startsMs.has(name)) {
      return write(WARN, [`Timer '${name}' already exists`]);
    }
    startsMs.set(name, performance.now());
  },
  /** At level info, the time of a timer, which ends. */
  timeEnd(label: unknown = "default"): void {
    logTime(`${label}`, []);
    startsMs.delete(`${label}`);
  },
  /** At level info, the time of a timer, and what else is given. */
  timeLog(label: unknown = "default", ...args: unknown[]): void {
    logTime(`${label}`, args);
  },
  /** At level debug, with the stack. */
  trace(...args: unknown[]): void {
    send(
      DEBUG,
      `Trace: ${format(args)}\n${guestStack()}`.trimEnd(),
    );
  },
  /** At level warn. */
  warn(...args: unknown[]): void {
    write(WARN, args);
  },
};

Object.defineProperty(console, Symbol.toStringTag, {
  value: "console",
  configurable: true,
});

function write(level: number, args: unknown[]): void {
  send(level, format(args));
}

function send(level: number, text: string): void {
  const indented = indent === ""
    ? text
    : indent + text.replaceAll("\n", `\n${indent}`);
  callHost(OPS.log, level, indented);
}

function logTime(name: string, args: unknown[]): void {
  const startMs = startsMs.get(name);
  if (startMs === undefined) {
    return write(WARN, [`Timer '${name}' does not exist`]);
  }
  const ms = Math.floor(performance.now() - startMs);
  write(INFO, [`${name}: ${ms}ms`, ...args]);
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
