/**
 * Exit reasons: why a process ended.
 *
 * @module
 */

/**
 * Why a process ended.
 *
 * | reason | when |
 * | --- | --- |
 * | `"normal"` | the body returned |
 * | `"shutdown"` | its supervisor or its node stopped it |
 * | `"kill"` | asked for with `exit(pid, "kill")`; arrives as `"killed"` |
 * | `"killed"` | it was killed |
 * | `"noproc"` | it was not alive to begin with |
 * | `"noconnection"` | the scheduler or node it ran on was lost |
 * | {@linkcode Crash} | the body threw |
 * | {@linkcode LimitExceeded} | it went past a limit of its profile |
 * | {@linkcode Exit} | it, or another process, gave a reason of its own |
 *
 * A reason is plain data, so it can cross threads and nodes.
 *
 * @see Erlang `exit reason`. Differs: reasons other than the known words are
 * objects with a `type`.
 */
export type ExitReason =
  | "normal"
  | "shutdown"
  | "kill"
  | "killed"
  | "noproc"
  | "noconnection"
  | Crash
  | LimitExceeded
  | Exit;

/** The body threw. */
export interface Crash {
  /** The tag. */
  readonly type: "crashed";
  /** Class of what was thrown, such as `TypeError`. */
  readonly name: string;
  /** Message of what was thrown; what it prints as when it is no error. */
  readonly message: string;
  /** Stack of what was thrown, when it had one. */
  readonly stack?: string;
}

/** The process went past a limit of its profile and was stopped. */
export interface LimitExceeded {
  /** The tag. */
  readonly type: "limit";
  /** Which limit: CPU time between two waits, memory, or processes and bytes of the machine. */
  readonly limit: "cpu" | "memory" | "system";
  /** The limit and its value, as a sentence. */
  readonly message: string;
}

/** A reason of the program's own. */
export interface Exit {
  /** The tag. */
  readonly type: "exit";
  /** Any plain data. */
  readonly payload: unknown;
}

/**
 * Describes a thrown value as plain data.
 *
 * @example
 * ```ts
 * import { crashOf } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * strictEqual(crashOf(new TypeError("no")).name, "TypeError");
 * strictEqual(crashOf("no").message, "no");
 * ```
 */
export function crashOf(thrown: unknown): Crash {
  if (!isError(thrown)) {
    return { type: "crashed", name: typeof thrown, message: describe(thrown) };
  }
  const crash = {
    type: "crashed",
    name: describe(read(thrown, "name")),
    message: describe(read(thrown, "message")),
  } as const;
  return hasStack(thrown) ? withStack(crash, thrown) : crash;
}

// What is thrown may be hostile, and describing a crash must not crash: the
// prototype of a proxy, a getter and a toString may all throw.
function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

function hasStack(error: Error): boolean {
  try {
    return Object.hasOwn(error, "stack");
  } catch {
    return false;
  }
}

// Formatted when somebody reads it: it costs more than all else of a crash. It
// is the record's own, so that it goes where copies of it go.
function withStack(crash: Crash, error: Error): Crash {
  const { type, name, message } = crash;
  return Object.defineProperty({ type, name, message }, "stack", {
    enumerable: true,
    configurable: true,
    get: () => describe(read(error, "stack")),
  });
}

function read(error: Error, key: "name" | "message" | "stack"): unknown {
  try {
    return error[key];
  } catch {
    return `unreadable ${key}`;
  }
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `unprintable ${typeof value}`;
  }
}

// An object that prints itself as one says nothing.
function describePayload(payload: unknown): string {
  const text = describe(payload);
  if (text !== "[object Object]") return text;
  try {
    return JSON.stringify(payload);
  } catch {
    // It refers to itself, or holds what JSON has not: then this is all there is.
    return text;
  }
}

/** Whether `reason` is anything but `"normal"`. */
export function isAbnormal(reason: ExitReason): boolean {
  return reason !== "normal";
}

/** `reason` on one line, without the stack, for logs and messages. */
export function formatReason(reason: ExitReason): string {
  return formatLines(reason).replaceAll(/\s*[\r\n]\s*/g, " ");
}

function formatLines(reason: ExitReason): string {
  if (typeof reason === "string") return reason;
  switch (reason.type) {
    case "crashed":
      return `crashed: ${reason.name}: ${reason.message}`;
    case "limit":
      return `limit ${reason.limit}: ${reason.message}`;
    case "exit":
      return `exit: ${describePayload(reason.payload)}`;
  }
}
