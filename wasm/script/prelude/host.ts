/**
 * The way out of the guest.
 *
 * Guest code may replace every prototype method, and it must still not get
 * hold of `__host`. So `host` is only ever called, by name: it is never an
 * argument, a receiver or a property, and no closure that calls it is handed
 * to anything that guest code can replace.
 *
 * @module
 */

import { type Host, type HostValue, PRELUDE_FILE } from "../ops.ts";

const scope = globalThis as unknown as { __host?: Host };
const host = scope.__host as Host;
delete scope.__host;

const { apply } = Reflect;
const { toWellFormed } = String.prototype;

// Its call sites have a getFunction(), which would hand out every function on
// the stack, `host` among them.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;

// Frames of the prelude count too, and are taken out later.
Error.stackTraceLimit = 32;

/**
 * Asks the host for one operation of `OPS`.
 *
 * @param operation A number of `OPS`; the rest is listed there. In text, a
 * lone surrogate becomes U+FFFD: what crosses is UTF-8.
 * @returns The operation's result.
 * @throws {Error} What the host refused, as an error of the guest.
 */
export function callHost(
  operation: number,
  first?: HostValue,
  second?: HostValue,
  third?: HostValue,
  fourth?: HostValue,
): HostValue {
  try {
    return host(
      operation,
      wellFormed(first),
      wellFormed(second),
      wellFormed(third),
      wellFormed(fourth),
    );
  } catch (error) {
    // Only name and message cross: the host's own error has the host's stack.
    const { name, message } = error as Error;
    throw makeError(name, message);
  }
}

function wellFormed(value: HostValue): HostValue {
  return typeof value === "string" ? apply(toWellFormed, value, []) : value;
}

/**
 * Makes the guest's error for what the host reported, with a stack that names
 * no function of the prelude.
 *
 * @param name TypeError, RangeError, AbortError and TimeoutError become the
 * class that the Web has for them; any other name is set on an Error.
 * @param stack Where the guest asked; default: where it stands.
 */
export function makeError(
  name: string,
  message: string,
  stack?: string,
): Error {
  const error = errorOf(name, message);
  const value = stack ?? guestFrames(String(error.stack));
  Object.defineProperty(error, "stack", {
    value,
    writable: true,
    configurable: true,
  });
  return error;
}

function errorOf(name: string, message: string): Error {
  switch (name) {
    case "TypeError":
      return new TypeError(message);
    case "RangeError":
      return new RangeError(message);
    case "AbortError":
    case "TimeoutError":
      return new DOMException(message, name);
  }
  const error = new Error(message);
  Object.defineProperty(error, "name", {
    value: name,
    writable: true,
    configurable: true,
  });
  return error;
}

/** The frames of a stack that are the guest's own, one a line. */
export function guestFrames(stack: string): string {
  return stack.split("\n").filter((line) => !line.includes(PRELUDE_FILE))
    .join("\n");
}

/** The guest's frames at the point of the call, one a line. */
export function guestStack(): string {
  return guestFrames(String(new Error().stack));
}
