/**
 * The manifest's text, read as a whole.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import type { Position, Problem } from "../errors.ts";
import { withHooks } from "./authentication.ts";
import { readCapabilities } from "./capability.ts";
import { type Components, readComponents } from "./component.ts";
import {
  type Fields,
  integer,
  listOf,
  readTable,
  type Report,
  type Shape,
  table,
  text,
} from "./fields.ts";
import type { Address } from "./address.ts";
import { type Listener, readAddress, readListeners } from "./listener.ts";
import { type LogSettings, readLog } from "./log.ts";
import { type DirectorySite, readDirectories } from "./routes.ts";
import type { PreopenSite } from "./preopen.ts";
import { parseToml, type TomlNode, type TomlTable } from "./toml.ts";

/** An app, as its manifest describes it. */
export interface Manifest extends LogSettings {
  /** Path of the file, as the user gave it. */
  readonly path: string;
  /** Absolute path of the file's directory: that of the app. */
  readonly directory: string;
  /** Absolute path of the store's file; `undefined` when the app has none. */
  readonly storePath: string | undefined;
  /** Bytes that this file may have; `undefined` when only the disk bounds it. */
  readonly storeBytesMax: number | undefined;
  /** See `EngineOptions.dynamicTtlMs`; its default when `undefined`. */
  readonly dynamicTtlMs: number | undefined;
  /** Where the node tells how it is; nowhere when `undefined`. */
  readonly admin: Address | undefined;
  /** What the app listens on, in file order. */
  readonly listeners: readonly Listener[];
  /** What the app consists of, in file order. */
  readonly components: Components;
}

/** All that can be told from the text. */
export interface Reading {
  /** Without what is wrong. */
  readonly manifest: Manifest;
  /** What is wrong, in no order. */
  readonly problems: readonly Problem[];
  /** What is left to check. */
  readonly preopens: readonly PreopenSite[];
  /** The same of directories whose files are served. */
  readonly directories: readonly DirectorySite[];
}

/** Reads `text`, which is from the file `path`. Never throws. */
export function readManifest(text: string, path: string): Reading {
  const parsed = parseToml(text);
  const problems = parsed.type === "invalid" ? [parsed.problem] : [];
  const root = parsed.type === "invalid" ? EMPTY : parsed.root;
  function report(at: Position, message: string, hint: string): void {
    problems.push({ at, message, hint });
  }
  const directory = dirname(resolve(path));
  const { preopens, directories, ...content } = readRoot(
    root,
    directory,
    report,
  );
  const manifest = { path, directory, ...content };
  return { manifest, problems, preopens, directories };
}

const EMPTY: TomlTable = {
  type: "table",
  at: { line: 1, column: 1 },
  entries: new Map(),
};

const ROOT = {
  "node": table,
  "log": table,
  "serve": readEntries,
  "components": table,
  "capabilities": table,
} satisfies Shape;

const MEBIBYTE = 1024 * 1024;

/** The longest time of a timer, in whole seconds. */
const TTL_SECS_MAX = 2_147_483;

const NODE = {
  "admin": readAddress,
  "store": text,
  "store_max_mb": integer(1, MEBIBYTE),
  "dynamic_ttl_secs": integer(1, TTL_SECS_MAX),
  // What RUSM calls it: here it is not of WebAssembly alone.
  "dynamic_wasm_ttl_secs": integer(1, TTL_SECS_MAX),
} satisfies Shape;

type Content =
  & Omit<Manifest, "path" | "directory">
  & Pick<Reading, "preopens" | "directories">;

function readRoot(root: TomlTable, directory: string, report: Report): Content {
  const tables = readTable(root, "the manifest", ROOT, report);
  const node = tables.node &&
    readTable(tables.node.value, "[node]", NODE, report);
  const store = node?.store?.value;
  const storeMb = node?.store_max_mb?.value;
  const { profiles, preopens } = readCapabilities(
    tables.capabilities?.value,
    directory,
    report,
  );
  const components = readComponents(
    ...[tables.components?.value, profiles] as const,
    store !== undefined,
    report,
  );
  const entries = tables.serve?.value ?? [];
  const listeners = readListeners(entries, components, report);
  return {
    ...readLog(tables.log?.value, report),
    storePath: store === undefined ? undefined : resolve(directory, store),
    storeBytesMax: storeMb === undefined ? undefined : storeMb * MEBIBYTE,
    dynamicTtlMs: readTtlMs(node ?? {}, report),
    admin: node?.admin?.value,
    listeners,
    components: withHooks(components, listeners, report),
    preopens,
    directories: readDirectories(entries),
  };
}

function readTtlMs(
  { dynamic_ttl_secs: ttl, dynamic_wasm_ttl_secs: same }: Fields<typeof NODE>,
  report: Report,
): number | undefined {
  if (ttl !== undefined && same !== undefined) {
    report(
      same.at,
      'Both "dynamic_ttl_secs" and "dynamic_wasm_ttl_secs" in [node]',
      "they are the same: remove one of the two",
    );
  }
  const secs = (ttl ?? same)?.value;
  return secs === undefined ? undefined : secs * 1_000;
}

function readEntries(
  node: TomlNode,
  label: string,
  report: Report,
): readonly TomlTable[] | undefined {
  return listOf(table, "an array of tables, [[serve]]")(node, label, report);
}
