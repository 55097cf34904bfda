/**
 * Bounds of the preview 1 host.
 *
 * @module
 */

/** Descriptors that one process can have open, its streams and preopens among them. */
export const OPEN_FILES_MAX = 256;

/** The longest path, in bytes; the longest that Linux takes. */
export const PATH_BYTES_MAX = 4_096;

/** Symbolic links that the resolution of one path follows. */
export const LINKS_MAX = 40;

/** Names that the resolution of one path looks up, those of links among them. */
export const NAMES_MAX = 1_024;

/** Entries of directories that one process has under way in `fd_readdir`. */
export const DIRECTORY_ENTRIES_MAX = 65_536;

/** What one call moves at most, in bytes: more is a short read or a short write. */
export const TRANSFER_BYTES_MAX: number = 4 * 1024 * 1024;

/** What one call of `random_get` fills at most, in bytes. */
export const RANDOM_BYTES_MAX: number = 16 * 1024 * 1024;

/** Buffers of one vectored read or write. */
export const BUFFERS_MAX = 1_024;

/** Subscriptions of one `poll_oneoff`. */
export const SUBSCRIPTIONS_MAX = 1_024;
