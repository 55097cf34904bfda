/**
 * Errors of sockets, as WASI 0.2 names them.
 *
 * @module
 */

import { ComponentError } from "../../../component/canonical/mod.ts";
import { IoError, StreamFailure } from "../io/io_error.ts";

/** Cases of the enum `error-code` of `wasi:sockets/network` that are told here. */
export type SocketErrorCode =
  | "unknown"
  | "access-denied"
  | "not-supported"
  | "invalid-argument"
  | "timeout"
  | "concurrency-conflict"
  | "not-in-progress"
  | "would-block"
  | "invalid-state"
  | "new-socket-limit"
  | "address-not-bindable"
  | "address-in-use"
  | "remote-unreachable"
  | "connection-refused"
  | "connection-reset"
  | "connection-aborted"
  | "datagram-too-large"
  | "name-unresolvable"
  | "temporary-resolver-failure"
  | "permanent-resolver-failure";

/** What tells the guest of `code`, where a function answers with one. */
export function socketError(code: SocketErrorCode): ComponentError {
  return new ComponentError(code);
}

/** Throws `code` unless `isTrue`. */
export function insist(isTrue: boolean, code: SocketErrorCode): void {
  if (!isTrue) throw socketError(code);
}

// deno-fmt-ignore
const BY_CODE: ReadonlyMap<string, SocketErrorCode> = new Map([
  ["EACCES",        "access-denied"],
  ["EPERM",         "access-denied"],
  ["EADDRINUSE",    "address-in-use"],
  ["EADDRNOTAVAIL", "address-not-bindable"],
  ["EINVAL",        "invalid-argument"],
  ["ECONNREFUSED",  "connection-refused"],
  ["ECONNRESET",    "connection-reset"],
  ["EPIPE",         "connection-reset"],
  ["ECONNABORTED",  "connection-aborted"],
  ["ETIMEDOUT",     "timeout"],
  ["EHOSTUNREACH",  "remote-unreachable"],
  ["ENETUNREACH",   "remote-unreachable"],
  ["ENETDOWN",      "remote-unreachable"],
  ["EMSGSIZE",      "datagram-too-large"],
  ["EMFILE",        "new-socket-limit"],
  ["ENFILE",        "new-socket-limit"],
  ["EAFNOSUPPORT",  "not-supported"],
  ["ENOTFOUND",     "name-unresolvable"],
  ["ENODATA",       "name-unresolvable"],
  ["EAI_AGAIN",     "temporary-resolver-failure"],
  ["EAI_FAIL",      "permanent-resolver-failure"],
]);

/** What a guest is told of `error`, which the platform gave. */
export function codeOf(error: unknown): SocketErrorCode {
  if (error instanceof Deno.errors.NotCapable) return "access-denied";
  const { code } = error as { code?: unknown };
  return BY_CODE.get(String(code)) ?? "unknown";
}

const SOCKETS = "sockets";

/** What a stream of a connection fails with. */
export function connectionFailure(code: SocketErrorCode): StreamFailure {
  const text = `Cannot go on with the connection: ${code}`;
  return new StreamFailure(new IoError(text, { type: SOCKETS, code }));
}

/** The error code of an error of a stream; undefined when it is not of a socket. */
export function socketErrorCode(
  { detail }: IoError,
): SocketErrorCode | undefined {
  return detail?.type === SOCKETS ? detail.code as SocketErrorCode : undefined;
}
