/**
 * Reads types.
 *
 * @module
 */

import { readCoreType } from "./decode_core_type.ts";
import { readAlias, readExternName, readExternType } from "./decode_item.ts";
import { FLAGS_MAX, NESTING_MAX } from "./limits.ts";
import { duplicateOf, isLabel } from "./name.ts";
import type { ComponentReader } from "./reader.ts";
import type {
  CaseSyntax,
  Definition,
  DefinitionSyntax,
  FieldSyntax,
  FunctionSyntax,
  TypeSyntax,
  ValueReference,
  ValueSyntax,
} from "./syntax.ts";

// Last byte first: 0x7f down to 0x73.
// deno-fmt-ignore
const PRIMITIVES = [
  "bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64",
  "char", "string",
] as const;

const ERROR_CONTEXT = 0x64;
const MAP = 0x63;
const I32 = 0x7f;
const I64 = 0x7e;

/** Reads a type definition. */
export function readType(reader: ComponentReader, depth = 0): TypeSyntax {
  const form = reader.next;
  switch (form) {
    case 0x3f:
    case 0x3e:
      return readResource(reader);
    case 0x40:
    case 0x43:
      return readFunction(reader);
    case 0x41:
    case 0x42:
      return readDeclarations(reader, depth);
    default:
      return { kind: "value", type: readValueType(reader) };
  }
}

function readResource(reader: ComponentReader): TypeSyntax {
  const form = reader.byte();
  insistNarrow(reader);
  if (form === 0x3f) {
    return {
      kind: "resource",
      destructor: reader.optional(() => reader.u32()),
    };
  }
  reader.tally.preview3.add("async destructor");
  const destructor = reader.u32();
  reader.optional(() => reader.u32());
  return { kind: "resource", destructor };
}

function insistNarrow(reader: ComponentReader): void {
  const representation = reader.byte();
  if (representation === I32) return;
  throw representation === I64
    ? reader.unsupported("resources with representations of 64 bits")
    : reader.unknown("the representation of a resource", representation);
}

function readFunction(reader: ComponentReader): FunctionSyntax {
  const start = reader.at;
  const isAsync = reader.byte() === 0x43;
  const params = reader.vector(() => readField(reader));
  const result = readResult(reader);
  insistDistinct(reader, start, "parameters", params.map(({ name }) => name));
  return { kind: "function", isAsync, params, result };
}

/** Reads the result of a function. */
export function readResult(
  reader: ComponentReader,
): ValueReference | undefined {
  const form = reader.byte();
  if (form === 0x00) return readValue(reader);
  if (form !== 0x01) throw reader.unknown("a result list", form);
  reader.expect(0x00, "results with names");
  return undefined;
}

function readDeclarations(reader: ComponentReader, depth: number): TypeSyntax {
  if (depth >= NESTING_MAX) {
    throw reader.refusal(
      `Cannot read types that lie in each other deeper than ${NESTING_MAX}`,
    );
  }
  const kind = reader.byte() === 0x41 ? "component" : "instance";
  const declarations = reader.vector((): Definition => {
    const place = reader.place();
    return { ...readDeclaration(reader, kind, depth + 1), place };
  });
  return { kind, declarations };
}

function readDeclaration(
  reader: ComponentReader,
  kind: "component" | "instance",
  depth: number,
): DefinitionSyntax {
  const form = reader.byte();
  switch (form) {
    case 0x00:
      return readCoreType(reader);
    case 0x01:
      return { kind: "type", type: readType(reader, depth) };
    case 0x02:
      return readAlias(reader);
    case 0x03: {
      if (kind === "instance") break;
      const name = readExternName(reader);
      return { kind: "import", name, type: readExternType(reader) };
    }
    case 0x04: {
      const name = readExternName(reader);
      return { kind: "declare export", name, type: readExternType(reader) };
    }
  }
  throw reader.unknown(`a declaration of type ${kind}`, form);
}

