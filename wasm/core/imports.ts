/**
 * Whether all that a module imports is there, before an instance is made.
 *
 * @module
 */

import { KIND } from "../instrument/imports.ts";
import { readLimits } from "../instrument/memory_type.ts";
import { Reader } from "../instrument/reader.ts";
import { readSections, SECTION, type Section } from "../instrument/sections.ts";
import { HOST_MODULES, type HostModule } from "./host_modules.ts";
import { SHOWN_NAME_MAX } from "./limits.ts";

const RECURSIVE = 0x4e;
const FINAL_SUBTYPE = 0x4f;
const SUBTYPE = 0x50;
const FUNCTION = 0x60;
const ARRAY = 0x5e;

const KIND_NAMES = ["function", "table", "memory", "global", "tag"];

/** One import of a function; of anything else, `type` says what it is. */
interface Import {
  readonly module: string;
  readonly field: string;
  readonly type: string;
}

/**
 * Why a module cannot be given what it imports, as a sentence.
 *
 * @param bytes A valid module.
 * @param modules What is offered, by the name of the import module.
 * @returns Undefined when it can.
 */
export function refusalOf(
  bytes: Uint8Array,
  modules: ReadonlyMap<string, HostModule> = HOST_MODULES,
): string | undefined {
  for (const each of readImports(bytes)) {
    if (KIND_NAMES.includes(each.type)) {
      return `Cannot give a module a ${each.type}: ${shown(each)}`;
    }
    const offered = offeredType(modules, each);
    if (offered === undefined) return unknown(modules, each);
    if (offered !== each.type) {
      return `Cannot import a function of type ${offered} as one of type ${each.type}: ${
        shown(each)
      }`;
    }
  }
  return undefined;
}

function offeredType(
  modules: ReadonlyMap<string, HostModule>,
  { module, field }: Import,
): string | undefined {
  const types = modules.get(module)?.types;
  return types !== undefined && Object.hasOwn(types, field)
    ? types[field]
    : undefined;
}

function unknown(
  modules: ReadonlyMap<string, HostModule>,
  wanted: Import,
): string {
  const name = shown(wanted);
  const nearest = nearestTo(name, modules);
  const hint = nearest === undefined ? "" : `, of which ${nearest} is nearest`;
  return `Cannot import what is not there${hint}: ${name}`;
}

// A name can hold anything, and be as long as its module.
function shown({ module, field }: Import): string {
  const name = JSON.stringify(`${module}.${field}`).slice(1, -1);
  return name.length <= SHOWN_NAME_MAX
    ? name
    : `${name.slice(0, SHOWN_NAME_MAX)}…`;
}

function nearestTo(
  name: string,
  modules: ReadonlyMap<string, HostModule>,
): string | undefined {
  const names = [...modules].flatMap(([module, { types }]) =>
    Object.keys(types).map((field) => `${module}.${field}`)
  );
  const ranked = names
    .map((each) => ({ each, distance: distanceOf(name, each) }))
    .toSorted((one, other) => one.distance - other.distance);
  const first = ranked[0];
  return first !== undefined && first.distance <= name.length / 3
    ? first.each
    : undefined;
}

/** Letters to add, leave out and change, to make one of the other. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const change = row[to - 1]! + Number(one[at - 1] !== other[to - 1]);
      next.push(Math.min(change, row[to]! + 1, next[to - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}

function readImports(bytes: Uint8Array): Import[] {
  const sections = readSections(bytes);
  const types = readTypes(find(sections, SECTION.type));
  const imports: Import[] = [];
  const section = find(sections, SECTION.import);
  if (section === undefined) return imports;
  const reader = new Reader(section);
  reader.vector(() => {
    const module = reader.name();
    const field = reader.name();
    imports.push({ module, field, type: readType(reader, types) });
  });
  return imports;
}

function find(sections: readonly Section[], id: number): Section | undefined {
  return sections.find((section) => section.id === id);
}

function readType(
  reader: Reader,
  types: readonly (string | undefined)[],
): string {
  const kind = reader.byte();
  switch (kind) {
    case KIND.func:
      return types[reader.u32()] ?? "";
    case KIND.table:
      reader.valueType();
      readLimits(reader);
      break;
    case KIND.memory:
      readLimits(reader);
      break;
    case KIND.global:
      reader.valueType();
      reader.skip(1);
      break;
    case KIND.tag:
      reader.skip(1);
      reader.skipInteger();
      break;
  }
  return KIND_NAMES[kind]!;
}

// The functions among the types, by index.
function readTypes(section: Section | undefined): (string | undefined)[] {
  const types: (string | undefined)[] = [];
  if (section === undefined) return types;
  const reader = new Reader(section);
  reader.vector(() => {
    const form = reader.byte();
    if (form !== RECURSIVE) types.push(readSubtype(reader, form));
    else reader.vector(() => types.push(readSubtype(reader, reader.byte())));
  });
  return types;
}

function readSubtype(reader: Reader, form: number): string | undefined {
  if (form !== SUBTYPE && form !== FINAL_SUBTYPE) {
    return readComposite(reader, form);
  }
  reader.vector(() => reader.skipInteger());
  return readComposite(reader, reader.byte());
}

function readComposite(reader: Reader, form: number): string | undefined {
  if (form === FUNCTION) {
    const params = readValues(reader);
    const results = readValues(reader);
    const result = results.length === 1
      ? results[0]
      : `(${results.join(", ")})`;
    return `(${params.join(", ")}) -> ${result}`;
  }
  if (form === ARRAY) readField(reader);
  else reader.vector(() => readField(reader));
  return undefined;
}

function readValues(reader: Reader): string[] {
  const values: string[] = [];
  reader.vector(() => values.push(reader.valueType()));
  return values;
}

function readField(reader: Reader): void {
  reader.valueType();
  reader.byte();
}
