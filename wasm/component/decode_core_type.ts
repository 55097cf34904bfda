/**
 * Steps over the types of core functions and modules.
 *
 * @module
 */

import type { ComponentReader } from "./reader.ts";
import type { DefinitionSyntax } from "./syntax.ts";

/** Steps over a core type: a function's or a module's. Only that it is there is kept. */
export function readCoreType(reader: ComponentReader): DefinitionSyntax {
  const form = reader.byte();
  if (form === 0x50) reader.vector(() => skipModuleDeclaration(reader));
  else skipCoreFunction(reader, form);
  return { kind: "core type" };
}

// Groups, subtypes, arrays and structs; a shared type of any of them.
const GC_FORMS: readonly number[] = [0x00, 0x4e, 0x4f, 0x50, 0x5e, 0x5f];
const SHARED_FORM = 0x65;

function skipCoreFunction(reader: ComponentReader, form: number): void {
  if (GC_FORMS.includes(form)) throw reader.unsupported("core types of GC");
  if (form === SHARED_FORM) throw reader.unsupported("shared core types");
  if (form !== 0x60) throw reader.unknown("a core type", form);
  reader.vector(() => skipCoreValue(reader));
  reader.vector(() => skipCoreValue(reader));
}

function skipCoreValue(reader: ComponentReader): void {
  const byte = reader.byte();
  // A reference to a type that has an index or a name.
  if (byte === 0x63 || byte === 0x64) reader.u32();
}

function skipModuleDeclaration(reader: ComponentReader): void {
  const form = reader.byte();
  switch (form) {
    case 0x00:
      reader.coreName();
      reader.coreName();
      return skipCoreExtern(reader);
    case 0x01:
      return skipCoreFunction(reader, reader.byte());
    case 0x02:
      return skipCoreAlias(reader);
    case 0x03:
      reader.coreName();
      return skipCoreExtern(reader);
    default:
      throw reader.unknown("a declaration of a module type", form);
  }
}

function skipCoreAlias(reader: ComponentReader): void {
  reader.expect(0x10, "an alias that is of no core type");
  reader.expect(0x01, "an alias that is not outer");
  reader.u32();
  reader.u32();
}

function skipCoreExtern(reader: ComponentReader): void {
  const kind = reader.byte();
  switch (kind) {
    case 0x00:
      return void reader.u32();
    case 0x01:
      skipCoreValue(reader);
      return skipCoreLimits(reader);
    case 0x02:
      return skipCoreLimits(reader);
    case 0x03:
      skipCoreValue(reader);
      return void reader.byte();
    case 0x04:
      reader.byte();
      return void reader.u32();
    default:
      throw reader.unknown("what a module imports or exports", kind);
  }
}

function skipCoreLimits(reader: ComponentReader): void {
  const flags = reader.byte();
  reader.skipInteger();
  if ((flags & 0x01) !== 0) reader.skipInteger();
  // A page size of its own.
  if ((flags & 0x08) !== 0) reader.skipInteger();
}
