/**
 * The one place where a bundle meets the runner at build time.
 *
 * @module
 */

export { locateFrames, type Origin, Origins } from "@rusm/serve";
export { checkBundle, GUEST_MODULE, LoadFailed } from "@rusm/wasm";
