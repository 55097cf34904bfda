/**
 * Reads the binary form of a component from front to back.
 *
 * It is not the reader of core modules, whose errors name the sections of those.
 *
 * @module
 */

import { asciiText } from "../instrument/ascii.ts";
import { InvalidComponent, type Place } from "./errors.ts";
import {
  CORE_NAME_BYTES_MAX,
  DEFINITIONS_MAX,
  NAME_BYTES_MAX,
} from "./limits.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What readers of one component share. */
export interface Tally {
  /** Definitions that were read. Invariant: definitions ≤ DEFINITIONS_MAX. */
  definitions: number;
  /** What needs preview 3, in the order of the binary. */
  readonly preview3: Set<string>;
}

/** A part of a component. Invariant: start ≤ at ≤ end ≤ bytes.length. */
export class ComponentReader {
  /** Offset in the component of what is read next. */
  at: number;
  /** What it shares with all readers of this component. */
  readonly tally: Tally;
  /** Name of the section it reads. */
  readonly section: string;
  /** How many components and types it is in. */
  readonly depth: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  /** Starts at the front of `bytes`, which is a whole component. */
  constructor(bytes: Uint8Array);
  /** Starts where `outer` is, and ends `size` bytes behind that. */
  constructor(outer: ComponentReader, section: string, size: number);
  constructor(
    source: Uint8Array | ComponentReader,
    section = "header",
    size = 0,
  ) {
    this.section = section;
    const isWhole = source instanceof Uint8Array;
    this.#bytes = isWhole ? source : source.#bytes;
    this.at = isWhole ? 0 : source.at;
    this.#end = isWhole ? source.length : source.at + size;
    this.tally = isWhole
      ? { definitions: 0, preview3: new Set() }
      : source.tally;
    this.depth = isWhole ? 0 : source.depth + (section === "component" ? 1 : 0);
  }

  /** Reads a byte. */
  byte(): number {
    if (this.at >= this.#end) throw this.refusal("Cannot read on");
    return this.#bytes[this.at++]!;
  }

  /** The byte that is read next; undefined at the end. */
  get next(): number | undefined {
    return this.at < this.#end ? this.#bytes[this.at] : undefined;
  }

  /** Reads an unsigned integer of at most 32 bits. */
  u32(): number {
    const start = this.at;
    let value = 0;
    for (let scale = 1; this.at - start < 5; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte >= 0x80) continue;
      if (value < 2 ** 32) return value;
      break;
    }
    throw this.refusal("Cannot read an integer of more than 32 bits", start);
  }

  /** Steps over an integer of at most 64 bits. */
  skipInteger(): void {
    const start = this.at;
    while (this.byte() >= 0x80) {
      if (this.at - start < 10) continue;
      throw this.refusal("Cannot read an integer of more than 64 bits", start);
    }
  }

  /** Reads as many as a vector says. What an item reads takes a byte at least. */
  vector<Item>(item: () => Item): Item[] {
    const start = this.at;
    const count = this.u32();
    // A vector that cannot be whole must not be made room for.
    if (count > this.#end - this.at) {
      throw this.refusal(
        `Cannot read a vector past the end: ${count} items`,
        start,
      );
    }
    this.count(count);
    const items: Item[] = [];
    for (let left = count; left > 0; left--) items.push(item());
    return items;
  }

  /** Counts `definitions`, so that there is an end to them. */
  count(definitions: number): void {
    this.tally.definitions += definitions;
    if (this.tally.definitions > DEFINITIONS_MAX) {
      throw this.refusal(
        `Cannot read a component of more than ${DEFINITIONS_MAX} definitions`,
      );
    }
  }

  /** Reads what may be there: 0x00 for nothing, 0x01 before it. */
  optional<Item>(item: () => Item): Item | undefined {
    const first = this.byte();
    if (first === 0x00) return undefined;
    if (first === 0x01) return item();
    throw this.unknown("a mark of what may be left out", first);
  }

  /** Reads the name of something core. */
  coreName(): string {
    return this.name(CORE_NAME_BYTES_MAX);
  }

  /** Reads a name of at most `sizeMax` bytes. */
  name(sizeMax = NAME_BYTES_MAX): string {
    const start = this.at;
    const size = this.u32();
    if (size > sizeMax) {
      throw this.refusal(
        `Cannot read a name of more than ${sizeMax} bytes: ${size}`,
        start,
      );
    }
    const bytes = this.take(size);
    const text = asciiText(bytes);
    if (text !== undefined) return text;
    try {
      return decoder.decode(bytes);
    } catch {
      // That it cannot be decoded is all that the decoder has to say.
      throw this.refusal("Cannot read a name that is not UTF-8", start);
    }
  }

  /** Reads `size` bytes: a view. */
  take(size: number): Uint8Array {
    if (size > this.#end - this.at) {
      throw this.refusal("Cannot read past the end");
    }
    this.at += size;
    return this.#bytes.subarray(this.at - size, this.at);
  }

  /** Steps over `byte`, and insists on it. */
  expect(byte: number, what: string): void {
    const found = this.byte();
    if (found !== byte) throw this.unknown(what, found);
  }

  /** Whether all is read. */
  get isAtEnd(): boolean {
    return this.at === this.#end;
  }

  /** Insists that all is read. */
  end(): void {
    if (this.isAtEnd) return;
    throw this.refusal(
      `Cannot read what is left: ${this.#end - this.at} bytes`,
    );
  }

  /** A reader of the next `size` bytes, which this one steps over. */
  inner(section: string, size: number): ComponentReader {
    const start = this.at;
    if (size > this.#end - start) {
      throw this.refusal(`Cannot read a section past the end: ${size} bytes`);
    }
    const inner = new ComponentReader(this, section, size);
    this.at = start + size;
    return inner;
  }

  /** Where it is, or where `offset` is. */
  place(offset: number = this.at): Place {
    return { section: this.section, offset };
  }

  /** An error that names this section and `offset`. */
  refusal(sentence: string, offset: number = this.at): InvalidComponent {
    return new InvalidComponent(sentence, this.place(offset));
  }

  /** An error for a byte, the last that was read, that asks for a feature which is not there. */
  unsupported(feature: string): InvalidComponent {
    const sentence = `Cannot link what is not supported here: ${feature}`;
    return this.refusal(sentence, this.at - 1);
  }

  /** An error for a byte, the last that was read, that says nothing known. */
  unknown(what: string, byte: number): InvalidComponent {
    const found = `0x${byte.toString(16).padStart(2, "0")}`;
    return this.refusal(`Cannot read ${what}: found ${found}`, this.at - 1);
  }
}
