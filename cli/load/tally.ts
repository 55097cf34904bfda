/**
 * What is counted while a run goes on.
 *
 * @module
 */

import { Histogram, type HistogramState } from "./histogram.ts";

/** What a {@linkcode Tally} holds, as plain data. */
export interface TallyState {
  /** Good answers, echoes, events, or connections that were made. */
  readonly good: number;
  /** What went wrong, by what it was: at most {@linkcode ERRORS_MAX} kinds. */
  readonly errors: ReadonlyMap<string, number>;
  /** Answers by their status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Bytes that were sent, TLS not included. */
  readonly sentBytes: number;
  /** Bytes that were received, TLS not included. */
  readonly receivedBytes: number;
  /** Connections that were made. */
  readonly connected: number;
  /** Connections that were made again since the server had ended the one before, in order. */
  readonly reconnects: number;
  /** Connections that are open. */
  readonly open: number;
  /** The most that were open at one time. */
  readonly openMax: number;
  /** Requests that were due, and not sent when the run ended. */
  readonly unsent: number;
  /** When the last good answer came, in milliseconds of the clock of all threads. */
  readonly lastAtMs: number;
  /** From when it was due, or sent if nothing is ever due, to the end of the answer. */
  readonly latency: HistogramState;
  /** From when it was sent to the end of the answer. */
  readonly service: HistogramState;
  /** Between two events of one stream. */
  readonly gaps: HistogramState;
}

/** Kinds of errors that are told apart. */
export const ERRORS_MAX = 32;

/** What errors beyond those are counted as. */
export const OTHER_ERRORS = "other errors";

/** Counts. */
export class Tally {
  /** See {@linkcode TallyState.sentBytes}. */
  sentBytes = 0;
  /** See {@linkcode TallyState.receivedBytes}. */
  receivedBytes = 0;
  /** See {@linkcode TallyState.unsent}. */
  unsent = 0;
  /** See {@linkcode TallyState.reconnects}. */
  reconnects = 0;
  #good = 0;
  #connected = 0;
  #open = 0;
  #openMax = 0;
  #lastAtMs = 0;
  #errors = new Map<string, number>();
  #statuses = new Map<number, number>();
  #latency = new Histogram();
  #service = new Histogram();
  #gaps = new Histogram();

  /**
   * Counts a good answer.
   *
   * @param dueMs When it was to be sent; all times are of `performance.now()`.
   * @param sentMs When it was.
   * @param atMs When it was answered.
   */
  answer(dueMs: number, sentMs: number, atMs: number): void {
    this.#good += 1;
    this.#latency.record(atMs - dueMs);
    this.#service.record(atMs - sentMs);
    this.#lastAtMs = atMs;
  }

  /** Counts an event, `gapMs` after the one before it, if there was one. */
  event(gapMs: number | undefined, atMs: number): void {
    this.#good += 1;
    if (gapMs !== undefined) this.#gaps.record(gapMs);
    this.#lastAtMs = atMs;
  }

  /** Records how long a stream took to begin. */
  begun(sentMs: number, atMs: number): void {
    this.#latency.record(atMs - sentMs);
  }

  /** Counts the status of an answer. */
  status(status: number): void {
    increase(this.#statuses, status, 1);
  }

  /** Counts something that went wrong. */
  fail(what: string): void {
    addError(this.#errors, what, 1);
  }

  /** Counts a connection that was made. */
  opened(): void {
    this.#connected += 1;
    this.#open += 1;
    this.#openMax = Math.max(this.#openMax, this.#open);
  }

  /** Counts that it is gone. */
  closed(): void {
    this.#open -= 1;
  }

  /** Forgets all but which connections are open. */
  reset(): void {
    const open = this.#open;
    this.sentBytes =
      this.receivedBytes =
      this.unsent =
      this.reconnects =
        0;
    this.#good = this.#connected = this.#lastAtMs = 0;
    this.#open = this.#openMax = open;
    this.#errors = new Map();
    this.#statuses = new Map();
    this.#latency = new Histogram();
    this.#service = new Histogram();
    this.#gaps = new Histogram();
  }

  /** A copy of what it holds. */
  state(): TallyState {
    return {
      good: this.#good,
      errors: new Map(this.#errors),
      statuses: new Map(this.#statuses),
      sentBytes: this.sentBytes,
      receivedBytes: this.receivedBytes,
      connected: this.#connected,
      reconnects: this.reconnects,
      open: this.#open,
      openMax: this.#openMax,
      unsent: this.unsent,
      lastAtMs: performance.timeOrigin + this.#lastAtMs,
      latency: this.#latency.state(),
      service: this.#service.state(),
      gaps: this.#gaps.state(),
    };
  }
}

/** All of `states` together; `openMax` is the sum, which is not less than it was. */
export function addTallies(states: readonly TallyState[]): TallyState {
  const sum = (of: (state: TallyState) => number) =>
    states.reduce((sum, state) => sum + of(state), 0);
  return {
    good: sum(({ good }) => good),
    errors: addErrors(states),
    statuses: addStatuses(states),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    receivedBytes: sum(({ receivedBytes }) => receivedBytes),
    connected: sum(({ connected }) => connected),
    reconnects: sum(({ reconnects }) => reconnects),
    open: sum(({ open }) => open),
    openMax: sum(({ openMax }) => openMax),
    unsent: sum(({ unsent }) => unsent),
    lastAtMs: Math.max(0, ...states.map(({ lastAtMs }) => lastAtMs)),
    latency: addHistograms(states.map(({ latency }) => latency)),
    service: addHistograms(states.map(({ service }) => service)),
    gaps: addHistograms(states.map(({ gaps }) => gaps)),
  };
}

function addErrors(states: readonly TallyState[]): Map<string, number> {
  const errors = new Map<string, number>();
  for (const state of states) {
    for (const [what, count] of state.errors) addError(errors, what, count);
  }
  return errors;
}

function addStatuses(states: readonly TallyState[]): Map<number, number> {
  const statuses = new Map<number, number>();
  for (const state of states) {
    for (const [status, count] of state.statuses) {
      increase(statuses, status, count);
    }
  }
  return statuses;
}

function addHistograms(states: readonly HistogramState[]): HistogramState {
  const sum = new Histogram();
  for (const state of states) sum.add(state);
  return sum.state();
}

// A server chooses what some errors say.
function addError(errors: Map<string, number>, what: string, count: number) {
  const isKnown = errors.has(what) || errors.size < ERRORS_MAX;
  increase(errors, isKnown ? what : OTHER_ERRORS, count);
}

function increase<Key>(counts: Map<Key, number>, key: Key, count: number) {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
