/**
 * The module of the SDK, as components import it.
 *
 * @module
 */

/**
 * What a component imports the SDK by. A bundle leaves it as a `require`, which
 * the runner answers with what is in every image.
 */
export const GUEST_MODULE = "@rusm/wasm/guest";
