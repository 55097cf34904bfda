/**
 * How a guest's call can fail.
 *
 * @module
 */

import { ERROR_LENGTH_MAX } from "../limits.ts";
import { PRELUDE_FILE } from "./ops.ts";

/** A value that a guest threw, copied out of it. */
export interface GuestError {
  /** Class of an error; type of anything else. */
  readonly name: string;
  /** Its message, or what it prints as. */
  readonly message: string;
  /** Guest frames, one a line; empty when it has none. */
  readonly stack: string;
}

/**
 * What a guest threw, without the prelude's frames. Each text is cut at
 * `ERROR_LENGTH_MAX`: a guest can make them as long as its memory.
 */
export function guestError(
  name: string,
  message: string,
  stack: string,
): GuestError {
  const frames = stack.split("\n")
    .filter((line) => !line.includes(PRELUDE_FILE))
    .join("\n");
  return { name: cut(name), message: cut(message), stack: cut(frames) };
}

/** A text of a guest, at most `ERROR_LENGTH_MAX` long. */
export function cut(text: string): string {
  return text.length <= ERROR_LENGTH_MAX
    ? text
    : `${text.slice(0, ERROR_LENGTH_MAX)}…`;
}

/** Thrown out of a call when the guest threw. */
export class GuestThrew extends Error {
  /** What it threw. */
  readonly error: GuestError;

  /** Wraps what a guest threw. */
  constructor(error: GuestError) {
    super(`${error.name}: ${error.message}`);
    this.name = "GuestThrew";
    this.error = error;
  }
}

/** The guest had no memory left for a value of the host. */
export class GuestOutOfMemory extends Error {
  /** Without details: there are none. */
  constructor() {
    super("Cannot allocate in a guest that is out of memory");
    this.name = "GuestOutOfMemory";
  }
}

/** Thrown by a bridge to end the guest inside a host call. */
export class GuestStopped extends Error {
  /** Without details: who stops a guest knows why. */
  constructor() {
    super("The guest was stopped");
    this.name = "GuestStopped";
  }
}
