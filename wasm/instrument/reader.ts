/**
 * Reads the contents of a section from front to back.
 *
 * @module
 */

import { asciiText } from "./ascii.ts";
import { NotRewritable } from "./errors.ts";

/** What a {@linkcode Reader} reads. */
export interface Readable {
  /** Id of the section; undefined for what is not in one. */
  readonly id: number | undefined;
  /** Offset of `bytes` in the module. */
  readonly offset: number;
  /** The contents. */
  readonly bytes: Uint8Array;
}

/** The type of a value; `ref` is any reference that has no name of its own here. */
export type ValueType =
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "v128"
  | "funcref"
  | "externref"
  | "ref";

// First bytes of a reference type that a heap type follows.
const REF_NULL = 0x63;
const REF = 0x64;

const VALUE_TYPES: ReadonlyMap<number, ValueType> = new Map([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
  [0x70, "funcref"],
  [0x6f, "externref"],
]);

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A place in a section. Invariant: 0 ≤ at ≤ bytes.length. */
export class Reader {
  /** The section's contents. */
  readonly bytes: Uint8Array;
  /** Offset in `bytes` of what is read next. */
  at = 0;
  readonly #section: Readable;

  /** Starts at the front of `section`. */
  constructor(section: Readable) {
    this.#section = section;
    this.bytes = section.bytes;
  }

  /** Reads a byte. */
  byte(): number {
    if (this.at >= this.bytes.length) throw this.refusal("Cannot read on");
    return this.bytes[this.at++]!;
  }

  /** Reads an unsigned integer of at most 32 bits. */
  u32(): number {
    const start = this.at;
    const value = this.u64();
    if (value < 2 ** 32 && this.at - start <= 5) return value;
    throw this.refusal("Cannot read an integer of more than 32 bits", start);
  }

  /** Reads an unsigned integer of at most 64 bits; inexact above 2 ** 53. */
  u64(): number {
    const start = this.at;
    let value = 0;
    for (let scale = 1; this.at - start < 10; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw this.refusal("Cannot read an integer of more than 64 bits", start);
  }

  /** Steps over an integer of any size. */
  skipInteger(): void {
    while (this.byte() >= 0x80);
  }

  /** Steps over `count` bytes. */
  skip(count: number): void {
    if (count > this.bytes.length - this.at) {
      throw this.refusal("Cannot read past the end");
    }
    this.at += count;
  }

  /** Reads a value type. Types that only fields have are taken for references. */
  valueType(): ValueType {
    const first = this.byte();
    if (first === REF) {
      this.skipInteger();
      return "ref";
    }
    const nullable = first === REF_NULL ? this.byte() : first;
    // A heap type that is an index may take more than a byte.
    if (nullable >= 0x80) this.skipInteger();
    return VALUE_TYPES.get(nullable) ?? "ref";
  }

  /** Reads a vector's length, and then calls `item` as often. */
  vector(item: (index: number) => void): void {
    const count = this.u32();
    for (let index = 0; index < count; index++) item(index);
  }

  /** Reads a name. */
  name(): string {
    const size = this.u32();
    this.skip(size);
    const bytes = this.bytes.subarray(this.at - size, this.at);
    return asciiText(bytes) ?? decoder.decode(bytes);
  }

  /** Whether all is read. */
  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** Insists that all is read. */
  end(): void {
    if (!this.isAtEnd) throw this.refusal("Cannot read what is left");
  }

  /** An error that names this section and `at`. */
  refusal(sentence: string, at: number = this.at): NotRewritable {
    const { id, offset } = this.#section;
    return new NotRewritable(sentence, id, offset + at);
  }
}
