/**
 * How much of everything the rows of `component` do, on every side of a row
 * alike. What they share with the rows of `wasm` is counted there.
 *
 * @module
 */

/** Instances that the glue of jco makes and calls. */
export const GLUE_SPAWNS = 10_000;

/** Calls of the host by one guest. */
export const CALLS = 2_000_000;

/** Calls of the host by one guest with a list of 1 KiB, as in the guest. */
export const LIST_CALLS = 500_000;

/** Requests to a component. */
export const REQUESTS = 10_000;

/** How many of them are under way at once, and how many processes where there is no request. */
export const REQUESTS_WINDOW = 64;

/** Components that are made ready, each of its own bytes. */
export const LOADS = 60;

/** How often each component is made ready that was before. */
export const CACHED_LOADS = 20;
