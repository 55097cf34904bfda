/**
 * Writes bytes, with room made as it is needed.
 *
 * @module
 */

import { isAscii } from "./ascii.ts";

// Below, copying a byte at a time is faster than making a view.
const VIEW_BYTES_MIN = 48;

const encoder = new TextEncoder();

/** Bytes that are being written. Invariant: 0 ≤ length ≤ capacity. */
export class Writer {
  /** How many are written. */
  length = 0;
  #bytes: Uint8Array<ArrayBuffer>;

  /** Starts with room for `capacity` bytes. */
  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(Math.max(capacity, 16));
  }

  /** Writes a byte. */
  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  /** Writes an unsigned integer as LEB128, in `width` bytes or as many as it takes. */
  u32(value: number, width = 1): void {
    let rest = value;
    for (let left = width; rest >= 128 || left > 1; left--) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** Writes a copy of `source` from `start` to `end`. */
  copy(source: Uint8Array, start = 0, end: number = source.length): void {
    const size = end - start;
    if (this.length + size > this.#bytes.length) this.#grow(size);
    const bytes = this.#bytes;
    if (size >= VIEW_BYTES_MIN) {
      bytes.set(source.subarray(start, end), this.length);
      this.length += size;
      return;
    }
    let length = this.length;
    for (let at = start; at < end; at++) bytes[length++] = source[at]!;
    this.length = length;
  }

  /** Writes a vector of bytes: its length, and `source`. */
  sized(source: Uint8Array): void {
    this.u32(source.length);
    this.copy(source);
  }

  /** Writes a name. */
  name(text: string): void {
    if (!isAscii(text)) return this.sized(encoder.encode(text));
    this.u32(text.length);
    for (let at = 0; at < text.length; at++) this.byte(text.charCodeAt(at));
  }

  /** What is written, in a buffer of its own; nothing may be written any more. */
  get whole(): Uint8Array<ArrayBuffer> {
    return this.length === this.#bytes.length
      ? this.#bytes
      : this.#bytes.slice(0, this.length);
  }

  /** What is written; a view, good until more is. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(size: number): void {
    const capacity = Math.max(this.#bytes.length * 2, this.length + size);
    const bytes = new Uint8Array(capacity);
    bytes.set(this.bytes);
    this.#bytes = bytes;
  }
}
