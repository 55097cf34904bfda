/**
 * Text encodings for script guests: the host's half of the guest's
 * `TextEncoder` and `TextDecoder`.
 *
 * @module
 */

import { DECODE_FATAL, DECODE_KEEP_BOM } from "../script/ops.ts";

/**
 * Names the encoding that a label stands for.
 *
 * @param label In any case, with or without white space around it.
 * @returns The canonical name in lower case, as `TextDecoder.encoding` has it.
 * @throws {RangeError} There is no such label.
 *
 * @see Encoding Standard, "names and labels". Differs: nothing.
 */
export function encodingName(label: string): string {
  return new TextDecoder(label).encoding;
}

/**
 * Decodes a whole text. Keeps no state between calls.
 *
 * @param label Names the encoding.
 * @param flags Sum of `DECODE_FATAL` and `DECODE_KEEP_BOM`, or 0.
 * @param bytes Read only.
 * @returns Text in which malformed bytes are U+FFFD.
 * @throws {RangeError} There is no such label.
 * @throws {TypeError} The bytes are malformed and `flags` has `DECODE_FATAL`.
 *
 * @example
 * ```ts
 * import { strictEqual } from "node:assert";
 * import { decodeText } from "./encoding.ts";
 *
 * strictEqual(decodeText("latin1", 0, new Uint8Array([0x68, 0xe9])), "hé");
 * ```
 */
export function decodeText(
  label: string,
  flags: number,
  bytes: Uint8Array,
): string {
  return decoderOf(label, flags).decode(bytes);
}

/** A decoder of the host. As {@linkcode decodeText} takes them; throws RangeError. */
export function decoderOf(label: string, flags: number): TextDecoder {
  return new TextDecoder(label, {
    fatal: (flags & DECODE_FATAL) !== 0,
    ignoreBOM: (flags & DECODE_KEEP_BOM) !== 0,
  });
}

const encoder = new TextEncoder();

/**
 * Encodes a text in UTF-8.
 *
 * @param text A lone surrogate becomes U+FFFD.
 * @returns Bytes that the caller owns.
 */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}
