/**
 * Reads a component as its definitions.
 *
 * @see Component Model, "Component Model Binary Format Explainer".
 *
 * @module
 */

import { readCanonical } from "./decode_canonical.ts";
import { readCoreType } from "./decode_core_type.ts";
import {
  readAlias,
  readBundleItem,
  readCoreBundleItem,
  readCoreInstantiateItem,
  readExternName,
  readExternType,
  readInstantiateItem,
  readSortIndex,
} from "./decode_item.ts";
import { readType } from "./decode_type.ts";
import { InvalidComponent, NeedsPreview3 } from "./errors.ts";
import { NESTING_MAX } from "./limits.ts";
import { ComponentReader } from "./reader.ts";
import type {
  ComponentSyntax,
  Definition,
  DefinitionSyntax,
} from "./syntax.ts";

/** What a component's binary says. */
export interface Decoded {
  /** The component. */
  readonly component: ComponentSyntax;
  /** What it needs of preview 3, each once. */
  readonly preview3: readonly string[];
}

// Magic, version 0x0d, layer 1.
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

// By id. A section of definitions is a vector of what its function reads.
const SECTIONS: readonly (readonly [
  name: string,
  read: ((reader: ComponentReader) => DefinitionSyntax) | undefined,
])[] = [
  ["custom", undefined],
  ["core module", undefined],
  ["core instance", readCoreInstance],
  ["core type", readCoreType],
  ["component", undefined],
  ["instance", readInstance],
  ["alias", readAlias],
  ["type", (reader) => ({ kind: "type", type: readType(reader) })],
  ["canon", readCanonical],
  ["start", undefined],
  ["import", readImport],
  ["export", readExport],
];

/** Whether `bytes` start as a component does, which a core module does not. */
export function isComponent(bytes: Uint8Array): boolean {
  return HEADER.every((byte, index) => bytes[index] === byte);
}

/**
 * Reads `bytes`. Indices are not looked at.
 *
 * @throws {InvalidComponent} It is no component, or holds what is not known.
 * @throws {NeedsPreview3} It holds that behind something of preview 3.
 */
export function decodeComponent(bytes: Uint8Array): Decoded {
  const reader = new ComponentReader(bytes);
  try {
    const component = readComponent(reader);
    return { component, preview3: [...reader.tally.preview3] };
  } catch (error) {
    throw behindPreview3(error, reader);
  }
}

// Tools that know other drafts of preview 3 give its functions other bytes.
// Whoever reads on behind one of them finds what nobody has written.
function behindPreview3(error: unknown, { tally }: ComponentReader): unknown {
  if (!(error instanceof InvalidComponent)) return error;
  if (tally.preview3.size === 0) return error;
  return new NeedsPreview3([...tally.preview3]);
}

function readComponent(reader: ComponentReader): ComponentSyntax {
  if (reader.depth > NESTING_MAX) {
    throw reader.refusal(
      `Cannot read components that lie in each other deeper than ${NESTING_MAX}`,
    );
  }
  const start = reader.at;
  for (const byte of HEADER) {
    if (reader.next !== byte) {
      throw reader.refusal(
        "Cannot read a component without the header of version 0x0d, layer 1",
        start,
      );
    }
    reader.byte();
  }
  const definitions: Definition[] = [];
  while (!reader.isAtEnd) readSection(reader, definitions);
  return { definitions };
}

function readSection(reader: ComponentReader, into: Definition[]): void {
  const id = reader.byte();
  const section = SECTIONS[id];
  if (section === undefined) throw reader.unknown("a section", id);
  const size = reader.u32();
  const [name, read] = section;
  const inner = reader.inner(name, size);
  if (read !== undefined) {
    for (const one of inner.vector(() => readDefinition(inner, read))) {
      into.push(one);
    }
    inner.end();
    return;
  }
  const single = readSingle(inner, size);
  if (single !== undefined) into.push(single);
}

function readDefinition(
  reader: ComponentReader,
  read: (reader: ComponentReader) => DefinitionSyntax,
): Definition {
  const place = reader.place();
  return { ...read(reader), place };
}

/** Reads a section that is no vector. */
function readSingle(
  reader: ComponentReader,
  size: number,
): Definition | undefined {
  const place = reader.place();
  reader.count(1);
  switch (reader.section) {
    case "core module":
      return { kind: "core module", bytes: reader.take(size), place };
    case "component":
      return { kind: "component", component: readComponent(reader), place };
    case "start":
      return { ...readStart(reader), place };
    default:
      // A custom section, of which nothing is needed but that it has a name.
      reader.name();
      return undefined;
  }
}

function readStart(reader: ComponentReader): DefinitionSyntax {
  const func = reader.u32();
  const values = reader.vector(() => reader.u32()).length + reader.u32();
  if (values > 0) {
    throw reader.refusal("Cannot start a component with values");
  }
  reader.end();
  return { kind: "start", func };
}

function readCoreInstance(reader: ComponentReader): DefinitionSyntax {
  const form = reader.byte();
  switch (form) {
    case 0x00: {
      const module = reader.u32();
      const args = reader.vector(() => readCoreInstantiateItem(reader));
      return { kind: "core instantiate", module, args };
    }
    case 0x01: {
      const exports = reader.vector(() => readCoreBundleItem(reader));
      return { kind: "core bundle", exports };
    }
    default:
      throw reader.unknown("a core instance", form);
  }
}

function readInstance(reader: ComponentReader): DefinitionSyntax {
  const form = reader.byte();
  switch (form) {
    case 0x00: {
      const component = reader.u32();
      const args = reader.vector(() => readInstantiateItem(reader));
      return { kind: "instantiate", component, args };
    }
    case 0x01: {
      const exports = reader.vector(() => readBundleItem(reader));
      return { kind: "bundle", exports };
    }
    default:
      throw reader.unknown("an instance", form);
  }
}

function readImport(reader: ComponentReader): DefinitionSyntax {
  const name = readExternName(reader);
  return { kind: "import", name, type: readExternType(reader) };
}

function readExport(reader: ComponentReader): DefinitionSyntax {
  const name = readExternName(reader);
  const item = readSortIndex(reader);
  const type = reader.optional(() => readExternType(reader));
  return { kind: "export", name, item, type };
}
