/**
 * Every bound of core modules, with its unit, in one place.
 *
 * @module
 */

import { MEBIBYTE } from "../limits.ts";

/**
 * Bytes of the largest memory that is put back to its first contents. Filling
 * a larger one takes as long as making one anew.
 */
export const RESTORED_BYTES_MAX: number = 4 * MEBIBYTE;

/** Bytes of the largest memory that is zeroed for the next instance; a larger one is quicker to make anew. */
export const ZEROED_BYTES_MAX: number = MEBIBYTE / 2;

/** Zeroed memories that a scheduler keeps for instances of one module that cannot be put back. */
export const IDLE_MEMORIES_MAX = 64;

/** Bytes of a message up to which it shares a buffer with others. */
export const PACKED_BYTES_MAX = 256;

/** Bytes of the buffer that they share: what a single message that waits can keep. */
export const PACK_BYTES: number = 4 * 1024;

/** Bytes of a name, and of a label, that a guest gives. */
export const NAME_BYTES_MAX = 1_024;

/**
 * How long a guest may run where it cannot be suspended, in milliseconds: as
 * long as others may have to wait for their turn.
 */
export const BELOW_MS_MAX = 1_000;

/** Slices of a guest that is alone on its thread after which sockets are polled: 160 ms. */
export const LONE_TURNS_MAX = 16;

/** Names that one guest can have. */
export const NAMES_MAX = 64;

/** Ends of streams that one guest can have, those that it did not accept yet included. */
export const STREAMS_MAX = 256;

/** Bytes of one piece that a stream carries: a longer write is several. */
export const STREAM_PIECE_BYTES: number = 64 * 1024;

/** Characters of the name of an import that a message shows. */
export const SHOWN_NAME_MAX = 100;

/** Spawns of one thread that may wait for others to end. */
export const WAITING_SPAWNS_MAX = 10_000;

/** How long a spawn waits for others to end, in milliseconds. */
export const SPAWN_WAIT_MS_MAX = 5_000;

/** Between two looks whether another thread has released something, in milliseconds. */
export const CEILING_POLL_MS = 10;

/** Between two collections of garbage that a ceiling asks for, in milliseconds. */
export const COLLECT_MS_MIN = 250;

/** Maps of memory that an OS process may have where nobody says: the default of Linux. */
export const MAPS_MAX = 65_530;

/**
 * Share of the maps that guests may take. The rest is for V8, threads and
 * libraries, and for stacks that V8 holds on to for longer than is known here.
 */
export const MAPS_SHARE = 0.5;

/** Share of the machine's memory that guests may take. */
export const BYTES_SHARE = 0.75;

/** Memory of a machine that does not say, in bytes. */
export const SYSTEM_BYTES: number = 4 * 1024 * MEBIBYTE;

/** Maps that a memory takes which can grow: what it has, and what it reserves around it. */
export const GROWABLE_MEMORY_MAPS = 3;

/** Maps that a memory of a fixed size takes, where it lies between the stacks of fibers. */
export const FIXED_MEMORY_MAPS = 2;

/** Maps that the stack of a fiber takes. */
export const FIBER_MAPS = 2;

/** Maps of stacks without a fiber that a thread keeps when much is taken. */
export const SPARE_MAPS_MAX = 1_000;

/** Share of a ceiling from which on services that wait give their instance back. */
export const NEAR_SHARE = 0.5;

/**
 * Bytes of a module up to which the thread that makes it ready digests and
 * compiles it itself, in 5 ms at most: it would wait twice as long for others.
 */
export const BYTES_AT_ONCE_MAX: number = MEBIBYTE;

/** Bytes of all rewritten modules that are kept on disk. */
export const STORE_BYTES_MAX: number = 512 * MEBIBYTE;

/** Rewritten modules that are kept on disk. */
export const STORE_ENTRIES_MAX = 4_096;
