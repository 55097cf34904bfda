/**
 * How calls of the preview 1 host fail.
 *
 * @module
 */

import { constants } from "node:os";

import { ERRNO } from "./abi.ts";

/** A call cannot be done; the guest gets the number. Never leaves the host. */
export class WasiError extends Error {
  /** One of {@linkcode ERRNO}. */
  readonly errno: number;

  /** Names the error number. */
  constructor(errnoName: keyof typeof ERRNO) {
    super(`Cannot do the call: ${errnoName}`);
    this.name = "WasiError";
    this.errno = ERRNO[errnoName];
  }
}

/** The guest called `proc_exit`. Unwinds its stack; whoever started it catches this. */
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
const ERRNO_OF_CLASS: ReadonlyMap<string, number> = new Map([
  ["NotFound", ERRNO.ENOENT],
  ["AlreadyExists", ERRNO.EEXIST],
  ["NotADirectory", ERRNO.ENOTDIR],
  ["IsADirectory", ERRNO.EISDIR],
  ["FilesystemLoop", ERRNO.ELOOP],
  ["PermissionDenied", ERRNO.EACCES],
  ["NotCapable", ERRNO.ENOTCAPABLE],
  ["BadResource", ERRNO.EBADF],
  ["BrokenPipe", ERRNO.EPIPE],
  ["Interrupted", ERRNO.EINTR],
  ["WouldBlock", ERRNO.EAGAIN],
  ["Busy", ERRNO.EBUSY],
  ["TimedOut", ERRNO.ETIMEDOUT],
  ["UnexpectedEof", ERRNO.EIO],
  ["WriteZero", ERRNO.EIO],
  ["NotSupported", ERRNO.ENOTSUP],
]);

const NAME_OF_OS_ERROR: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/**
 * The error number that tells the guest of `error`.
 *
 * Codes of the system keep their name: `EEXIST` is EEXIST. Deno leaves the code
 * out of some errors, and names the system's number in the text alone.
 *
 * @throws {unknown} `error` itself, when it is no failure of a call: an exit, a
 * kill, or a mistake of ours.
 */
export function errnoOf(error: unknown): number {
  if (error instanceof WasiError) return error.errno;
  const errno = error instanceof Error ? systemErrno(error) : undefined;
  if (errno === undefined) throw error;
  return errno;
}

function systemErrno(error: Error): number | undefined {
  const { code } = error as { code?: unknown };
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  const name = typeof code === "string"
    ? code
    : NAME_OF_OS_ERROR.get(Number(number));
  if (name !== undefined && name in ERRNO) {
    return ERRNO[name as keyof typeof ERRNO];
  }
  const known = ERRNO_OF_CLASS.get(error.name);
  // What preview 1 has no number for is still an error of the system.
  return known ?? (number === undefined ? undefined : ERRNO.EIO);
}
