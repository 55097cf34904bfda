/**
 * The type section.
 *
 * @module
 */

import { Reader } from "./reader.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

const RECURSIVE = 0x4e;
const FINAL_SUBTYPE = 0x4f;
const SUBTYPE = 0x50;
const ARRAY = 0x5e;
const STRUCTURE = 0x5f;
const FUNCTION = 0x60;

const I32 = 0x7f;
const EXTERNREF = 0x6f;

/** The type of a function, as it is written. */
interface Signature {
  /** How many parameters it has. */
  readonly parameterCount: number;
  /** Their types. */
  readonly parameters: Uint8Array;
  /** Its results, with their number. */
  readonly results: Uint8Array;
}

// Of the functions `overrun`, `check` and `reset`.
const ADDED = [
  signatureOf([], [I32]),
  signatureOf([], []),
  signatureOf([], []),
];
const ADDED_BOUND = [
  signatureOf([EXTERNREF], [I32]),
  signatureOf([], []),
  signatureOf([EXTERNREF], []),
];

/** Indices of the types that are added. */
export interface AddedTypes {
  /** Of the imported function that decides whether a guest goes on. */
  readonly overrun: number;
  /** Of the function that a check calls. */
  readonly check: number;
  /** Of the function that resets. */
  readonly reset: number;
}

/**
 * The type section, to which types are added.
 *
 * Functions that are bound take one parameter more, the first: who calls.
 */
export class Types {
  /** What is added at once. */
  readonly added: AddedTypes;
  /** How many there were before. */
  readonly count: number;
  readonly #section: Section;
  readonly #start: number;
  readonly #groups: number;
  // By index; undefined for what is no function.
  readonly #signatures: (Signature | undefined)[];
  readonly #behind = new Writer();
  readonly #bound = new Map<number, number>();
  #behindCount = 0;

  /**
   * Reads a section.
   *
   * @throws {NotRewritable} A type has a form that is not known.
   */
  constructor(section: Section, bindsImports: boolean) {
    const reader = new Reader(section);
    this.#section = section;
    this.#groups = reader.u32();
    this.#start = reader.at;
    this.#signatures = readGroups(reader, this.#groups);
    this.count = this.#signatures.length;
    const added = bindsImports ? ADDED_BOUND : ADDED;
    const [overrun, check, reset] = added.map((each) => this.#add(each));
    this.added = { overrun: overrun!, check: check!, reset: reset! };
  }

  #add({ parameterCount, parameters, results }: Signature): number {
    const writer = this.#behind;
    writer.byte(FUNCTION);
    writer.u32(parameterCount);
    writer.copy(parameters);
    writer.copy(results);
    return this.#signatures.length + this.#behindCount++;
  }

  /** How many parameters a function of a type takes; 0 for what is no type of functions. */
  parameterCount(type: number): number {
    return this.#signatures[type]?.parameterCount ?? 0;
  }

  /** Index of the type of functions that take who calls besides. What is no type of functions stays itself. */
  bound(type: number): number {
    const signature = this.#signatures[type];
    if (signature === undefined) return type;
    let bound = this.#bound.get(type);
    if (bound === undefined) {
      bound = this.#add(boundOf(signature));
      this.#bound.set(type, bound);
    }
    return bound;
  }

  /** The contents of the section, with all that was added. */
  finish(): Uint8Array {
    const { bytes } = this.#section;
    const writer = new Writer(bytes.length + this.#behind.length + 16);
    writer.u32(this.#groups + this.#behindCount);
    writer.copy(bytes, this.#start);
    writer.copy(this.#behind.bytes);
    return writer.bytes;
  }
}

function signatureOf(
  parameters: readonly number[],
  results: readonly number[],
): Signature {
  return {
    parameterCount: parameters.length,
    parameters: Uint8Array.from(parameters),
    results: Uint8Array.of(results.length, ...results),
  };
}

function boundOf(
  { parameterCount, parameters, results }: Signature,
): Signature {
  return {
    parameterCount: parameterCount + 1,
    parameters: Uint8Array.of(EXTERNREF, ...parameters),
    results,
  };
}

function readGroups(
  reader: Reader,
  groups: number,
): (Signature | undefined)[] {
  const signatures: (Signature | undefined)[] = [];
  for (let group = 0; group < groups; group++) {
    const form = reader.byte();
    if (form !== RECURSIVE) signatures.push(readType(reader, form));
    else reader.vector(() => signatures.push(readType(reader, reader.byte())));
  }
  reader.end();
  return signatures;
}

function readType(reader: Reader, form: number): Signature | undefined {
  if (form !== SUBTYPE && form !== FINAL_SUBTYPE) {
    return readComposite(reader, form);
  }
  reader.vector(() => reader.skipInteger());
  return readComposite(reader, reader.byte());
}

function readComposite(reader: Reader, form: number): Signature | undefined {
  switch (form) {
    case FUNCTION:
      return readFunction(reader);
    case STRUCTURE:
      return void reader.vector(() => readField(reader));
    case ARRAY:
      return void readField(reader);
    default:
      throw reader.refusal(
        "Cannot read an unknown form of type",
        reader.at - 1,
      );
  }
}

function readFunction(reader: Reader): Signature {
  const parameterCount = reader.u32();
  const start = reader.at;
  for (let nth = 0; nth < parameterCount; nth++) reader.valueType();
  const results = reader.at;
  reader.vector(() => reader.valueType());
  return {
    parameterCount,
    parameters: reader.bytes.subarray(start, results),
    results: reader.bytes.subarray(results, reader.at),
  };
}

function readField(reader: Reader): void {
  reader.valueType();
  reader.byte();
}
