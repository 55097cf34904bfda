/**
 * From a component's sources to one file of JavaScript.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { GUEST_MODULE, Origins } from "../check_bundle.ts";
import type { Component } from "./component.ts";
import { FirstAlone } from "./first.ts";
import { findLeftovers, type Leftover } from "./leftover.ts";
import { placeOf, problemOf } from "./message.ts";
import { type Problem, problemAt, wholeFile } from "./problem.ts";

/** What became of a component. */
export type Bundling =
  | {
    readonly type: "bundled";
    /** CommonJS that imports nothing but {@linkcode GUEST_MODULE}, which every guest has. */
    readonly code: string;
    /** Where each part of `code` comes from. */
    readonly origins: Origins;
    /** The source map that says so, as JSON without the sources' text. */
    readonly map: string;
    readonly warnings: readonly Problem[];
  }
  | { readonly type: "failed"; readonly problems: readonly Problem[] };

/** The parts of a component that a bundle is made with. */
export type Bundled = Pick<Component, "entry" | "artifact">;

// Deno fetches its bundler when it is first needed, and twice at once fails.
const bundler = new FirstAlone();

/**
 * Bundles `component`, and all that it imports, into one text. Writes nothing.
 *
 * An app's deno.json or package.json is respected when this process was started
 * in the app's directory, and only then: Deno looks for it at its start.
 */
export async function bundle(component: Bundled): Promise<Bundling> {
  const result = await bundler.run(() => bundleFiles(component));
  if (!result.success) {
    return failed(await problemsOf(result.errors, component));
  }
  const code = textOf(result, component.artifact);
  const { sourcesContent, ...map } = mapOf(result, component);
  const sheet = sheetIn(result);
  if (sheet !== undefined) {
    return failed([await refuseSheet(sheet, sourcesContent, map, component)]);
  }
  const mapText = JSON.stringify(map);
  const origins = new Origins(mapText, dirname(component.artifact));
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
  return { type: "bundled", code, origins, map: mapText, warnings };
}

function bundleFiles(
  { entry, artifact }: Bundled,
): Promise<Deno.bundle.Result> {
  return Deno.bundle({
    entrypoints: [entry],
    outputPath: artifact,
    platform: "browser",
    external: [GUEST_MODULE],
    format: "cjs",
    sourcemap: "external",
    // Names and lines in a guest's stack are worth more than the bytes.
    minify: false,
    write: false,
  });
}

/** The parts of a source map that are read here. */
interface SourceMapParts {
  readonly sources: readonly string[];
  readonly sourcesContent: readonly string[];
}

function mapOf(
  result: Deno.bundle.Result,
  { artifact }: Bundled,
): SourceMapParts {
  return JSON.parse(textOf(result, `${artifact}.map`));
}

// The bundler puts style sheets beside the bundle, where nobody looks for them.
function sheetIn({ outputFiles }: Deno.bundle.Result): string | undefined {
  return outputFiles?.find(({ path }) => path.endsWith(".css"))?.path;
}

async function refuseSheet(
  sheet: string,
  contents: readonly string[],
  { sources }: Pick<SourceMapParts, "sources">,
  { entry }: Bundled,
): Promise<Problem> {
  const index = contents.findIndex((content) => SHEET.test(content));
  const content = contents[index] ?? "";
  const [word = "", , path = ""] = SHEET.exec(content) ?? [];
  const file = resolve(dirname(sheet), sources[index] ?? entry);
  const at = word === "" ? {} : placeOf(content, content.indexOf(word));
  return await problemAt(
    `Cannot import "${path}": a component is one file of JavaScript`,
    { ...wholeFile(file), ...at },
  );
}

/** A literal that names a style sheet. */
const SHEET = /(["'])([^"'\n]+\.css)\1/;

function failed(problems: readonly Problem[]): Bundling {
  return { type: "failed", problems };
}

function problemsOf(
  messages: readonly Deno.bundle.Message[],
  { entry }: Bundled,
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
