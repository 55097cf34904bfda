/**
 * Paths as the house rules write them: relative to the workspace, with `/`.
 *
 * @module
 */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The directory of this workspace; ends with `/`. */
export const ROOT: URL = new URL("../../", import.meta.url);

/**
 * Writes a file's location relative to a directory.
 *
 * @param directory URL that ends with `/`.
 * @param file A `file:` URL, inside the directory or not.
 * @returns Starts with `../` when the file is elsewhere; ends with `/` when
 * `file` does.
 */
export function relativePath(directory: URL, file: URL): string {
  const path = relative(fileURLToPath(directory), fileURLToPath(file));
  const ending = path !== "" && file.href.endsWith("/") ? "/" : "";
  return path.replaceAll("\\", "/") + ending;
}
