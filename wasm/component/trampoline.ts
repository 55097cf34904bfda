/**
 * Recognises modules that are only trampolines through a table, and modules
 * that only fill such a table. Tools put them around a module that imports
 * functions which work on its own memory.
 *
 * @module
 */

import { readLeniently } from "../instrument/custom.ts";
import { readLimits } from "../instrument/memory_type.ts";
import { Reader } from "../instrument/reader.ts";
import { readSections, SECTION, type Section } from "../instrument/sections.ts";
import { type CoreSignature, readSignature } from "./core_module.ts";

/** A module of functions that each call what is in a slot of a table, and of nothing else. */
export interface Shim {
  /** Under which name the table is exported. */
  readonly table: string;
  /** By the name under which the function is exported. */
  readonly slots: ReadonlyMap<string, Slot>;
}

/** What a trampoline calls. */
export interface Slot {
  /** Index in the table. */
  readonly index: number;
  /** The core type of the trampoline, and of what it calls. */
  readonly signature: CoreSignature;
}

/** A module that fills slots of an imported table with imported functions, and does nothing else. */
export interface Fixup {
  /** Index of the table in all imports. */
  readonly table: number;
  /** The first slot that is filled. */
  readonly first: number;
  /** Indices in all imports, in the order of the slots. */
  readonly functions: readonly number[];
}

const LOCAL_GET = 0x20;
const I32_CONST = 0x41;
const CALL_INDIRECT = 0x11;
const END = 0x0b;

type Sections = ReadonlyMap<number, Section>;

/** What the shim `module` does; undefined if it is none. */
export function readShim(module: Uint8Array): Shim | undefined {
  const { type, function: functions, table, export: exports, code } = SECTION;
  return readLeniently(() => {
    const sections = sectionsOf(module, [
      type,
      functions,
      table,
      exports,
      code,
    ]);
    return sections && readShimSections(sections);
  }, undefined);
}

/** What the fixup `module` does; undefined if it is none. */
export function readFixup(module: Uint8Array): Fixup | undefined {
  const { type, import: imports, element } = SECTION;
  return readLeniently(() => {
    const sections = sectionsOf(module, [type, imports, element]);
    return sections && readFixupSections(sections);
  }, undefined);
}

/** The sections by id, if each of `ids` is there once, and but for custom sections nothing else. */
function sectionsOf(
  module: Uint8Array,
  ids: readonly number[],
): Sections | undefined {
  const sections = readSections(module).filter(({ id }) =>
    id !== SECTION.custom
  );
  const byId = new Map(sections.map((section) => [section.id, section]));
  const isComplete = sections.length === ids.length &&
    ids.every((id) => byId.has(id));
  return isComplete ? byId : undefined;
}

function readShimSections(sections: Sections): Shim | undefined {
  const signatures = readVector(sections, SECTION.type, readSignature);
  const types = readVector(
    sections,
    SECTION.function,
    (reader) => reader.u32(),
  );
  const tables = readVector(sections, SECTION.table, readTable);
  const exported = readVector(sections, SECTION.export, readExport);
  const code = new Reader(sections.get(SECTION.code)!);
  if (code.u32() !== types.length || tables.length !== 1) return undefined;
  const slots: Slot[] = [];
  for (const type of types) {
    const slot = readTrampoline(code, type, signatures[type]);
    if (slot === undefined) return undefined;
    slots.push(slot);
  }
  const byName = new Map<string, Slot>();
  let table: string | undefined;
  for (const { name, kind, index } of exported) {
    const slot = kind === 0 ? slots[index] : undefined;
    if (kind === 1 && table === undefined) table = name;
    else if (slot === undefined) return undefined;
    else byName.set(name, slot);
  }
  return table === undefined ? undefined : { table, slots: byName };
}

function readVector<Item>(
  sections: Sections,
  id: number,
  read: (reader: Reader) => Item,
): Item[] {
  const reader = new Reader(sections.get(id)!);
  const items: Item[] = [];
  reader.vector(() => items.push(read(reader)));
  reader.end();
  return items;
}

function readTable(reader: Reader): void {
  reader.valueType();
  readLimits(reader);
}

function readExport(reader: Reader) {
  return { name: reader.name(), kind: reader.byte(), index: reader.u32() };
}

/** The slot that a function calls with its own parameters; undefined if it does something else. */
function readTrampoline(
  code: Reader,
  type: number,
  signature: CoreSignature | undefined,
): Slot | undefined {
  const size = code.u32();
  const end = code.at + size;
  const index = code.byte() === 0 && signature !== undefined &&
      readGets(code, signature.params.length)
    ? readConstant(code)
    : undefined;
  if (index === undefined || signature === undefined) return undefined;
  const isCall = code.byte() === CALL_INDIRECT && code.u32() === type &&
    code.u32() === 0 && code.byte() === END && code.at === end;
  return isCall ? { index, signature } : undefined;
}

function readGets(code: Reader, arity: number): boolean {
  for (let index = 0; index < arity; index++) {
    if (code.byte() !== LOCAL_GET || code.u32() !== index) return false;
  }
  return true;
}

/** The constant of an instruction; undefined if it is another instruction, or below 0. */
function readConstant(reader: Reader): number | undefined {
  if (reader.byte() !== I32_CONST) return undefined;
  const value = reader.u32();
  // The highest bit of the last byte is the sign.
  const isNegative = (reader.bytes[reader.at - 1]! & 0x40) !== 0;
  return isNegative ? undefined : value;
}

function readFixupSections(sections: Sections): Fixup | undefined {
  const kinds = readVector(sections, SECTION.import, readImportKind);
  const table = kinds.indexOf(1);
  if (table === -1 || kinds.some((kind) => kind > 1)) return undefined;
  if (kinds.lastIndexOf(1) !== table) return undefined;
  const functions = kinds.flatMap((kind, index) => kind === 0 ? [index] : []);
  const element = new Reader(sections.get(SECTION.element)!);
  // One segment of form 0: into table 0, at a constant, functions by index.
  if (element.u32() !== 1 || element.u32() !== 0) return undefined;
  const first = readConstant(element);
  if (first === undefined || element.byte() !== END) return undefined;
  const filled: number[] = [];
  element.vector(() => filled.push(functions[element.u32()] ?? -1));
  element.end();
  if (filled.includes(-1)) return undefined;
  return { table, first, functions: filled };
}

function readImportKind(reader: Reader): number {
  reader.name();
  reader.name();
  const kind = reader.byte();
  if (kind === 0) reader.u32();
  else if (kind === 1) readTable(reader);
  // What else there is makes it no fixup, and is not read on.
  else throw reader.refusal("Cannot read an import of a fixup");
  return kind;
}
