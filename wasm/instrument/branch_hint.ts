/**
 * Branch hints: which branches a compiler should expect not to be taken.
 *
 * @see WebAssembly branch hinting proposal. Differs: nothing.
 *
 * @module
 */

import { openCustom, readLeniently } from "./custom.ts";
import type { Reader } from "./reader.ts";
import { SECTION, type Section } from "./sections.ts";
import { Writer } from "./writer.ts";

/** What the names of sections begin with that tell of single instructions. */
export const CODE_METADATA_PREFIX = "metadata.code.";

const NAME = "metadata.code.branch_hint";

const UNLIKELY = 0;

/** The hints of one function, in ascending order of their offsets. */
export interface FunctionHints {
  /** Offsets of the branches from the start of the function's body. */
  readonly offsets: number[];
  /** For each, 0 if it is unlikely and 1 if it is likely to be taken. */
  readonly values: number[];
}

/**
 * The hints of a module, by index of the function. None if they are malformed,
 * or stand behind the code, where engines do not look either.
 */
export function readHints(
  sections: readonly Section[],
): ReadonlyMap<number, FunctionHints> {
  for (const section of sections) {
    if (section.id === SECTION.code) break;
    const custom = openCustom(section);
    if (custom?.name !== NAME) continue;
    return readLeniently(() => readFunctions(custom.reader), new Map());
  }
  return new Map();
}

function readFunctions(reader: Reader): Map<number, FunctionHints> {
  const functions = new Map<number, FunctionHints>();
  reader.vector(() => functions.set(reader.u32(), readFunction(reader)));
  reader.end();
  return functions;
}

function readFunction(reader: Reader): FunctionHints {
  const offsets: number[] = [];
  const values: number[] = [];
  reader.vector(() => {
    const offset = reader.u32();
    if (offset <= (offsets.at(-1) ?? -1) || reader.u32() !== 1) {
      throw reader.refusal("Cannot read a branch hint");
    }
    offsets.push(offset);
    values.push(reader.byte());
  });
  return { offsets, values };
}

/** The hints of a function whose branches move and become more. */
export class MovedHints implements FunctionHints {
  readonly offsets: number[] = [];
  readonly values: number[] = [];
  readonly #old: FunctionHints | undefined;
  #next = 0;

  /** Starts without any of `old`. */
  constructor(old: FunctionHints | undefined) {
    this.#old = old;
  }

  /** Adds the old ones from `start` on and before `end`; what was at `start` is at `to` now. */
  move(start: number, end: number, to: number): void {
    if (this.#old === undefined) return;
    const { offsets, values } = this.#old;
    while (this.#next > 0 && offsets[this.#next - 1]! >= start) this.#next--;
    for (; this.#next < offsets.length; this.#next++) {
      const offset = offsets[this.#next]!;
      if (offset >= end) return;
      if (offset < start) continue;
      this.#add(offset - start + to, values[this.#next]!);
    }
  }

  /** Adds one for a branch at `offset` that is hardly ever taken. */
  addUnlikely(offset: number): void {
    this.#add(offset, UNLIKELY);
  }

  #add(offset: number, value: number): void {
    this.offsets.push(offset);
    this.values.push(value);
  }
}

/** A section of hints that is being made. */
export class HintSection {
  readonly #functions = new Writer(1024);
  #count = 0;

  /** Forgets all. */
  clear(): void {
    this.#functions.length = 0;
    this.#count = 0;
  }

  /** Adds the hints of a function with a higher index than those before, unless there are none. */
  add(index: number, { offsets, values }: FunctionHints): void {
    if (offsets.length === 0) return;
    const writer = this.#functions;
    writer.u32(index);
    writer.u32(offsets.length);
    for (let nth = 0; nth < offsets.length; nth++) {
      writer.u32(offsets[nth]!);
      writer.u32(1);
      writer.byte(values[nth]!);
    }
    this.#count++;
  }

  /** The section; it has to stand in front of the code. */
  finish(): Pick<Section, "id" | "bytes"> {
    const writer = new Writer(this.#functions.length + 64);
    writer.name(NAME);
    writer.u32(this.#count);
    writer.copy(this.#functions.bytes);
    return { id: SECTION.custom, bytes: writer.bytes };
  }
}
