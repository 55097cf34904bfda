/**
 * Timers.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { failProcess } from "./failure.ts";
import { callHost } from "./host.ts";
import { nextId } from "./operations.ts";

interface Timer {
  callback: (...args: unknown[]) => void;
  args: unknown[];
  ms: number;
  repeats: boolean;
}

/** The longest time of a WebIDL `long`. */
const DELAY_MS_MAX = 2 ** 31 - 1;

const timers = new Map<number, Timer>();

/**
 * Calls `callback` once, not before `ms` milliseconds have passed.
 *
 * @see HTML Standard, "timers". Differs: a callback that is text is refused,
 * one that throws ends the process, and its `this` is undefined.
 */
export function setTimeout(
  callback: (...args: unknown[]) => void,
  ms: number | undefined = undefined,
  ...args: unknown[]
): number {
  return startTimer(callback, ms, args, false);
}

/** Calls `callback` every `ms` milliseconds, counted from the end of a call. */
export function setInterval(
  callback: (...args: unknown[]) => void,
  ms: number | undefined = undefined,
  ...args: unknown[]
): number {
  return startTimer(callback, ms, args, true);
}

/** Ends a timer; `id` may be anything, and an unknown one is ignored. */
export function clearTimeout(id: unknown = undefined): void {
  if (timers.delete(Number(id))) callHost(OPS.timerCancel, Number(id));
}

/** As `setTimeout`, for any whole number of milliseconds. */
export function clampedTimeout(callback: () => void, ms: number): void {
  setTimeout(callback, Math.min(ms, DELAY_MS_MAX));
}

/** See `GuestEntry.fire`. */
export function fire(id: number): void {
  const timer = timers.get(id);
  if (timer === undefined) return;
  const { callback, args, ms, repeats } = timer;
  if (!repeats) timers.delete(id);
  try {
    callback(...args);
    // The callback may have ended its own timer.
    if (timers.has(id)) callHost(OPS.timerStart, id, ms);
  } catch (error) {
    // Nobody is left who could catch it: HTML's "report an exception".
    failProcess(error);
  }
}

function startTimer(
  callback: (...args: unknown[]) => void,
  delay: unknown,
  args: unknown[],
  repeats: boolean,
): number {
  if (typeof callback !== "function") {
    throw new TypeError(
      `Cannot start a timer without a function: got ${typeof callback}`,
    );
  }
  // WebIDL `long`: whatever is not a number is 0, and 2 ** 31 wraps around.
  const ms = Math.max(0, Number(delay) | 0);
  const id = nextId();
  callHost(OPS.timerStart, id, ms);
  timers.set(id, { callback, args, ms, repeats });
  return id;
}
