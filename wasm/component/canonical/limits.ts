/**
 * Bounds of the canonical ABI: those of the specification, and our own.
 *
 * @module
 */

/** Core values that parameters may take before they go through memory. */
export const MAX_FLAT_PARAMS = 16;

/** Core values that a result may take before it goes through memory. */
export const MAX_FLAT_RESULTS = 1;

/** The longest string that goes through memory, in bytes. */
export const MAX_STRING_BYTE_LENGTH: number = 2 ** 31 - 1;

/** Bytes that a memory of 32 bits can have. A list, and a value, has fewer. */
export const ADDRESS_SPACE_BYTES: number = 2 ** 32;

/** Handles that one component instance may hold at once. Our own bound: it keeps the heap in check. */
export const HANDLES_MAX = 10_000;

/**
 * What one call may make of the JavaScript heap when it lifts, in bytes. Our
 * own bound: a guest can point any number of lists at the same memory.
 */
export const LIFTED_BYTES_MAX: number = 64 * 1024 * 1024;
