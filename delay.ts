/**
 * What a timer of a runtime can hold.
 *
 * @module
 */

/** The longest delay, in milliseconds. */
export const TIMER_DELAY_MS_MAX: number = 2 ** 31 - 1;
