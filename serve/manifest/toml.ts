/**
 * TOML with places. The only file that knows the parser.
 *
 * @module
 */

import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Position, Problem } from "../errors.ts";

/** A value of a TOML document. Floats and dates have no use here but as mistakes. */
export type TomlNode =
  | TomlTable
  | TomlArray
  | { readonly type: "string"; readonly at: Position; readonly value: string }
  | { readonly type: "integer"; readonly at: Position; readonly value: bigint }
  | { readonly type: "boolean"; readonly at: Position; readonly value: boolean }
  | { readonly type: "float" | "date"; readonly at: Position };

/** A table, in whichever of TOML's ways it was written. */
export interface TomlTable {
  /** The tag of {@linkcode TomlNode}. */
  readonly type: "table";
  /** Of its header or its opening brace; of its key when it has neither. */
  readonly at: Position;
  /** By key, in file order. */
  readonly entries: ReadonlyMap<string, TomlEntry>;
}

/** A key of a table with its value. */
export interface TomlEntry {
  /** Where the key was first written. */
  readonly keyAt: Position;
  /** The value. */
  readonly node: TomlNode;
}

/** An array, in brackets or as `[[headers]]`. */
export interface TomlArray {
  /** The tag of {@linkcode TomlNode}. */
  readonly type: "array";
  /** Of its bracket, or of the key in its first header. */
  readonly at: Position;
  /** In file order. */
  readonly items: readonly TomlNode[];
}

/** What a text holds: a document, or the first mistake in it. */
export type TomlResult =
  | { readonly type: "document"; readonly root: TomlTable }
  | { readonly type: "invalid"; readonly problem: Problem };

// The same shapes while they grow.
interface OpenTable extends TomlTable {
  readonly entries: Map<string, TomlEntry>;
}
interface OpenArray extends TomlArray {
  readonly items: TomlNode[];
}
type Key = AST.TOMLBare | AST.TOMLQuoted;

/** Parses TOML 1.1. A byte order mark at the start is ignored. */
export function parseToml(text: string): TomlResult {
  const source = text.replace(/^\ufeff/, "");
  try {
    const ast = parseTOML(source, { tomlVersion: "1.1" });
    return { type: "document", root: readDocument(ast.body[0]) };
  } catch (error) {
    // The parser reports mistakes by throwing, and recurses without a bound.
    if (error instanceof ParseError) {
      return { type: "invalid", problem: syntaxProblem(source, error) };
    }
    if (error instanceof RangeError) {
      return { type: "invalid", problem: DEPTH_PROBLEM };
    }
    throw error;
  }
}

const DEPTH_PROBLEM: Problem = {
  at: undefined,
  message: "Cannot parse TOML",
  hint: "values are nested too deeply",
};

function syntaxProblem(source: string, error: ParseError): Problem {
  const what = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  return {
    at: { line: error.lineNumber, column: error.column + 1 },
    message: `Cannot parse TOML, ${what}`,
    hint: `found ${describeRest(source, error)}`,
  };
}

function describeRest(source: string, error: ParseError): string {
  const line = source.split(/\r\n|\n/)[error.lineNumber - 1] ?? "";
  const rest = line.slice(error.column).trim();
  return rest === ""
    ? "the end of the line"
    : JSON.stringify(rest.slice(0, 24));
}

function readDocument(document: AST.TOMLTopLevelTable): TomlTable {
  const root = openTable({ line: 1, column: 1 });
  for (const item of document.body) {
    if (item.type === "TOMLTable") readHeader(root, item);
    else readKeyValue(root, item);
  }
  return root;
}

function readHeader(root: OpenTable, header: AST.TOMLTable): void {
  const [last, parents] = splitKeys(header.key);
  const parent = descend(root, parents);
  const table = header.kind === "array"
    ? appendTable(parent, last, placeOf(header))
    : enterTable(parent, last, placeOf(header));
  for (const item of header.body) readKeyValue(table, item);
}

function readKeyValue(table: OpenTable, item: AST.TOMLKeyValue): void {
  const [last, parents] = splitKeys(item.key);
  descend(table, parents).entries.set(textOf(last), {
    keyAt: placeOf(last),
    node: readValue(item.value),
  });
}

function splitKeys({ keys }: AST.TOMLKey): [Key, Key[]] {
  const parents = keys.slice();
  const last = parents.pop();
  if (last === undefined) throw new TypeError("Cannot read an empty key");
  return [last, parents];
}

function descend(table: OpenTable, keys: readonly Key[]): OpenTable {
  return keys.reduce(
    (inner, key) => enterTable(inner, key, placeOf(key)),
    table,
  );
}

// The parser has refused every key that is defined twice, so what is there
// already is open: a table, or an array of tables whose last one is meant.
function enterTable(parent: OpenTable, key: Key, at: Position): OpenTable {
  const existing = parent.entries.get(textOf(key))?.node;
  if (existing !== undefined) {
    const node = existing.type === "array" ? existing.items.at(-1) : existing;
    return node as OpenTable;
  }
  const node = openTable(at);
  parent.entries.set(textOf(key), { keyAt: placeOf(key), node });
  return node;
}

function appendTable(parent: OpenTable, key: Key, at: Position): OpenTable {
  const keyAt = placeOf(key);
  const existing = parent.entries.get(textOf(key))?.node as
    | OpenArray
    | undefined;
  const array = existing ?? { type: "array", at: keyAt, items: [] };
  const table = openTable(at);
  array.items.push(table);
  if (existing === undefined) {
    parent.entries.set(textOf(key), { keyAt, node: array });
  }
  return table;
}

function openTable(at: Position): OpenTable {
  return { type: "table", at, entries: new Map() };
}

function readValue(node: AST.TOMLContentNode): TomlNode {
  const at = placeOf(node);
  switch (node.type) {
    case "TOMLArray":
      return { type: "array", at, items: node.elements.map(readValue) };
    case "TOMLInlineTable": {
      const table = openTable(at);
      for (const item of node.body) readKeyValue(table, item);
      return table;
    }
    case "TOMLValue":
      return readScalar(node, at);
  }
}

function readScalar(node: AST.TOMLValue, at: Position): TomlNode {
  switch (node.kind) {
    case "string":
      return { type: "string", at, value: node.value };
    case "integer":
      return { type: "integer", at, value: node.bigint };
    case "boolean":
      return { type: "boolean", at, value: node.value };
    case "float":
      return { type: "float", at };
    default:
      return { type: "date", at };
  }
}

function textOf(key: Key): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

function placeOf({ loc }: { readonly loc: AST.SourceLocation }): Position {
  return { line: loc.start.line, column: loc.start.column + 1 };
}
