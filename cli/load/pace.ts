/**
 * When the next request may begin.
 *
 * @module
 */

import { type Alarm, startAlarm } from "./alarm.ts";
import {
  type Course,
  dueBy,
  lengthMs,
  loadAt,
  timeAbove,
  timeOf,
} from "./course.ts";
import { type Plan, type Share, shareOf } from "./plan.ts";

/** Says when the next request may begin. All times are of `performance.now()`. */
export interface Pace {
  /**
   * Resolves when connection `index`, from 0, may send its next request, with
   * when that was due; with undefined when there is to be none.
   */
  next(index: number): Promise<number | undefined>;
  /** Whether connection `index` has to wait because there are too many. */
  isResting(index: number): boolean;
  /** Lets nothing more begin. To be called at last, whatever happens. */
  end(): void;
  /** How many requests were due until `atMs`, and have not begun. */
  unsent(atMs: number): number;
}

/** Begins the pace of a plan at a time of `performance.now()`. */
export type StartPace = (startMs: number) => Pace;

/** Gets ready to say when the requests of `share` begin. */
export async function preparePace(
  plan: Plan,
  share: Share,
): Promise<StartPace> {
  const requestsMax = shareOf(plan.requestsMax, share);
  const { connections, rate, durationMs } = plan;
  if (rate === undefined) {
    return (startMs) =>
      new ClosedPace(connections, requestsMax, share, startMs);
  }
  const alarm = await startAlarm();
  return (startMs) =>
    new OpenPace(rate, { requestsMax, share, startMs, durationMs, alarm });
}

/** A request of a connection begins when the one before it has ended. */
class ClosedPace implements Pace {
  readonly #connections: Course;
  readonly #share: Share;
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #left: number;

  constructor(
    connections: Course,
    requestsMax: number,
    share: Share,
    startMs: number,
  ) {
    this.#connections = connections;
    this.#left = requestsMax;
    this.#share = share;
    this.#startMs = startMs;
    this.#endMs = startMs + lengthMs(connections);
  }

  async next(index: number): Promise<number | undefined> {
    while (this.#left > 0) {
      const nowMs = performance.now();
      const restMs = this.#restMs(index, nowMs);
      if (restMs === undefined) return await this.#ended.promise;
      if (restMs <= 0) {
        this.#left -= 1;
        return nowMs;
      }
      await this.#rest(restMs);
    }
    return undefined;
  }

  // How long a connection has to rest from now on; undefined for ever.
  #restMs(index: number, nowMs: number): number | undefined {
    if (!this.isResting(index)) return 0;
    const fromMs = nowMs - this.#startMs;
    const aboveMs = timeAbove(this.#connections, this.#level(index), fromMs);
    return aboveMs === undefined ? undefined : aboveMs - fromMs;
  }

  // Of as many connections as there are to be, each thread has its share.
  #level(index: number): number {
    return index * this.#share.count + this.#share.index;
  }

  #rest(ms: number): Promise<undefined> {
    const rested = new Promise<undefined>((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve(undefined);
      }, Math.ceil(ms));
      this.#timers.add(timer);
    });
    return Promise.race([rested, this.#ended.promise]);
  }

  isResting(index: number): boolean {
    if (this.#connections.stages.length === 0) return false;
    const atMs = performance.now() - this.#startMs;
    return Math.ceil(loadAt(this.#connections, atMs)) <= this.#level(index);
  }

  end(): void {
    this.#left = 0;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#ended.resolve(undefined);
  }

  unsent(): number {
    return 0;
  }
}

interface OpenPaceOptions {
  readonly requestsMax: number;
  readonly share: Share;
  readonly startMs: number;
  readonly durationMs: number;
  /** The pace's from now on. */
  readonly alarm: Alarm;
}

interface Waiting {
  readonly dueMs: number;
  readonly resolve: (dueMs: number | undefined) => void;
}

/**
 * A request begins when it is due, or as soon after that as a connection is
 * free. Requests are due in the order in which connections ask, so those that
 * wait are in order of time.
 */
class OpenPace implements Pace {
  readonly #rate: Course;
  readonly #requestsMax: number;
  readonly #share: Share;
  readonly #startMs: number;
  readonly #waiting: Waiting[] = [];
  readonly #durationMs: number;
  readonly #alarm: Alarm;
  #begun = 0;
  #isAwaited = false;
  #isOver = false;

  constructor(rate: Course, options: OpenPaceOptions) {
    this.#rate = rate;
    this.#requestsMax = options.requestsMax;
    this.#share = options.share;
    this.#startMs = options.startMs;
    this.#durationMs = options.durationMs;
    this.#alarm = options.alarm;
  }

  next(): Promise<number | undefined> {
    if (this.#isOver || this.#begun >= this.#requestsMax) {
      return Promise.resolve(undefined);
    }
    const dueMs = this.#dueMs(this.#begun++);
    if (dueMs <= performance.now()) return Promise.resolve(dueMs);
    return new Promise((resolve) => {
      this.#waiting.push({ dueMs, resolve });
      this.#await();
    });
  }

  // Of all requests, each thread has its share, by turns.
  #dueMs(index: number): number {
    const { count, index: own } = this.#share;
    const afterMs = timeOf(this.#rate, index * count + own);
    const isNever = afterMs === undefined || afterMs >= this.#durationMs;
    return isNever ? Infinity : this.#startMs + afterMs;
  }

  async #await(): Promise<void> {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const ms = first.dueMs - performance.now();
      if (ms > 0) await this.#alarm.ring(ms);
      this.#release();
    }
    this.#isAwaited = false;
  }

  #release(): void {
    const nowMs = performance.now();
    const later = this.#waiting.findIndex(({ dueMs }) => dueMs > nowMs);
    const count = later < 0 ? this.#waiting.length : later;
    for (const { dueMs, resolve } of this.#waiting.splice(0, count)) {
      resolve(dueMs);
    }
  }

  isResting(): boolean {
    return false;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#alarm.close();
    this.#begun -= this.#waiting.length;
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
  }

  unsent(atMs: number): number {
    const { count, index } = this.#share;
    const untilMs = Math.min(atMs - this.#startMs, this.#durationMs);
    // A sum of parts is a little more than what it is the whole of.
    const due = Math.ceil(dueBy(this.#rate, untilMs) - 1e-6);
    const own = Math.max(0, Math.ceil((due - index) / count));
    return Math.max(0, Math.min(own, this.#requestsMax) - this.#begun);
  }
}
