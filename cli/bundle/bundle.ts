/**
 * From a component's sources to one file of JavaScript.
 *
 * @module
 */

import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { GUEST_MODULE } from "../check_bundle.ts";
import type { Component } from "./component.ts";
import { findLeftovers, type Leftover } from "./leftover.ts";
import { problemOf } from "./message.ts";
import { type Place, type Problem, problemAt, wholeFile } from "./problem.ts";

/** What became of a component. */
export type Bundling =
  | {
    readonly type: "bundled";
    /** CommonJS that imports nothing but {@linkcode GUEST_MODULE}, which every guest has. */
    readonly code: string;
    /** Where each part of `code` comes from. */
    readonly origins: Origins;
    readonly warnings: readonly Problem[];
  }
  | { readonly type: "failed"; readonly problems: readonly Problem[] };

/**
 * Bundles `component`, and all that it imports, into one text. Writes nothing.
 *
 * An app's deno.json or package.json is respected when this process was started
 * in the app's directory, and only then: Deno looks for it at its start.
 */
export async function bundle(component: Component): Promise<Bundling> {
  const result = await Deno.bundle({
    entrypoints: [component.entry],
    outputPath: component.artifact,
    platform: "browser",
    external: [GUEST_MODULE],
    format: "cjs",
    sourcemap: "external",
    // Names and lines in a guest's stack are worth more than the bytes.
    minify: false,
    write: false,
  });
  if (!result.success) {
    return failed(await problemsOf(result.errors, component));
  }
  const code = textOf(result, component.artifact);
  const origins = new Origins(
    textOf(result, `${component.artifact}.map`),
    dirname(component.artifact),
  );
  const leftovers = findLeftovers(code, GUEST_MODULE);
  if (leftovers.length > 0) {
    return failed(
      await Promise.all(
        leftovers.map((leftover) =>
          problemAt(
            wordLeftover(leftover),
            origins.find(leftover.line, leftover.column) ??
              wholeFile(component.entry),
          )
        ),
      ),
    );
  }
  const warnings = await problemsOf(result.warnings, component);
  return { type: "bundled", code, origins, warnings };
}

function failed(problems: readonly Problem[]): Bundling {
  return { type: "failed", problems };
}

function problemsOf(
  messages: readonly Deno.bundle.Message[],
  { entry }: Component,
): Promise<Problem[]> {
  return Promise.all(messages.map((message) => problemOf(message, entry)));
}

function textOf(result: Deno.bundle.Result, path: string): string {
  const file = result.outputFiles?.find((file) => file.path === path);
  if (file === undefined) {
    throw new Error(`Cannot find a file among the bundler's output: ${path}`);
  }
  return file.text();
}

function wordLeftover({ specifier }: Leftover): string {
  if (specifier === undefined) {
    return "Cannot import a module whose name is computed: a component is one file";
  }
  return specifier.startsWith("node:")
    ? `Cannot import "${specifier}": a component has no Node APIs`
    : `Cannot import "${specifier}": it is not part of the bundle`;
}

/** Behind the end of any line. */
const COLUMNS_MAX = 2 ** 31 - 1;

/** Where the parts of a bundle come from. */
export class Origins {
  readonly #map: SourceMap;
  readonly #directory: string;

  /** Takes the text of a source map, whose paths are relative to `directory`. */
  constructor(map: string, directory: string) {
    this.#map = new SourceMap(JSON.parse(map));
    this.#directory = directory;
  }

  /**
   * The origin of a place in the bundle; `undefined` for what the bundler added.
   * Where only the line has one, the place has no column.
   *
   * @param line 1-based.
   * @param column 0-based.
   */
  find(line: number, column: number): Place | undefined {
    const place = this.#find(line, column);
    if (place !== undefined) return place;
    const lineEnd = this.#find(line, COLUMNS_MAX);
    return lineEnd && { ...lineEnd, column: undefined };
  }

  // The map answers with the nearest mark before a place, on whichever line.
  #find(line: number, column: number): Place | undefined {
    const entry = this.#map.findEntry(line - 1, column);
    const isHere = "originalSource" in entry &&
      entry.generatedLine === line - 1;
    if (!isHere) return undefined;
    return {
      file: resolve(this.#directory, entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  }
}
