/**
 * Bounds of the WASI 0.2 host.
 *
 * @module
 */

/** What one call on a stream moves at most, in bytes. A guest that asks for more gets less. */
export const STREAM_BYTES_MAX: number = 64 * 1024;

/** What one call on a descriptor moves at most, in bytes. */
export const TRANSFER_BYTES_MAX: number = 1024 * 1024;

/** What a blocking write takes at most, in bytes: WASI's own bound. */
export const BLOCKING_WRITE_BYTES_MAX = 4_096;

/** What a pipe holds of bytes that nobody has read. */
export const PIPE_BYTES_MAX: number = 64 * 1024;

/** Files that one process can have open; streams on them count no more. */
export const OPEN_FILES_MAX = 256;

/** What one call for random bytes returns at most, in bytes. */
export const RANDOM_BYTES_MAX: number = 16 * 1024 * 1024;
