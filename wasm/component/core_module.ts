/**
 * What a core module imports and exports.
 *
 * Nothing else of it is looked at: that it is valid the engine finds out.
 *
 * @see WebAssembly Core, "Binary Format, Modules".
 *
 * @module
 */

import { Edits } from "../instrument/edits.ts";
import { NotRewritable } from "../instrument/errors.ts";
import { type Limits, readLimits } from "../instrument/memory_type.ts";
import { Reader, type ValueType } from "../instrument/reader.ts";
import { scan } from "../instrument/scan.ts";
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
  | { readonly kind: "func" | "tag"; readonly signature: CoreSignature }
  | { readonly kind: "memory"; readonly limits: Limits }
  | {
    readonly kind: "table";
    readonly limits: Limits;
    readonly type: ValueType;
  }
  | {
    readonly kind: "global";
    readonly type: ValueType;
    readonly isMutable: boolean;
  };

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

// Only where an expression ends is of interest.
const NOWHERE = {
  moveFrom: Infinity,
  ranges: { functions: 0, globals: 0, memories: 0, types: 0 },
};

const MUTABLE = 0x01;

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
        return reader.vector(() => this.#add(this.#readTyped(reader, "func")));
      case SECTION.table:
        return reader.vector(() => this.#add(readTable(reader)));
      case SECTION.memory:
        return reader.vector(() => this.#add(readMemory(reader)));
      case SECTION.global:
        return this.#readGlobals(reader);
      case SECTION.tag:
        return reader.vector(() => this.#add(this.#readTag(reader)));
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
        return this.#readTyped(reader, kind);
      case "table":
        return readTable(reader);
      case "memory":
        return readMemory(reader);
      case "global":
        return readGlobal(reader);
      case "tag":
        return this.#readTag(reader);
    }
  }

  #readTyped(reader: Reader, kind: "func" | "tag"): CoreExtern {
    const start = reader.at;
    const signature = this.#types[reader.u32()];
    if (signature !== undefined) return { kind, signature };
    const what = kind === "func" ? "function" : kind;
    throw reader.refusal(`Cannot find the type of a ${what}`, start);
  }

  #readTag(reader: Reader): CoreExtern {
    reader.byte();
    return this.#readTyped(reader, "tag");
  }

  #readGlobals(reader: Reader): void {
    const edits = new Edits();
    reader.vector(() => {
      this.#add(readGlobal(reader));
      edits.count = 0;
      scan(reader, edits, NOWHERE);
    });
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
  const type = reader.valueType();
  return { kind: "table", type, limits: readLimits(reader) };
}

function readMemory(reader: Reader): CoreExtern {
  return { kind: "memory", limits: readLimits(reader) };
}

function readGlobal(reader: Reader): CoreExtern {
  const type = reader.valueType();
  return { kind: "global", type, isMutable: reader.byte() === MUTABLE };
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
