/**
 * Where things are.
 *
 * @module
 */

/** This directory. */
export const HERE: URL = new URL("./", import.meta.url);

/** What is built. */
export const BUILT: URL = new URL("built/", HERE);

/** What `npm ci` installs, and what runs it. */
export const TOOLS: URL = new URL("tools/", HERE);

/** The component of a guest. */
export function builtPath(name: string): URL {
  return new URL(`${name}.wasm`, BUILT);
}
