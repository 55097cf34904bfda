/**
 * Code of components that is not in `wasm/`: fetched when the app is loaded, or
 * brought by guests.
 *
 * @module
 */

import { type CodeSource, parseSource } from "@rusm/wasm";
import { type Field, type Report, text } from "./fields.ts";
import type { TomlNode } from "./toml.ts";

/** Where the code of a component is fetched from. */
export type ArtifactSource = Exclude<CodeSource, { type: "inline" }>;

/** Reads a `source`. */
export function source(
  node: TomlNode,
  label: string,
  report: Report,
): ArtifactSource | undefined {
  const typed = text(node, label, report);
  if (typed === undefined) return undefined;
  const read = parseSource(typed);
  if (typeof read !== "string" && read.type !== "inline") return read;
  report(
    node.at,
    `Cannot read ${label}: ${JSON.stringify(typed)}`,
    'write "kv:bucket/key", "https://…", "http://…" or "url:https://…"',
  );
  return undefined;
}

/** The fields that say where code comes from, and those that some of it cannot have. */
export interface DynamicFields {
  /** Where it is fetched from. */
  readonly source?: Field<ArtifactSource>;
  /** What guests bring. */
  readonly dynamic?: Field<string>;
  /** Whether a process is started with the app. */
  readonly resident?: Field<boolean>;
  /** What processes begin with. */
  readonly entry?: Field<string>;
}

/**
 * Reports what cannot be together.
 *
 * @param name The table as the user wrote it.
 * @param hasStore Whether the app has a store.
 */
export function checkDynamic(
  { source, dynamic, resident, entry }: DynamicFields,
  name: string,
  hasStore: boolean,
  report: Report,
): void {
  if (source?.value.type === "kv" && !hasStore) {
    const message = `No store for "source" in ${name}`;
    report(source.at, message, 'add "store" to [node]');
  }
  if (dynamic === undefined) return;
  const none = "a template has no code of its own: remove one of the two";
  if (source !== undefined) {
    report(source.at, `Both "dynamic" and "source" in ${name}`, none);
  }
  if (resident?.value === true) {
    report(resident.at, `Both "dynamic" and "resident" in ${name}`, none);
  }
  if (entry === undefined || dynamic.value === "wasm") return;
  report(
    entry.at,
    `Cannot choose "entry" with dynamic = "${dynamic.value}" in ${name}`,
    'only dynamic = "wasm" has one',
  );
}
