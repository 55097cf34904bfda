/**
 * Bounds of what guests of `rusm:runtime` may hold, with their units.
 *
 * @module
 */

import { MEBIBYTE } from "../limits.ts";

/** Messages that one guest may have to be sent later. */
export const TIMERS_MAX = 1_000;

/** Bytes of messages that one guest may have to be sent later. */
export const TIMER_BYTES_MAX: number = 16 * MEBIBYTE;

/** Bytes of messages that all guests of one scheduler may have to be sent later. */
export const SCHEDULER_TIMER_BYTES_MAX: number = 256 * MEBIBYTE;

/** Monitors of one guest, and what they have told that it has not received. */
export const MONITORS_MAX = 20_000;

/** Characters of one line of the log; the rest is cut off. */
export const LOG_LENGTH_MAX: number = 64 * 1024;

/** The longest time that a guest can wait, or send a message after, in milliseconds: what a timer of 32 bits can hold. */
export const DELAY_MS_MAX: number = 2 ** 31 - 1;
