/**
 * How much of everything the rows of `wasm` do, on every side of a row alike.
 *
 * @module
 */

/** Guests that a row spawns, runs and sees end. */
export const SPAWNS = 50_000;

/** How many of them are alive at once. */
export const BATCH = 500;

/** Guests that the main thread spawns on other schedulers. */
export const REMOTE_SPAWNS = 50_000;

/** How many of them are under way at once: one scheduler takes no more. */
export const REMOTE_WINDOW = 4_000;

/** Instances that are made without anything around them. */
export const BARE_SPAWNS = 10_000;

/** Turns of the tight loops. */
export const LOOP_TURNS = 100_000_000;

/** Bytes of a message. */
export const MESSAGE_BYTES = 64;

/** Messages that ping sends, and as many that pong sends. */
export const ROUNDS = 100_000;

/** The same between native processes, which are faster. */
export const NATIVE_ROUNDS = 1_000_000;

/** Messages that one guest sends to another on another scheduler. */
export const STREAMED = 500_000;

/** Messages of one batch: what a post carries, and what is acknowledged. */
export const STREAM_BATCH = 500;

/** Batches under way at once: a guest's mailbox takes as many messages, and loses what is more. */
export const STREAM_WINDOW = 16;

/** Guests that wait in a receive: a thread admits some 8,000. */
export const PARKED = 5_000;

/** Services that wait without an instance. */
export const HIBERNATED = 200_000;

/** How many of them are woken. */
export const WAKES = 20_000;

/** Few live guests, which many are held against. */
export const FEW_LIVE = 100;

/** Many live guests. */
export const MANY_LIVE = 20_000;

/** How long each phase beside spinners lasts, in milliseconds. */
export const PHASE_MS = 1_000;

/** Pairs of guests on each scheduler that wait for each other's messages. */
export const WAITING_PAIRS = 8;
