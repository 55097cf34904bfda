/**
 * A line about a run that goes on.
 *
 * @module
 */

import type { Output } from "../io.ts";
import type { Crew } from "./crew.ts";
import { failuresOf } from "./measured.ts";
import type { Plan } from "./plan.ts";
import { nounOf } from "./summary.ts";

/** Time between two lines, in milliseconds. */
const LINE_MS = 1_000;

const CLEAR_LINE = "\r\x1b[K";

/** Redraws one line on a terminal, once a second. */
export class Progress {
  readonly #plan: Plan;
  readonly #crew: Crew;
  readonly #startAtMs: number;
  readonly #output: Output;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastGood = 0;
  #lastAtMs: number;

  /** Begins to draw. */
  constructor(plan: Plan, crew: Crew, startAtMs: number, output: Output) {
    this.#plan = plan;
    this.#crew = crew;
    this.#startAtMs = startAtMs;
    this.#lastAtMs = startAtMs;
    this.#output = output;
    this.#timer = setInterval(() => this.#draw(), LINE_MS);
  }

  #draw(): void {
    const nowMs = performance.timeOrigin + performance.now();
    const state = this.#crew.state();
    const rate = ratePerSecond(
      Math.max(0, state.good - this.#lastGood),
      nowMs - this.#lastAtMs,
    );
    [this.#lastGood, this.#lastAtMs] = [state.good, nowMs];
    const parts = [
      `${((nowMs - this.#startAtMs) / 1_000).toFixed(0)} s`,
      `${state.good.toLocaleString("en")} ${nounOf(this.#plan)}`,
      `${rate.toLocaleString("en")}/s`,
      `${state.open.toLocaleString("en")} open`,
      `${failuresOf(state).toLocaleString("en")} errors`,
    ];
    this.#output.write(`${CLEAR_LINE}${parts.join("  ")}`);
  }

  /** Takes the line away. */
  end(): void {
    clearInterval(this.#timer);
    this.#output.write(CLEAR_LINE);
  }
}

function ratePerSecond(count: number, ms: number): number {
  return ms > 0 ? Math.round(count / ms * 1_000) : 0;
}
