/**
 * `TextEncoder` and `TextDecoder`.
 *
 * @module
 */

import { DECODE_FATAL, DECODE_KEEP_BOM, OPS } from "../../ops.ts";
import type { Bytes } from "../encoding.ts";
import { core } from "../linked.ts";

const { callHost, encodeText, nextId, viewBytes } = core;
const { apply } = Reflect;
const { register } = FinalizationRegistry.prototype;

const dropped = new FinalizationRegistry<number>((id) => {
  callHost(OPS.decoderClose, id);
});

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

interface DecoderOptions {
  /** Whether malformed bytes are an error. Default: false. */
  fatal?: boolean;
  /** Whether a byte order mark is kept. Default: false. */
  ignoreBOM?: boolean;
}

/** @see Encoding Standard, `TextDecoder`. Differs: nothing. */
export class TextDecoder {
  #encoding: string;
  #flags = 0;
  #held = new Uint8Array();
  #started = false;
  /** The host's decoder, while a text that is not UTF-8 comes in chunks. */
  #id: number | undefined;

  constructor(
    label: unknown = "utf-8",
    options: DecoderOptions | undefined = {},
  ) {
    this.#encoding = label === "utf-8"
      ? label
      : callHost(OPS.encodingName, `${label}`) as string;
    const { fatal, ignoreBOM } = checkOptions<DecoderOptions>(options);
    if (fatal) this.#flags |= DECODE_FATAL;
    if (ignoreBOM) this.#flags |= DECODE_KEEP_BOM;
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
  decode(
    source: Bytes | undefined = undefined,
    options: { stream?: boolean } | undefined = {},
  ): string {
    const bytes = source === undefined ? new Uint8Array() : viewBytes(source);
    if (bytes === undefined) {
      throw new TypeError("Cannot decode what is no bytes");
    }
    const { stream } = checkOptions<{ stream?: boolean }>(options);
    if (!stream) return this.#decodeLast(bytes);
    return this.#encoding === "utf-8"
      ? this.#decodeChunk(bytes)
      : this.#decodeOther(bytes, false);
  }

  #decodeOther(bytes: Uint8Array, isLast: boolean): string {
    const id = this.#id ?? this.#open();
    if (isLast) this.#id = undefined;
    try {
      return callHost(OPS.decodeChunk, id, bytes, Number(isLast)) as string;
    } catch (malformed) {
      this.#id = undefined;
      throw malformed;
    }
  }

  #open(): number {
    const id = nextId();
    callHost(OPS.decoderOpen, id, this.#encoding, this.#flags);
    apply(register, dropped, [this, id]);
    return this.#id = id;
  }

  #decodeLast(bytes: Uint8Array): string {
    if (this.#id !== undefined) return this.#decodeOther(bytes, true);
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

/** WebIDL: a dictionary is an object, or nothing. */
function checkOptions<T extends object>(options: T | null): T {
  if (options === null) return {} as T;
  if (typeof options === "object" || typeof options === "function") {
    return options;
  }
  throw new TypeError(`Cannot take options that are a ${typeof options}`);
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
