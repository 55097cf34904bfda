/**
 * How calls of the WASI hosts fail.
 *
 * @module
 */

import { constants } from "node:os";

import { ERRNO, type ErrnoName } from "./errno.ts";

/** A call cannot be done; the guest is told why. Never leaves the host. */
export class WasiError extends Error {
  /** Why. */
  readonly code: ErrnoName;

  /** Names the reason. */
  constructor(code: ErrnoName) {
    super(`Cannot do the call: ${code}`);
    this.name = "WasiError";
    this.code = code;
  }
}

/** The guest has ended itself. Unwinds its stack; whoever started it catches this. */
export class ProcessExit extends Error {
  /** As the guest gave it, 0 to 4,294,967,295. */
  readonly code: number;

  /** Tells the code. */
  constructor(code: number) {
    super(`The guest has exited with code ${code}`);
    this.name = "ProcessExit";
    this.code = code;
  }
}

// Classes whose errors do not all carry a code of the system.
const ERRNO_OF_CLASS: ReadonlyMap<string, ErrnoName> = new Map([
  ["NotFound", "ENOENT"],
  ["AlreadyExists", "EEXIST"],
  ["NotADirectory", "ENOTDIR"],
  ["IsADirectory", "EISDIR"],
  ["FilesystemLoop", "ELOOP"],
  ["PermissionDenied", "EACCES"],
  ["NotCapable", "ENOTCAPABLE"],
  ["BadResource", "EBADF"],
  ["BrokenPipe", "EPIPE"],
  ["Interrupted", "EINTR"],
  ["WouldBlock", "EAGAIN"],
  ["Busy", "EBUSY"],
  ["TimedOut", "ETIMEDOUT"],
  ["UnexpectedEof", "EIO"],
  ["WriteZero", "EIO"],
  ["NotSupported", "ENOTSUP"],
]);

const NAME_OF_OS_ERROR: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/**
 * The name of the error that tells the guest of `error`.
 *
 * Codes of the system keep their name: `EEXIST` is EEXIST. Deno leaves the code
 * out of some errors, and names the system's number in the text alone.
 *
 * @throws {unknown} `error` itself, when it is no failure of a call: an exit, a
 * kill, or a mistake of ours.
 */
export function errnoNameOf(error: unknown): ErrnoName {
  if (error instanceof WasiError) return error.code;
  const name = error instanceof Error ? systemName(error) : undefined;
  if (name === undefined) throw error;
  return name;
}

/** The error number of preview 1 that tells the guest of `error`; throws as `errnoNameOf` does. */
export function errnoOf(error: unknown): number {
  return ERRNO[errnoNameOf(error)];
}

function systemName(error: Error): ErrnoName | undefined {
  const { code } = error as { code?: unknown };
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  const name = typeof code === "string"
    ? code
    : NAME_OF_OS_ERROR.get(Number(number));
  if (name !== undefined && name in ERRNO) return name as ErrnoName;
  const known = ERRNO_OF_CLASS.get(error.name);
  // What WASI has no name for is still an error of the system.
  return known ?? (number === undefined ? undefined : "EIO");
}
