/**
 * Why an operation on a stream failed.
 *
 * @module
 */

import { ComponentError } from "../../../component/canonical/mod.ts";
import { errnoNameOf } from "../../errors.ts";
import { type ErrorCode, errorCodeOf } from "../error_code.ts";

/**
 * What an error is to the interface that made the stream, which alone can tell
 * the guest more of it: `filesystem-error-code`, and its like elsewhere.
 */
export interface ErrorDetail {
  /** Which interface: the tag by which it knows its own. */
  readonly type: string;
  /** Its error. */
  readonly code: unknown;
}

/** The resource `error` of `wasi:io/error`. */
export class IoError {
  /** For people, not for programs. Names nothing of the host. */
  readonly text: string;
  /** For programs; undefined when nobody knows more. */
  readonly detail: ErrorDetail | undefined;

  /** Tells `text`. */
  constructor(text: string, detail?: ErrorDetail) {
    this.text = text;
    this.detail = detail;
  }
}

/** What a source or a sink throws when it fails by something else than the host's files. */
export class StreamFailure extends Error {
  /** What the guest gets of it. */
  readonly ioError: IoError;

  /** Carries `ioError`. */
  constructor(ioError: IoError) {
    super(ioError.text);
    this.name = "StreamFailure";
    this.ioError = ioError;
  }
}

/** The variant `stream-error`. */
export type StreamError =
  | { readonly tag: "last-operation-failed"; readonly val: IoError }
  | { readonly tag: "closed" };

/** The stream is at its end, or nobody reads it. */
export function closed(): ComponentError {
  return new ComponentError({ tag: "closed" } satisfies StreamError);
}

/**
 * What tells the guest of `error`, which a source or a sink threw.
 *
 * @throws {unknown} `error` itself, when it is a mistake of ours.
 */
export function failed(error: unknown): ComponentError {
  const val = error instanceof StreamFailure
    ? error.ioError
    : fileError(errorCodeOf(errnoNameOf(error)));
  return new ComponentError(
    { tag: "last-operation-failed", val } satisfies StreamError,
  );
}

/** The tag of errors of `wasi:filesystem`. */
export const FILESYSTEM = "filesystem";

function fileError(code: ErrorCode): IoError {
  return new IoError(`Cannot go on with the file: ${code}`, {
    type: FILESYSTEM,
    code,
  });
}
