/**
 * The names of a module's functions.
 *
 * @see WebAssembly Core, appendix "Custom Sections", "Function Names".
 *
 * @module
 */

import { openCustom, readLeniently } from "../instrument/custom.ts";
import { KIND } from "../instrument/imports.ts";
import { NAME_SECTION } from "../instrument/name_section.ts";
import { Reader } from "../instrument/reader.ts";
import { readSections, SECTION, type Section } from "../instrument/sections.ts";
import { NAME_LENGTH_MAX, printable } from "./printable.ts";

/** How many functions of a module have a name here; those behind have none. */
export const NAMES_MAX: number = 2 ** 18;

// Subsection of the name section.
const FUNCTIONS = 1;

// UTF-8 has at most four bytes for one UTF-16 unit.
const NAME_BYTES_MAX = (NAME_LENGTH_MAX + 1) * 4;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The name of a function by its index, printable and cut: the one of the name
 * section, else the first one that it is exported under. `undefined` without.
 *
 * Names are not demangled. `module` is read when the first name is asked for,
 * and must not change. What is malformed names nothing, and what was read
 * before it stays: a bad name section does not make a module invalid.
 *
 * @param module The bytes of a core module.
 *
 * @example
 * ```ts
 * import { functionNames } from "./function_names.ts";
 * import { strictEqual } from "node:assert";
 *
 * // (module (func (export "run")))
 * const bytes = Uint8Array.fromHex(
 *   "0061736d01000000" + "010401600000" + "03020100" +
 *     "0707010372756e0000" + "0a040102000b",
 * );
 * const nameOf = functionNames(bytes);
 * strictEqual(nameOf(0), "run");
 * strictEqual(nameOf(1), undefined);
 * ```
 */
export function functionNames(
  module: Uint8Array,
): (functionIndex: number) => string | undefined {
  let offsets: ReadonlyMap<number, number> | undefined;
  return (functionIndex) => {
    offsets ??= nameOffsets(module);
    const offset = offsets.get(functionIndex);
    return offset === undefined ? undefined : nameAt(module, offset);
  };
}

function nameAt(module: Uint8Array, offset: number): string | undefined {
  const bytes = module.subarray(offset);
  const reader = new Reader({ id: SECTION.custom, offset, bytes });
  const size = reader.u32();
  const end = reader.at + Math.min(size, NAME_BYTES_MAX);
  const name = decoder.decode(bytes.subarray(reader.at, end));
  return name === "" ? undefined : printable(name, NAME_LENGTH_MAX);
}

// Offsets and not names: a module can make names as long as it is.
function nameOffsets(module: Uint8Array): Map<number, number> {
  const offsets = new Map<number, number>();
  const sections = readLeniently(() => readSections(module), []);
  const custom = sections.find(isNameSection);
  const exports = sections.find(({ id }) => id === SECTION.export);
  readLeniently(() => custom && readNames(custom, offsets), undefined);
  readLeniently(() => exports && readExports(exports, offsets), undefined);
  return offsets;
}

function isNameSection(section: Section): boolean {
  const name = readLeniently(() => openCustom(section)?.name, undefined);
  return name === NAME_SECTION;
}

function readNames(section: Section, offsets: Map<number, number>): void {
  const { reader } = openCustom(section)!;
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.at;
    reader.skip(size);
    if (id !== FUNCTIONS) continue;
    const bytes = section.bytes.subarray(start, reader.at);
    const offset = section.offset + start;
    return readFunctions({ id: section.id, offset, bytes }, offsets);
  }
}

function readFunctions(part: Section, offsets: Map<number, number>): void {
  const reader = new Reader(part);
  reader.vector(() => {
    const functionIndex = reader.u32();
    const offset = part.offset + reader.at;
    reader.skip(reader.u32());
    addName(offsets, functionIndex, offset);
  });
}

function readExports(section: Section, offsets: Map<number, number>): void {
  const reader = new Reader(section);
  reader.vector(() => {
    const offset = section.offset + reader.at;
    reader.skip(reader.u32());
    const kind = reader.byte();
    const index = reader.u32();
    if (kind === KIND.func) addName(offsets, index, offset);
  });
}

function addName(
  offsets: Map<number, number>,
  functionIndex: number,
  offset: number,
): void {
  if (offsets.size === NAMES_MAX || offsets.has(functionIndex)) return;
  offsets.set(functionIndex, offset);
}
