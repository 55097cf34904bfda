/**
 * Bounds of the wire between schedulers.
 *
 * @module
 */

/** Bytes of a ring between two schedulers. A power of two. */
export const RING_BYTES: number = 256 * 1024;

/** Bytes of messages that may wait for room in one ring; behind them messages are refused. One that is larger can wait alone. */
export const PARKED_BYTES_MAX: number = 32 * 1024 * 1024;

/** Bytes of messages that may wait for room in all rings of a thread, and so of the largest message. */
export const THREAD_PARKED_BYTES_MAX: number = 256 * 1024 * 1024;

/**
 * Bytes of signals and messages that may wait for room in one ring. A scheduler
 * that is behind so far is given up: system signals are never dropped.
 */
export const OVERRUN_BYTES_MAX: number = 64 * 1024 * 1024;

/** Frames that a thread takes from its rings before its event loop gets a turn. */
export const FRAMES_PER_TURN = 512;

/** Frames after which a thread lets others see them, before its turn is over. */
export const FRAMES_PER_PUBLISH = 128;

/** Nesting of plain data that is copied without the serializer of V8. */
export const PLAIN_DEPTH_MAX = 32;

/** Bytes of the buffer that frames are written in, when it is kept for the next. */
export const SCRATCH_BYTES_MAX: number = 1024 * 1024;

/**
 * Bytes that are taken out of a ring by one copy. A short message that waits in
 * a mailbox of a Wasm process can hold on to as many.
 */
export const CHUNK_BYTES: number = 4 * 1024;
