/**
 * How much of everything the rows of `script` do, on every side of a row alike.
 *
 * @module
 */

/** Bytes of the bundle that is evaluated, at least. */
export const BUNDLE_BYTES = 20_480;

/** Processes that a row spawns, runs and sees end. */
export const SPAWNS = 2_000;

/** How many of them are alive at once. */
export const BATCH = 50;

/** Instances that the package makes. */
export const CREATED = 200;

/** Services that have answered once and wait. */
export const RESIDENTS = 500;

/** What each of them may take, in bytes. */
export const RESIDENT_BYTES_MAX = 600_000;

/** Calls that one guest makes of another, and echoes that the host asks for. */
export const ROUND_TRIPS = 5_000;

/** Components of the app that is built. */
export const COMPONENTS = 8;
