/**
 * Bounds of what guests do with files.
 *
 * @module
 */

/** The longest path, in bytes; the longest that Linux takes. */
export const PATH_BYTES_MAX = 4_096;

/** Symbolic links that the resolution of one path follows. */
export const LINKS_MAX = 40;

/** Names that the resolution of one path looks up, those of links among them. */
export const NAMES_MAX = 1_024;

/** Entries of directories that one process has under way. */
export const DIRECTORY_ENTRIES_MAX = 65_536;
