/**
 * Bounds of the preview 1 host.
 *
 * @module
 */

/** Descriptors that one process can have open, its streams and preopens among them. */
export const OPEN_FILES_MAX = 256;

/** What one call moves at most, in bytes: more is a short read or a short write. */
export const TRANSFER_BYTES_MAX: number = 4 * 1024 * 1024;

/** What one call of `random_get` fills at most, in bytes. */
export const RANDOM_BYTES_MAX: number = 16 * 1024 * 1024;

/** Buffers of one vectored read or write. */
export const BUFFERS_MAX = 1_024;

/** Subscriptions of one `poll_oneoff`. */
export const SUBSCRIPTIONS_MAX = 1_024;
