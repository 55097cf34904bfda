/**
 * Bounds on what WASI 0.3 moves.
 *
 * @module
 */

/** Bytes of one piece of a stream. */
export const STREAM_PIECE_BYTES: number = 64 * 1024;
