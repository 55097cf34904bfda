/**
 * Text and bytes.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { callHost } from "./host.ts";

/** Bytes in any of the forms that the Web takes. */
export type Bytes = ArrayBufferLike | ArrayBufferView;

/** `text` in UTF-8, a lone surrogate as U+FFFD. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return callHost(OPS.encode, text) as Uint8Array<ArrayBuffer>;
}

/** UTF-8 as text, without a byte order mark, malformed bytes as U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return callHost(OPS.decode, "utf-8", 0, bytes) as string;
}

/** The bytes behind a buffer or a view, not copied; undefined for anything else. */
export function viewBytes(source: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  const isBuffer = source instanceof ArrayBuffer ||
    source instanceof SharedArrayBuffer;
  return isBuffer ? new Uint8Array(source) : undefined;
}

/**
 * Text or bytes as bytes, not copied where that can be.
 *
 * @throws {TypeError} `data` is neither.
 */
export function dataBytes(data: unknown): Uint8Array {
  if (typeof data === "string") return encodeText(data);
  const bytes = viewBytes(data);
  if (bytes !== undefined) return bytes;
  throw new TypeError(`Cannot take neither text nor bytes: got ${typeof data}`);
}
