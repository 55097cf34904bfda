/**
 * Which WASI.
 *
 * @module
 */

/** The version that the host's interfaces are declared with. Those of all patches of 0.2 are the same. */
export const VERSION = "0.2.12";
