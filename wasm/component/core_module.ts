/**
 * What a core module imports and exports.
 *
 * Nothing else of it is looked at: that it is valid the engine finds out.
 *
 * @see WebAssembly Core, "Binary Format, Modules".
 *
 * @module
 */

import { NotRewritable } from "../instrument/errors.ts";
import { readLimits } from "../instrument/memory_type.ts";
import { Reader } from "../instrument/reader.ts";
import { readSections, SECTION, type Section } from "../instrument/sections.ts";
import { InvalidComponent, type Place } from "./errors.ts";
import type { CoreKind } from "./syntax.ts";

/** The types of a core function's parameters and results, as in Wasm text. */
export interface CoreSignature {
  /** In order. */
  readonly params: readonly string[];
  /** In order. */
  readonly results: readonly string[];
}

/** What a core module imports or exports. */
export type CoreExtern =
  | { readonly kind: "func"; readonly signature: CoreSignature }
  | {
    readonly kind: "memory";
    readonly is64: boolean;
    readonly isShared: boolean;
  }
  | { readonly kind: "table" | "global" | "tag" };

/** An import of a core module. */
export interface CoreImport {
  /** The module part of its name. */
  readonly module: string;
  /** The rest of its name. */
  readonly name: string;
  /** What it is. */
  readonly type: CoreExtern;
}

/** What a core module imports and exports. */
export interface CoreInterface {
  /** In order. */
  readonly imports: readonly CoreImport[];
  /** By name. */
  readonly exports: ReadonlyMap<string, CoreExtern>;
}

const KINDS: readonly CoreKind[] = [
  "func",
  "table",
  "memory",
  "global",
  "tag",
];

/**
 * Reads what `module` imports and exports.
 *
 * @param place Where it is in its component.
 * @throws {InvalidComponent} It is malformed, or has types of the GC proposal.
 */
export function readCoreInterface(
  module: Uint8Array,
  place: Place,
): CoreInterface {
  try {
    return new InterfaceReader(readSections(module)).interface;
  } catch (error) {
    // The reader of core modules tells offsets in the module: tell it in ours.
    if (!(error instanceof NotRewritable)) throw error;
    const offset = place.offset + error.offset;
    const sentence = `Cannot read a core module: ${error.message}`;
    throw new InvalidComponent(sentence, { ...place, offset });
  }
}

/** Index spaces of a module, as its sections are read. */
class InterfaceReader {
  readonly #types: CoreSignature[] = [];
  readonly #spaces: Record<CoreKind, CoreExtern[]> = {
    func: [],
    table: [],
    memory: [],
    global: [],
    tag: [],
  };
  readonly #imports: CoreImport[] = [];
  readonly #exports = new Map<string, CoreExtern>();

  constructor(sections: readonly Section[]) {
    for (const section of sections) this.#readSection(section);
  }

  get interface(): CoreInterface {
    return { imports: this.#imports, exports: this.#exports };
  }

  #readSection(section: Section): void {
    const reader = new Reader(section);
    switch (section.id) {
      case SECTION.type:
        return reader.vector(() => this.#types.push(readSignature(reader)));
      case SECTION.import:
        return reader.vector(() => this.#readImport(reader));
      case SECTION.function:
        return reader.vector(() => this.#add(this.#readFunction(reader)));
      case SECTION.table:
        return reader.vector(() => this.#add(readTable(reader)));
      case SECTION.memory:
        return reader.vector(() => this.#add(readMemory(reader)));
      case SECTION.global:
        return this.#readGlobals(reader);
      case SECTION.tag:
        return reader.vector(() => this.#add(readTag(reader)));
      case SECTION.export:
        return reader.vector(() => this.#readExport(reader));
    }
  }

  #add(extern: CoreExtern): void {
    this.#spaces[extern.kind].push(extern);
  }

  #readImport(reader: Reader): void {
    const module = reader.name();
    const name = reader.name();
    const type = this.#readExtern(reader);
    this.#add(type);
    this.#imports.push({ module, name, type });
  }

  #readExtern(reader: Reader): CoreExtern {
    const kind = KINDS[reader.byte()];
    if (kind === undefined) {
      throw reader.refusal("Cannot read an import", reader.at - 1);
    }
    switch (kind) {
      case "func":
        return this.#readFunction(reader);
      case "table":
        return readTable(reader);
      case "memory":
        return readMemory(reader);
      case "global":
        reader.valueType();
        reader.byte();
        return { kind };
      case "tag":
        return readTag(reader);
    }
  }

  #readFunction(reader: Reader): CoreExtern {
    const start = reader.at;
    const signature = this.#types[reader.u32()];
    if (signature !== undefined) return { kind: "func", signature };
    throw reader.refusal("Cannot find the type of a function", start);
  }

  // What is behind the count is not read: a global has code, and is only counted.
  #readGlobals(reader: Reader): void {
    const start = reader.at;
    const count = reader.u32();
    // A global takes three bytes at least.
    if (count > reader.bytes.length) {
      throw reader.refusal("Cannot read past the end", start);
    }
    for (let nth = 0; nth < count; nth++) this.#add({ kind: "global" });
  }

  #readExport(reader: Reader): void {
    const name = reader.name();
    const start = reader.at;
    const kind = KINDS[reader.byte()];
    const extern = this.#spaces[kind ?? "func"][reader.u32()];
    if (kind === undefined || extern === undefined) {
      throw reader.refusal("Cannot find what is exported", start);
    }
    if (this.#exports.has(name)) {
      throw reader.refusal(`Cannot export a name twice: "${name}"`, start);
    }
    this.#exports.set(name, extern);
  }
}

/** Reads the type of a function. */
export function readSignature(reader: Reader): CoreSignature {
  const form = reader.byte();
  if (form !== 0x60) {
    throw reader.refusal(
      "Cannot link a type that is no function's",
      reader.at - 1,
    );
  }
  return { params: readTypes(reader), results: readTypes(reader) };
}

function readTypes(reader: Reader): readonly string[] {
  const types: string[] = [];
  reader.vector(() => types.push(reader.valueType()));
  return types;
}

function readTable(reader: Reader): CoreExtern {
  // A table with a first value for its entries; the value is code.
  if (reader.bytes[reader.at] === 0x40) {
    throw reader.refusal("Cannot link a table with a first value");
  }
  reader.valueType();
  readLimits(reader);
  return { kind: "table" };
}

function readMemory(reader: Reader): CoreExtern {
  const { is64, isShared } = readLimits(reader);
  return { kind: "memory", is64, isShared };
}

function readTag(reader: Reader): CoreExtern {
  reader.byte();
  reader.u32();
  return { kind: "tag" };
}

/** `(i32, i32) -> (i64)` and so on. */
export function formatSignature({ params, results }: CoreSignature): string {
  return `(${params.join(", ")}) -> (${results.join(", ")})`;
}

/** Whether two functions have the same type. */
export function isSameSignature(
  one: CoreSignature,
  other: CoreSignature,
): boolean {
  return formatSignature(one) === formatSignature(other);
}
