/**
 * Reads names, places in index spaces, aliases, and the types of what is imported.
 *
 * @module
 */

import { isExternName } from "./name.ts";
import type { ComponentReader } from "./reader.ts";
import type {
  CoreKind,
  DefinitionSyntax,
  ExternSyntax,
  NamedIndex,
  Sort,
  SortIndex,
} from "./syntax.ts";

const CORE_KINDS: readonly CoreKind[] = [
  "func",
  "table",
  "memory",
  "global",
  "tag",
];

const CORE_SORTS: ReadonlyMap<number, Sort> = new Map<number, Sort>([
  ...CORE_KINDS.map((kind, byte) => [byte, `core ${kind}`] as [number, Sort]),
  [0x10, "core type"],
  [0x11, "core module"],
  [0x12, "core instance"],
]);

const SORTS: ReadonlyMap<number, Sort> = new Map<number, Sort>([
  [0x01, "func"],
  [0x03, "type"],
  [0x04, "component"],
  [0x05, "instance"],
]);

// What is in the type spaces of core and component types, and what may be
// brought in from an outer component.
const OUTER_SORTS: readonly Sort[] = [
  "type",
  "core type",
  "core module",
  "component",
];

/** Reads the name of an import or export. */
export function readExternName(reader: ComponentReader): string {
  const form = reader.byte();
  if (form === 0x02) throw reader.unsupported("names with attributes");
  // 0x01 once marked names of interfaces, and means the same.
  if (form > 0x01) throw reader.unknown("an extern name", form);
  const start = reader.at;
  const name = reader.name();
  if (isExternName(name)) return name;
  throw reader.refusal(`Cannot read an extern name: "${name}"`, start);
}

/** Reads a sort and an index. */
export function readSortIndex(reader: ComponentReader): SortIndex {
  const sort = readSort(reader);
  return { sort, index: reader.u32() };
}

function readSort(reader: ComponentReader): Sort {
  const byte = reader.byte();
  if (byte === 0x00) return readCoreSort(reader);
  const sort = SORTS.get(byte);
  if (byte === 0x02) throw reader.unsupported("imports and exports of values");
  if (sort === undefined) throw reader.unknown("a sort", byte);
  return sort;
}

function readCoreSort(reader: ComponentReader): Sort {
  const byte = reader.byte();
  const sort = CORE_SORTS.get(byte);
  if (sort === undefined) throw reader.unknown("a core sort", byte);
  return sort;
}

/** Reads an argument of a core instantiation. */
export function readCoreInstantiateItem(reader: ComponentReader): NamedIndex {
  const name = reader.coreName();
  reader.expect(0x12, "an argument that is no core instance");
  return { name, sort: "core instance", index: reader.u32() };
}

/** Reads an export of a core instance that is made of what is there. */
export function readCoreBundleItem(reader: ComponentReader): NamedIndex {
  const name = reader.coreName();
  const sort = readCoreSort(reader);
  return { name, sort, index: reader.u32() };
}

/** Reads an argument of an instantiation. */
export function readInstantiateItem(reader: ComponentReader): NamedIndex {
  const name = reader.name();
  return { name, ...readSortIndex(reader) };
}

/** Reads an export of an instance that is made of what is there. */
export function readBundleItem(reader: ComponentReader): NamedIndex {
  const name = readExternName(reader);
  return { name, ...readSortIndex(reader) };
}

/** Reads an alias. */
export function readAlias(reader: ComponentReader): DefinitionSyntax {
  const start = reader.at;
  const sort = readSort(reader);
  const target = reader.byte();
  switch (target) {
    case 0x00: {
      const instance = reader.u32();
      return { kind: "alias export", sort, instance, name: reader.name() };
    }
    case 0x01: {
      const coreSort = CORE_KINDS.find((kind) => `core ${kind}` === sort);
      if (coreSort === undefined) break;
      const instance = reader.u32();
      const name = reader.coreName();
      return {
        kind: "alias core export",
        sort: `core ${coreSort}`,
        instance,
        name,
      };
    }
    case 0x02: {
      if (!OUTER_SORTS.includes(sort)) break;
      const count = reader.u32();
      return { kind: "alias outer", sort, count, index: reader.u32() };
    }
    default:
      throw reader.unknown("the target of an alias", target);
  }
  throw reader.refusal(`Cannot alias by form ${target}: ${sort}`, start);
}

/** Reads the type of an import or export. */
export function readExternType(reader: ComponentReader): ExternSyntax {
  const form = reader.byte();
  switch (form) {
    case 0x00:
      reader.expect(0x11, "the type of a core extern");
      return { kind: "core module", type: reader.u32() };
    case 0x01:
      return { kind: "func", type: reader.u32() };
    case 0x02:
      throw reader.unsupported("imports and exports of values");
    case 0x03:
      return readTypeBound(reader);
    case 0x04:
      return { kind: "component", type: reader.u32() };
    case 0x05:
      return { kind: "instance", type: reader.u32() };
    default:
      throw reader.unknown("the type of an extern", form);
  }
}

function readTypeBound(reader: ComponentReader): ExternSyntax {
  const form = reader.byte();
  if (form === 0x00) return { kind: "equal type", type: reader.u32() };
  if (form === 0x01) return { kind: "resource" };
  throw reader.unknown("the bound of a type", form);
}
