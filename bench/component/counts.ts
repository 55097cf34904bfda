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
export const LOADS = {
  /** While the program is cold. */
  cold: 60,
  /** While it gets warm; not timed. */
  warming: 300,
  /** When it is warm. */
  warm: 300,
  /** How often one more is made ready again. */
  cached: 1_000,
} as const;
