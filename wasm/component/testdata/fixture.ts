/**
 * The components that are kept beside their sources.
 *
 * @module
 */

/** Their names. */
export const FIXTURES = [
  "values",
  "resources",
  "nested",
  "async",
  "actor",
  "command",
  "composed",
  "twice",
] as const;

/** The bytes of one. */
export function fixture(name: typeof FIXTURES[number]): Uint8Array {
  return Deno.readFileSync(new URL(`${name}.wasm`, import.meta.url));
}
