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

/** Entries past their time that are removed with each group of writes; twice as many as it writes, if that is more. */
export const EXPIRED_PER_GROUP = 100;

/** Bytes of names and values that answer one group; the rest of it is answered next. */
export const ANSWERS_BYTES_MAX: number = 64 * 1024 * 1024;

/** Bytes of names of one listing. */
export const LISTING_BYTES_MAX: number = 16 * 1024 * 1024;

/** Largest value that is read in the thread that asks, in bytes. */
export const DIRECT_VALUE_BYTES_MAX: number = 64 * 1024;

/** A read in the thread that asks has waited for the disk when it took longer, in milliseconds. */
export const DIRECT_READ_MS_MAX = 2;

/** How long nothing is read there then, in milliseconds. */
export const DIRECT_REST_MS = 100;

/** Between two failures of the file that are told of, in milliseconds. */
export const FAILURE_MS_MIN = 10_000;

/** Size to which the log of the file is cut when it was emptied, in bytes; SQLite lets it grow by what one transaction writes. */
export const LOG_BYTES_KEPT: number = 16 * 1024 * 1024;

/** Least that a file can be bounded to, in bytes. */
export const FILE_BYTES_MIN: number = 1024 * 1024;
