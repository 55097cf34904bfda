/**
 * How much the rows of `kv` do: the same on both sides.
 *
 * @module
 */

/** Guests that ask at once, each when its last question is answered. */
export const GUESTS = 64;

/** Values that are there before `gets` begins. */
export const VALUES = 10_000;

/** Size of each value, in bytes. */
export const VALUE_BYTES = 100;

/** Sets of all guests together. */
export const SETS = 25_600;

/** Sets of the loop without groups, each of which waits for the disk. */
export const PLAIN_SETS = 400;

/** Gets of either side. */
export const GETS = 64_000;
