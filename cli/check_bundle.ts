/**
 * The one place where a bundle meets the runner at build time.
 *
 * @module
 */

export { checkBundle, LoadFailed } from "@rusm/wasm";
