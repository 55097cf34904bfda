/**
 * `TextEncoder` and `TextDecoder`.
 *
 * @module
 */

import { DECODE_FATAL, DECODE_KEEP_BOM, OPS } from "../ops.ts";
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

/** @see Encoding Standard, `TextEncoder`. Differs: nothing. */
export class TextEncoder {
  /** Always UTF-8. */
  get encoding(): string {
    return "utf-8";
  }

  /** The text's bytes. */
  encode(text: unknown = ""): Uint8Array<ArrayBuffer> {
    return encodeText(`${text}`);
  }

  /** Writes as many whole code points as fit; counts UTF-16 units and bytes. */
  encodeInto(
    text: string,
    target: Uint8Array,
  ): { read: number; written: number } {
    if (!(target instanceof Uint8Array)) {
      throw new TypeError("Cannot encode into anything but a Uint8Array");
    }
    const bytes = encodeText(`${text}`);
    const written = wholeLength(bytes, target.length);
    target.set(bytes.subarray(0, written));
    return { read: unitsCount(bytes, written), written };
  }
}

function wholeLength(bytes: Uint8Array, lengthMax: number): number {
  if (bytes.length <= lengthMax) return bytes.length;
  let length = lengthMax;
  while (isContinuation(bytes[length])) length--;
  return length;
}

function unitsCount(bytes: Uint8Array, length: number): number {
  let count = 0;
  for (let index = 0; index < length; index++) {
    const byte = bytes[index] as number;
    // A code point of four bytes is a surrogate pair.
    if (!isContinuation(byte)) count += byte >= 0xf0 ? 2 : 1;
  }
  return count;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/**
 * @see Encoding Standard, `TextDecoder`. Differs: `stream` is for UTF-8 only;
 * other encodings refuse it.
 */
export class TextDecoder {
  #encoding: string;
  #flags = 0;
  #held = new Uint8Array();
  #started = false;

  constructor(
    label: unknown = "utf-8",
    options: { fatal?: boolean; ignoreBOM?: boolean } = {},
  ) {
    this.#encoding = label === "utf-8"
      ? label
      : callHost(OPS.encodingName, `${label}`) as string;
    if (options.fatal) this.#flags |= DECODE_FATAL;
    if (options.ignoreBOM) this.#flags |= DECODE_KEEP_BOM;
  }

  /** Canonical name, lower case. */
  get encoding(): string {
    return this.#encoding;
  }

  /** Whether malformed bytes are an error. */
  get fatal(): boolean {
    return (this.#flags & DECODE_FATAL) !== 0;
  }

  /** Whether a byte order mark is kept. */
  get ignoreBOM(): boolean {
    return (this.#flags & DECODE_KEEP_BOM) !== 0;
  }

  /** Decodes a chunk: the last one, unless `stream` is set. */
  decode(source?: Bytes, options: { stream?: boolean } = {}): string {
    const bytes = source === undefined ? new Uint8Array() : viewBytes(source);
    if (bytes === undefined) {
      throw new TypeError("Cannot decode what is no bytes");
    }
    if (!options.stream) return this.#decodeLast(bytes);
    if (this.#encoding !== "utf-8") {
      throw new TypeError(`Cannot decode a stream of ${this.#encoding}`);
    }
    return this.#decodeChunk(bytes);
  }

  #decodeLast(bytes: Uint8Array): string {
    const whole = this.#join(bytes);
    const flags = this.#flagsNow();
    this.#started = false;
    return callHost(OPS.decode, this.#encoding, flags, whole) as string;
  }

  #decodeChunk(bytes: Uint8Array): string {
    const joined = this.#join(bytes);
    const length = joined.length - incompleteLength(joined);
    if (length === 0) {
      this.#held = joined.slice();
      return "";
    }
    const flags = this.#flagsNow();
    this.#started = true;
    this.#held = joined.slice(length);
    return callHost(
      OPS.decode,
      "utf-8",
      flags,
      joined.subarray(0, length),
    ) as string;
  }

  #join(bytes: Uint8Array): Uint8Array {
    const held = this.#held;
    if (held.length === 0) return bytes;
    this.#held = new Uint8Array();
    const joined = new Uint8Array(held.length + bytes.length);
    joined.set(held);
    joined.set(bytes, held.length);
    return joined;
  }

  /** A byte order mark is one only at the start of a stream. */
  #flagsNow(): number {
    return this.#started ? this.#flags | DECODE_KEEP_BOM : this.#flags;
  }
}

/** Length of the tail that is the start of a code point, and no whole one: 0 to 3. */
function incompleteLength(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (isContinuation(byte)) continue;
    const second = bytes[bytes.length - back + 1];
    return sequenceLength(byte, second) > back ? back : 0;
  }
  return 0;
}

/**
 * Length of the sequence that `lead` starts; 0 when it starts none, or cannot
 * be followed by `second`. @see Encoding Standard, "UTF-8 decoder".
 */
function sequenceLength(lead: number, second: number | undefined): number {
  const lower = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const upper = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second !== undefined && (second < lower || second > upper)) return 0;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