function readValueType(reader: ComponentReader): ValueSyntax {
  const start = reader.at;
  const form = reader.byte();
  switch (form) {
    case 0x72: {
      const fields = reader.vector(() => readField(reader));
      insistNames(reader, start, "a record", fields.map(({ name }) => name));
      return { kind: "record", fields };
    }
    case 0x71: {
      const cases = reader.vector(() => readCase(reader));
      insistNames(reader, start, "a variant", cases.map(({ name }) => name));
      return { kind: "variant", cases };
    }
    case 0x70:
      return { kind: "list", element: readValue(reader), length: undefined };
    case 0x67:
      return readFixedList(reader, start);
    case 0x6f: {
      const types = reader.vector(() => readValue(reader));
      if (types.length > 0) return { kind: "tuple", types };
      throw reader.refusal("Cannot read a tuple without types", start);
    }
    case 0x6e:
    case 0x6d:
      return readNames(reader, form === 0x6e ? "flags" : "enum", start);
    case 0x6b:
      return { kind: "option", type: readValue(reader) };
    case 0x6a: {
      const ok = reader.optional(() => readValue(reader));
      const error = reader.optional(() => readValue(reader));
      return { kind: "result", ok, error };
    }
    case 0x69:
      return { kind: "own", resource: reader.u32() };
    case 0x68:
      return { kind: "borrow", resource: reader.u32() };
    case 0x66:
    case 0x65:
      return readAsyncValue(reader, form === 0x66 ? "stream" : "future");
    default:
      return { kind: "reference", type: primitive(reader, form) };
  }
}

function readFixedList(reader: ComponentReader, start: number): ValueSyntax {
  const element = readValue(reader);
  const length = reader.u32();
  if (length > 0) return { kind: "list", element, length };
  throw reader.refusal("Cannot read a list of length 0", start);
}

function readNames(
  reader: ComponentReader,
  kind: "flags" | "enum",
  start: number,
): ValueSyntax {
  const names = reader.vector(() => readLabel(reader));
  insistNames(reader, start, kind === "flags" ? "flags" : "an enum", names);
  if (kind === "enum" || names.length <= FLAGS_MAX) return { kind, names };
  throw reader.refusal(
    `Cannot read more than ${FLAGS_MAX} flags: ${names.length}`,
    start,
  );
}

function readAsyncValue(
  reader: ComponentReader,
  kind: "stream" | "future",
): ValueSyntax {
  reader.tally.preview3.add(kind);
  return { kind, type: reader.optional(() => readValue(reader)) };
}

/** Reads a primitive type or the index of a type, which is a signed integer of 33 bits. */
export function readValue(reader: ComponentReader): ValueReference {
  const first = reader.next;
  if (first === undefined || first >= 0x80 || first < 0x40) {
    return readTypeIndex(reader);
  }
  return primitive(reader, reader.byte());
}

function readTypeIndex(reader: ComponentReader): number {
  const start = reader.at;
  const index = reader.u32();
  // The bit above the highest is the sign, also of what is in several bytes.
  const isNegative = index >= 2 ** (7 * (reader.at - start) - 1);
  if (!isNegative) return index;
  throw reader.refusal("Cannot read the index of a type below 0", start);
}

function primitive(reader: ComponentReader, byte: number): ValueReference {
  const kind = PRIMITIVES[0x7f - byte];
  if (kind !== undefined) return kind;
  if (byte === MAP) throw reader.unsupported("maps");
  if (byte !== ERROR_CONTEXT) throw reader.unknown("a value type", byte);
  reader.tally.preview3.add("error-context");
  return "error-context";
}

function readField(reader: ComponentReader): FieldSyntax {
  const name = readLabel(reader);
  return { name, type: readValue(reader) };
}

function readCase(reader: ComponentReader): CaseSyntax {
  const name = readLabel(reader);
  const type = reader.optional(() => readValue(reader));
  reader.expect(0x00, "a case that refines another");
  return { name, type };
}

function readLabel(reader: ComponentReader): string {
  const start = reader.at;
  const name = reader.name();
  if (isLabel(name)) return name;
  throw reader.refusal(
    `Cannot read a name that is not in kebab case: "${name}"`,
    start,
  );
}

function insistNames(
  reader: ComponentReader,
  start: number,
  what: string,
  names: readonly string[],
): void {
  if (names.length === 0) {
    throw reader.refusal(`Cannot read ${what} without names`, start);
  }
  insistDistinct(reader, start, what, names);
}

function insistDistinct(
  reader: ComponentReader,
  start: number,
  what: string,
  names: readonly string[],
): void {
  const duplicate = duplicateOf(names);
  if (duplicate === undefined) return;
  throw reader.refusal(
    `Cannot read ${what} with a name twice: "${duplicate}"`,
    start,
  );
}
