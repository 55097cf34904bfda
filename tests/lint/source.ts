/**
 * Where a linted file lies.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { relativePath, ROOT } from "../boundaries/paths.ts";

/** URL of a linted file, which the linter names by its absolute path. */
export function sourceUrl(filename: string): URL {
  return pathToFileURL(filename);
}

/** Path of a linted file relative to the workspace, with `/` between names. */
export function sourcePath(filename: string): string {
  return relativePath(ROOT, sourceUrl(filename));
}
