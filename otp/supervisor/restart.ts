/**
 * The decisions of a supervisor: whether a child is restarted, which others go
 * with it, when, and when it is enough. All pure.
 *
 * @module
 */

import { Queue } from "../queue.ts";
import { TIMER_DELAY_MS_MAX } from "../limits.ts";
import type { ExitReason } from "../reason.ts";

/**
 * Whether a child that ended is restarted: always, only when it ended
 * abnormally, or never.
 *
 * @see Erlang `supervisor:restart()`.
 */
export type Restart = "permanent" | "transient" | "temporary";

/**
 * Which children are restarted with one that ended: no others, all others, or
 * those started after it.
 *
 * @see Erlang `supervisor:strategy()`.
 */
export type Strategy = "oneForOne" | "oneForAll" | "restForOne";

/** How many restarts are borne in which time. */
export interface RestartLimit {
  /** Restarts within one period that are borne, 0 or more. `Infinity` bears all. */
  readonly restartsMax: number;
  /** The period in milliseconds, above 0. */
  readonly periodMs: number;
}

/** How long a supervisor waits before a restart. */
export interface Backoff {
  /** Milliseconds before the first restart, above 0. */
  readonly initialMs: number;
  /** How many times longer each wait is than the one before, 1 or more. */
  readonly factor: number;
  /** Milliseconds that no wait goes past, `initialMs` or more. */
  readonly maxMs: number;
  /** The share of each wait that is left to chance, 0 to 1. */
  readonly jitter: number;
}

/** Indices in start order: from `start` up to, but not including, `end`. */
export interface ChildRange {
  /** The first. */
  readonly start: number;
  /** Behind the last. */
  readonly end: number;
}

/**
 * Decides whether a child that ended for `reason` is restarted. `"shutdown"` is
 * no failure.
 *
 * @see Erlang `supervisor`, "Restart types". Differs: there is no
 * `{shutdown, Term}`.
 */
export function mayRestart(restart: Restart, reason: ExitReason): boolean {
  switch (restart) {
    case "permanent":
      return true;
    case "transient":
      return reason !== "normal" && reason !== "shutdown";
    case "temporary":
      return false;
  }
}

/**
 * The restarts of the last period.
 *
 * @see Erlang `supervisor`, "Maximum restart intensity": a restart exactly one
 * period ago still counts.
 */
export class RestartWindow {
  readonly #limit: RestartLimit;
  // The oldest first.
  readonly #restartsMs = new Queue<number>();

  /** A window without restarts. */
  constructor(limit: RestartLimit) {
    this.#limit = limit;
  }

  /** How many are remembered. */
  get count(): number {
    return this.#restartsMs.count;
  }

  /** How many there may be. */
  get countMax(): number {
    return this.#limit.restartsMax;
  }

  /** Adds one at `nowMs`, no earlier than those before. Returns false, and adds none, when it is one too many. */
  add(nowMs: number): boolean {
    const { restartsMax, periodMs } = this.#limit;
    // Without a limit there is nothing to remember, and nothing may pile up.
    if (restartsMax === Infinity) return true;
    const restartsMs = this.#restartsMs;
    while (restartsMs.count > 0 && nowMs - restartsMs.at(0) > periodMs) {
      restartsMs.shift();
    }
    if (restartsMs.count >= restartsMax) return false;
    restartsMs.push(nowMs);
    return true;
  }
}

/**
 * How many milliseconds to wait before a restart.
 *
 * @param attempt Which restart in a row it is, counted from 1.
 * @param random Answers with a number from 0 up to, but not including, 1.
 */
export function backoffMs(
  attempt: number,
  backoff: Backoff,
  random: () => number,
): number {
  const { initialMs, factor, maxMs, jitter } = backoff;
  const waitMs = Math.min(maxMs, initialMs * factor ** (attempt - 1));
  return waitMs * (1 - jitter * random());
}

/**
 * The children that are restarted when the one at `index` is.
 *
 * @param count How many children there are.
 */
export function affected(
  strategy: Strategy,
  index: number,
  count: number,
): ChildRange {
  switch (strategy) {
    case "oneForOne":
      return { start: index, end: index + 1 };
    case "oneForAll":
      return { start: 0, end: count };
    case "restForOne":
      return { start: index, end: count };
  }
}

/**
 * Checks what a caller gave.
 *
 * @throws {RangeError} `restartsMax` is negative or no whole number, or `periodMs`
 * is not above 0.
 */
export function checkRestartLimit(limit: RestartLimit): void {
  const { restartsMax, periodMs } = limit;
  const isWhole = restartsMax === Infinity || Number.isInteger(restartsMax);
  if (!(isWhole && restartsMax >= 0)) {
    throw new RangeError(`Cannot limit restarts to: ${restartsMax}`);
  }
  if (!(periodMs > 0)) {
    throw new RangeError(
      `Cannot count restarts in a period that is not above 0 ms: ${periodMs}`,
    );
  }
}

/**
 * Checks what a caller gave.
 *
 * @throws {RangeError} A setting is out of its range.
 */
export function checkBackoff(backoff: Backoff): void {
  const { initialMs, factor, maxMs, jitter } = backoff;
  if (!(initialMs > 0)) {
    throw new RangeError(
      `Cannot back off with initialMs not above 0: ${initialMs}`,
    );
  }
  if (!(factor >= 1)) {
    throw new RangeError(`Cannot back off with a factor below 1: ${factor}`);
  }
  if (!(maxMs >= initialMs && maxMs <= TIMER_DELAY_MS_MAX)) {
    throw new RangeError(
      `Cannot back off with maxMs outside ${initialMs} to ${TIMER_DELAY_MS_MAX}: ${maxMs}`,
    );
  }
  if (!(jitter >= 0 && jitter <= 1)) {
    throw new RangeError(
      `Cannot back off with a jitter outside 0 to 1: ${jitter}`,
    );
  }
}
