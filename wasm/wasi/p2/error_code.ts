/**
 * Errors of files, as WASI 0.2 names them.
 *
 * @module
 */

import { ComponentError } from "../../component/canonical/mod.ts";
import type { ErrnoName } from "../errno.ts";
import { errnoNameOf } from "../errors.ts";

/** The cases of `error-code` of `wasi:filesystem/types`, in its order. */
export const ERROR_CODES = [
  "access",
  "would-block",
  "already",
  "bad-descriptor",
  "busy",
  "deadlock",
  "quota",
  "exist",
  "file-too-large",
  "illegal-byte-sequence",
  "in-progress",
  "interrupted",
  "invalid",
  "io",
  "is-directory",
  "loop",
  "too-many-links",
  "message-size",
  "name-too-long",
  "no-device",
  "no-entry",
  "no-lock",
  "insufficient-memory",
  "insufficient-space",
  "not-directory",
  "not-empty",
  "not-recoverable",
  "unsupported",
  "no-tty",
  "no-such-device",
  "overflow",
  "not-permitted",
  "pipe",
  "read-only",
  "invalid-seek",
  "text-file-busy",
  "cross-device",
] as const;

/** An error of a file. */
export type ErrorCode = typeof ERROR_CODES[number];

// What is not here is "io": errors that no file gives.
const CODES: Readonly<Partial<Record<ErrnoName, ErrorCode>>> = {
  EACCES: "access",
  EAGAIN: "would-block",
  EALREADY: "already",
  EBADF: "bad-descriptor",
  EBUSY: "busy",
  EDEADLK: "deadlock",
  EDQUOT: "quota",
  EEXIST: "exist",
  EFBIG: "file-too-large",
  EILSEQ: "illegal-byte-sequence",
  EINPROGRESS: "in-progress",
  EINTR: "interrupted",
  EINVAL: "invalid",
  EIO: "io",
  EISDIR: "is-directory",
  ELOOP: "loop",
  EMLINK: "too-many-links",
  EMSGSIZE: "message-size",
  ENAMETOOLONG: "name-too-long",
  ENODEV: "no-device",
  ENOENT: "no-entry",
  ENOLCK: "no-lock",
  ENOMEM: "insufficient-memory",
  ENOSPC: "insufficient-space",
  ENOTDIR: "not-directory",
  ENOTEMPTY: "not-empty",
  ENOTRECOVERABLE: "not-recoverable",
  ENOTSUP: "unsupported",
  ENOSYS: "unsupported",
  ENOTTY: "no-tty",
  ENXIO: "no-such-device",
  EOVERFLOW: "overflow",
  EPERM: "not-permitted",
  EPIPE: "pipe",
  EROFS: "read-only",
  ESPIPE: "invalid-seek",
  ETXTBSY: "text-file-busy",
  EXDEV: "cross-device",
  // A path that leads out of what was granted.
  ENOTCAPABLE: "not-permitted",
  // WASI has no word for "too many files open".
  EMFILE: "quota",
  ENFILE: "quota",
};

/** What WASI 0.2 calls an error that preview 1 names so. */
export function errorCodeOf(name: ErrnoName): ErrorCode {
  return CODES[name] ?? "io";
}

/**
 * Does `work`, whose failures are for the guest.
 *
 * @throws {ComponentError} With the error code, where the host's files failed.
 */
export function answering<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    // What it was is told in the guest's words; the rest passes through.
    throw codeError(error);
  }
}

/** The error that tells the guest of `error`, when the host's files failed. @throws {unknown} `error` itself otherwise. */
export function codeError(error: unknown): ComponentError {
  if (error instanceof ComponentError) return error;
  return new ComponentError(errorCodeOf(errnoNameOf(error)));
}
