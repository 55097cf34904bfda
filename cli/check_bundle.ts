/**
 * The one place where a bundle meets the runner at build time.
 *
 * @module
 */

export { checkBundle, GUEST_MODULE, LoadFailed } from "@rusm/wasm";
