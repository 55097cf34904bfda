/**
 * Every bound of the store, with its unit.
 *
 * @module
 */

/** Length of a bucket's name, and of a key, in bytes as UTF-8. */
export const NAME_BYTES_MAX = 1_024;

/** Size of a value, in bytes. */
export const VALUE_BYTES_MAX: number = 16 * 1024 * 1024;

/** How long a value can be kept that goes by itself, in milliseconds: a hundred years. */
export const TTL_MS_MAX: number = 36_525 * 24 * 60 * 60 * 1000;

/** Largest limit of a listing, in keys. */
export const LISTING_MAX: number = 2 ** 31 - 1;

/** Writes of one atomic batch. */
export const BATCH_WRITES_MAX = 1_000;

/** Bytes of values that wait to be written, of all who ask. */
export const PENDING_BYTES_MAX: number = 64 * 1024 * 1024;

/** Requests that wait, of all who ask. */
export const PENDING_MAX = 100_000;

/** Requests of one group: readers behind it wait for all of them. */
export const GROUP_MAX = 1_000;

/** How long a write waits for another OS process that writes, in milliseconds. */
export const BUSY_MS_MAX = 5_000;

/** Entries past their time that are removed with each group of writes. */
export const EXPIRED_PER_GROUP = 100;
