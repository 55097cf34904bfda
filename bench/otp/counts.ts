/**
 * How much of everything the rows of `otp` do, on every side of a row alike.
 *
 * @module
 */

/** Messages that ping sends, and as many that pong sends. */
export const ROUNDS = 1_000_000;

/** Senders of a flood. */
export const SENDERS = 30;

/** Messages of each sender of a flood. */
export const MESSAGES_EACH = 100_000;

/** Processes in a ring. */
export const RING_SIZE = 1_000;

/** How often the token goes round the ring. */
export const LAPS = 2_000;

/** Messages that wait in front of the one that is wanted. */
export const WAITING = 10_000;

/** Messages that are wanted, one after the other. */
export const SELECTIONS = 10_000;

/** Processes that do nothing but exit. */
export const SPAWNS = 1_000_000;

/** How many of them are alive at once. */
export const BATCH = 1_000;

/** How many of them are alive at once in a burst. */
export const BURST = 100_000;

/** Processes that wait for ever. */
export const PARKED = 300_000;

/** Supervisors, each with one child. */
export const SUPERVISORS = 1_000;

/** How often each child is restarted. */
export const RESTARTS_EACH = 50;

/** Processes that keep a thread busy. */
export const FLOODERS = 1_000;

/** How long each phase of the fairness measurement lasts, in milliseconds. */
export const PHASE_MS = 2_000;
