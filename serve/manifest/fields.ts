/**
 * Reads a table of the manifest by the shape it must have.
 *
 * Nothing here throws: what is wrong is reported, and reading goes on, so that
 * one run shows every problem of a file.
 *
 * @module
 */

import type { Position, Problem } from "../errors.ts";
import { nearest, suggest } from "./nearest.ts";
import type { TomlNode, TomlTable } from "./toml.ts";

/** Takes a problem, in any order. */
export type Report = (at: Position, message: string, hint: string) => void;

/** A value that was read, and where it is. */
export interface Field<Value> {
  /** The value. */
  readonly value: Value;
  /** Where the value is. */
  readonly at: Position;
}

/**
 * Reads one value. `label` says which, for messages: `"listen" in [[serve]]`.
 *
 * @returns `undefined` when the value is wrong, which was then reported.
 */
export type Reader<Value> = (
  node: TomlNode,
  label: string,
  report: Report,
) => Value | undefined;

/** The keys that a table may have, each with what reads its value. */
export type Shape = Readonly<Record<string, Reader<unknown>>>;

/** What {@linkcode readTable} read: a key that is absent or wrong is absent. */
export type Fields<Keys extends Shape> = {
  readonly [Key in keyof Keys]?: Keys[Key] extends Reader<infer Value>
    ? Field<Value>
    : never;
};

/**
 * Reads `table` by `shape`. A key that the shape does not have is reported.
 *
 * @param name The table as the user wrote it, for messages: `[[serve]]`.
 */
export function readTable<Keys extends Shape>(
  table: TomlTable,
  name: string,
  shape: Keys,
  report: Report,
): Fields<Keys> {
  const fields: Record<string, Field<unknown>> = {};
  for (const [key, { keyAt, node }] of table.entries) {
    const reader = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (reader === undefined) {
      reportUnknownKey(key, keyAt, { name, shape }, report);
      continue;
    }
    const value = reader(node, `"${key}" in ${name}`, report);
    if (value !== undefined) fields[key] = { value, at: node.at };
  }
  return fields as Fields<Keys>;
}

/** Writes the header of a table in a table: `[components.api]`. */
export function headerOf(parent: string, key: string): string {
  const isBare = /^[A-Za-z0-9_-]+$/.test(key);
  return `[${parent}.${isBare ? key : JSON.stringify(key)}]`;
}

function reportUnknownKey(
  key: string,
  at: Position,
  { name, shape }: { readonly name: string; readonly shape: Shape },
  report: Report,
): void {
  report(
    at,
    `Unknown key ${JSON.stringify(key)} in ${name}`,
    suggest(key, Object.keys(shape), "known keys"),
  );
}

/** Reports each of `keys` that `table` does not have. */
export function requireKeys(
  table: TomlTable,
  name: string,
  keys: readonly string[],
  report: Report,
): void {
  for (const key of keys) {
    if (table.entries.has(key)) continue;
    report(table.at, `Missing key in ${name}`, `add "${key}"`);
  }
}

/** Reads a string that is not empty. */
export function text(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  if (node.type !== "string") {
    return reportType(node, label, "a string", report);
  }
  if (node.value !== "") return node.value;
  report(
    node.at,
    `Empty string for ${label}`,
    "expected at least one character",
  );
  return undefined;
}

/** Reads `true` or `false`. */
export function flag(
  node: TomlNode,
  label: string,
  report: Report,
): boolean | undefined {
  return node.type === "boolean"
    ? node.value
    : reportType(node, label, "true or false", report);
}

/** Reads a table as it stands. */
export function table(
  node: TomlNode,
  label: string,
  report: Report,
): TomlTable | undefined {
  return node.type === "table"
    ? node
    : reportType(node, label, "a table", report);
}

/** Makes a reader of integers between `least` and `most`, both included. */
export function integer(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): Reader<number> {
  return (node, label, report) => {
    if (node.type !== "integer") {
      return reportType(node, label, "an integer", report);
    }
    if (node.value >= least && node.value <= most) return Number(node.value);
    report(
      node.at,
      `Out of range ${label}`,
      `expected an integer from ${least} to ${most}, found ${node.value}`,
    );
    return undefined;
  };
}

/** Makes a reader of one of `words`. */
export function oneOf<Word extends string>(
  words: readonly Word[],
): Reader<Word> {
  return (node, label, report) => {
    const typed = text(node, label, report);
    if (typed === undefined) return undefined;
    const word = words.find((word) => word === typed);
    if (word !== undefined) return word;
    const meant = nearest(typed, words);
    report(
      node.at,
      `Unknown word for ${label}: ${JSON.stringify(typed)}`,
      meant === undefined
        ? `expected one of ${words.join(", ")}`
        : `did you mean "${meant}"?`,
    );
    return undefined;
  };
}

/** Makes a reader of arrays. The items that are wrong are left out. */
export function listOf<Item>(
  reader: Reader<Item>,
  expected: string,
): Reader<readonly Item[]> {
  return (node, label, report) => {
    if (node.type !== "array") return reportType(node, label, expected, report);
    return node.items
      .map((item) => reader(item, label, report))
      .filter((item) => item !== undefined);
  };
}

/** Reports that `node` is not what was `expected`: `a string`. */
export function reportType(
  node: TomlNode,
  label: string,
  expected: string,
  report: Report,
): undefined {
  report(
    node.at,
    `Wrong type for ${label}`,
    `expected ${expected}, found ${describeType(node)}`,
  );
}

function describeType({ type }: TomlNode): string {
  return /^[aei]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** Puts problems in the order of the file; those of the whole file first. */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((left, right) =>
    lineOf(left) - lineOf(right) || columnOf(left) - columnOf(right)
  );
}

function lineOf({ at }: Problem): number {
  return at?.line ?? 0;
}

function columnOf({ at }: Problem): number {
  return at?.column ?? 0;
}
