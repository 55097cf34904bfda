/**
 * Bounds on what makes and runs components of preview 3.
 *
 * @module
 */

/** Milliseconds in which glue must be made. */
export const GENERATE_MS_MAX = 60_000;
/** Megabytes of the heap in which it must be. */
export const GENERATOR_HEAP_MB_MAX = 1_024;
/** Bytes of the glue of one component, its modules included. */
export const GLUE_BYTES_MAX = 64 * 1024 * 1024;
/**
 * Bytes of the heap that a process may have its glue take: streams, futures and
 * tasks are objects there, of any number.
 */
export const HEAP_BYTES_MAX = 256 * 1024 * 1024;
/** Fibers that one process may have: calls of its functions that are under way. */
export const FIBERS_MAX = 256;
/** Bytes of a module of the glue's own, which chooses between two imports. */
export const HELPER_BYTES_MAX = 256;
