/**
 * A run, or the share of it that this thread has.
 *
 * @module
 */

import { highest } from "./course.ts";
import { Gate } from "./gate.ts";
import { type Closable, Lane, type Track, type Visit } from "./lane.ts";
import { type Pace, preparePace } from "./pace.ts";
import { type Plan, type Share, shareOf } from "./plan.ts";
import { Tally, type TallyState } from "./tally.ts";
import { connVisit } from "./visit/conn.ts";
import { httpVisit } from "./visit/http.ts";
import { sseVisit } from "./visit/sse.ts";
import { wsVisit } from "./visit/ws.ts";

/** Connections that one thread makes at once: more would not fit into the backlog of many servers. */
const CONNECTING_MAX = 256;

/** Time between two looks for what takes too long, in milliseconds. */
const CHECK_MS = 50;

/** Gets ready to drive `share` of `plan`. */
export async function prepareRun(
  plan: Plan,
  share: Share,
): Promise<(startMs: number) => Run> {
  const startPace = await preparePace(plan, share);
  return (startMs) => new Run(plan, share, startMs, startPace(startMs));
}

/** Drives the connections of a run. */
export class Run implements Track {
  readonly plan: Plan;
  readonly tally: Tally = new Tally();
  readonly pace: Pace;
  readonly gate: Gate = new Gate(CONNECTING_MAX);
  readonly #startMs: number;
  readonly #lanes: readonly AnyLane[];
  readonly #sleeping = new Set<() => void>();
  #hasEnded = false;

  /**
   * @param share Which part of `plan` it drives.
   * @param startMs When all threads begin, of `performance.now()`.
   * @param pace The run's from now on.
   * @param laneOf Makes its lanes; those that `plan` is about when absent.
   */
  constructor(
    plan: Plan,
    share: Share,
    startMs: number,
    pace: Pace,
    laneOf: MakeLane = lanesOf(plan),
  ) {
    this.plan = plan;
    this.#startMs = startMs;
    this.pace = pace;
    const count = shareOf(Math.ceil(highest(plan.connections)), share);
    this.#lanes = Array.from({ length: count }, (_, at) => laneOf(this, at));
  }

  /**
   * Plays it to its end, and resolves when every connection is closed. What is
   * being answered at the end has as long as ever.
   */
  async play(): Promise<void> {
    const { warmupMs, durationMs } = this.plan;
    const timers = [
      ...warmupMs > 0 ? [this.#at(warmupMs, () => this.tally.reset())] : [],
      ...durationMs < Infinity ? [this.#at(durationMs, () => this.#end())] : [],
    ];
    const checks = setInterval(() => this.#check(), CHECK_MS);
    await Promise.all(this.#lanes.map((lane) => lane.drive()));
    timers.forEach(clearTimeout);
    clearInterval(checks);
    this.pace.end();
  }

  /** See {@linkcode Track.hasEnded}. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  #at(ms: number, act: () => void): ReturnType<typeof setTimeout> {
    return setTimeout(act, this.#startMs + ms - performance.now());
  }

  #check(): void {
    const nowMs = performance.now();
    for (const lane of this.#lanes) lane.check(nowMs);
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.pace.end();
    this.tally.unsent = this.pace.unsent(performance.now());
    for (const lane of this.#lanes) lane.endHolding();
    for (const wake of this.#sleeping) wake();
  }

  /** Ends it at once: what is being answered is in no count. */
  stop(): void {
    this.#end();
    for (const lane of this.#lanes) lane.cut();
  }

  /** See {@linkcode Track.sleep}. */
  async sleep(ms: number): Promise<void> {
    if (this.#hasEnded) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#sleeping.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#sleeping.delete(resolve);
  }

  /** What was counted. */
  state(): TallyState {
    return this.tally.state();
  }
}

/** A lane, whatever its connections are. */
export type AnyLane = Pick<Lane, "check" | "cut" | "drive" | "endHolding">;

/** Makes a lane by its index, from 0. */
export type MakeLane = (track: Track, index: number) => AnyLane;

function lanesOf(plan: Plan): MakeLane {
  switch (plan.kind) {
    case "http":
      return lanesWith(httpVisit(plan));
    case "ws":
      return lanesWith(wsVisit(plan));
    case "sse":
      return (track, index) => new Lane(track, index, sseVisit(plan));
    case "conn":
      return lanesWith(connVisit(plan));
  }
}

function lanesWith<Connection extends Closable>(
  visit: Visit<Connection>,
): MakeLane {
  return (track, index) => new Lane(track, index, visit);
}
