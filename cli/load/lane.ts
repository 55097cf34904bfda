/**
 * One of the connections of a run, and what is done over it.
 *
 * @module
 */

import type { Gate } from "./gate.ts";
import type { Pace } from "./pace.ts";
import type { Plan } from "./plan.ts";
import type { Tally } from "./tally.ts";

/** What all lanes of a run share. */
export interface Track {
  /** What is to be done. */
  readonly plan: Plan;
  /** Where it is counted. */
  readonly tally: Tally;
  /** When it is done. */
  readonly pace: Pace;
  /** How many connect at once. */
  readonly gate: Gate;
  /** Whether nothing more is to begin. */
  readonly hasEnded: boolean;
  /** Resolves after so many milliseconds, or when the run ends. */
  sleep(ms: number): Promise<void>;
}

/** A connection, as a lane sees it. */
export interface Closable {
  /** Closes it. Harmless when it is closed. */
  close(): void;
}

/**
 * Does once what a run is about: one request, message, stream or connection.
 *
 * @param dueMs When it was due, of `performance.now()`.
 * @throws What went wrong. The lane counts that, and closes its connection.
 */
export type Visit<Connection extends Closable> = (
  lane: Lane<Connection>,
  dueMs: number,
) => Promise<void>;

/** An answer was not a good one: `message` is what it is counted as. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}

/** First time to wait after a failure, in milliseconds; it doubles with each in a row. */
const RETRY_MS = 10;

/** Longest time to wait after a failure, in milliseconds. */
const RETRY_MS_MAX = 1_000;

/** What is counted when an answer takes too long. */
const LATE = "no answer in time";

/** Visits again and again, over at most one connection at a time. */
export class Lane<Connection extends Closable = Closable> {
  /** What it shares with the others. */
  readonly track: Track;
  readonly #index: number;
  readonly #visit: Visit<Connection>;
  #connection: Connection | undefined;
  #connecting: AbortController | undefined;
  #deadlineMs = Infinity;
  #isHolding = false;
  #isLate = false;
  #isDismissed = false;
  #isCut = false;

  /** @param index Which it is, from 0. */
  constructor(track: Track, index: number, visit: Visit<Connection>) {
    this.track = track;
    this.#index = index;
    this.#visit = visit;
  }

  /** Its connection, if it has one. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Visits until the pace says that it is over, or it is cut. Never rejects. */
  async drive(): Promise<void> {
    const { pace } = this.track;
    for (let failures = 0; !this.#isCut;) {
      if (pace.isResting(this.#index)) this.close();
      const dueMs = await pace.next(this.#index);
      if (dueMs === undefined) break;
      failures = await this.#visited(dueMs) ? 0 : failures + 1;
      if (failures > 0) await this.#backOff(failures);
    }
    this.close();
  }

  async #visited(dueMs: number): Promise<boolean> {
    this.#deadlineMs = performance.now() + this.track.plan.timeoutMs;
    this.#isHolding = this.#isLate = this.#isDismissed = false;
    try {
      await this.#visit(this, dueMs);
      return true;
    } catch (error) {
      // Whatever goes wrong is what a run is there to count, and what was cut
      // is in no count.
      if (this.#isCut || this.#isDismissed) return true;
      this.#fail(error);
      return error instanceof BadAnswer;
    } finally {
      this.#deadlineMs = Infinity;
    }
  }

  #fail(error: unknown): void {
    this.track.tally.fail(this.#isLate ? LATE : describe(error));
    if (!(error instanceof BadAnswer)) this.close();
  }

  // An open loop has its pace from elsewhere, and who is slow is to be seen.
  async #backOff(failures: number): Promise<void> {
    if (this.track.plan.rate !== undefined) return;
    const ms = RETRY_MS * 2 ** Math.min(10, failures - 1);
    await this.track.sleep(Math.min(RETRY_MS_MAX, ms));
  }

  /**
   * Makes the connection of this lane, which must have none.
   *
   * @param connect Is given what gives up when it takes too long.
   * @throws What `connect` rejects with, or the end of the run.
   */
  async open(
    connect: (signal: AbortSignal) => Promise<Connection>,
  ): Promise<Connection> {
    const controller = this.#connecting = new AbortController();
    if (this.#isCut) controller.abort();
    const { signal } = controller;
    const { gate, tally } = this.track;
    await gate.enter(signal);
    try {
      const connection = await connect(signal);
      if (signal.aborted) connection.close();
      signal.throwIfAborted();
      this.#connection = connection;
      tally.opened();
      return connection;
    } finally {
      this.#connecting = undefined;
      gate.leave();
    }
  }

  /** Closes its connection, if it has one. */
  close(): void {
    if (this.#connection === undefined) return;
    this.#connection.close();
    this.#connection = undefined;
    this.track.tally.closed();
  }

  /**
   * Says that what is visited has answered, and is held until it ends, or the
   * lane has to rest.
   */
  hold(): void {
    this.#deadlineMs = Infinity;
    this.#isHolding = true;
    if (this.track.hasEnded) this.cut();
  }

  /** Ends what it does when that has taken too long, or is held and has to rest. */
  check(nowMs: number): void {
    const isLate = nowMs >= this.#deadlineMs;
    const isResting = this.#isHolding && this.track.pace.isResting(this.#index);
    if (!isLate && !isResting) return;
    this.#isLate = isLate;
    this.#isDismissed = isResting;
    this.#deadlineMs = Infinity;
    this.#interrupt();
  }

  /** Ends what is held; what is being answered goes on. */
  endHolding(): void {
    if (this.#isHolding) this.cut();
  }

  /** Ends what it does, which is in no count. */
  cut(): void {
    this.#isCut = true;
    this.#interrupt();
  }

  // Whoever reads or writes is told by an error, or the end.
  #interrupt(): void {
    this.#connecting?.abort();
    this.close();
  }
}

// Addresses and numbers of the system say no more, and make kinds of errors many.
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message === "" ? error.name : error.message;
  return text.replace(/ \(os error \d+\)/, "").split("\n")[0]!.slice(0, 200);
}
