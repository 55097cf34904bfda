/**
 * What a run has measured, and how that is told to programs.
 *
 * @module
 */

import { Histogram, type HistogramState } from "./histogram.ts";
import type { Kind, Plan } from "./plan.ts";
import type { TallyState } from "./tally.ts";

/** What was measured. */
export interface Measured {
  /** What was done. */
  readonly plan: Plan;
  /** What was counted. */
  readonly state: TallyState;
  /** For how long, warm-up not included. */
  readonly seconds: number;
  /** Whether it was ended by a signal. */
  readonly wasStopped: boolean;
}

/** The JSON document of a run. */
export interface LoadResult {
  /** What was loaded. */
  readonly kind: Kind;
  /** Whom. */
  readonly url: string;
  /** Whether requests had a schedule, or waited for the answers before them. */
  readonly loop: "open" | "closed";
  /** Whether it was ended by a signal. */
  readonly wasStopped: boolean;
  /** How long it was counted. */
  readonly seconds: number;
  /** Good answers, echoes, events, or connections that were made. */
  readonly good: number;
  /** The same, per second. */
  readonly perSecond: number;
  /** How often something went wrong. */
  readonly failed: number;
  /** What, and how often; the most frequent first. */
  readonly errors: readonly { readonly what: string; readonly count: number }[];
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests that were due, and not sent when the run ended. */
  readonly unsent: number;
  /** Connections that were made. */
  readonly connected: number;
  /** Connections that were made again since the server had ended the one before, in order. */
  readonly reconnects: number;
  /** The most that were open at one time. */
  readonly openMax: number;
  /** Bytes, TLS not included. */
  readonly sentBytes: number;
  /** Bytes, TLS not included. */
  readonly receivedBytes: number;
  /** From when it was due, or in a closed loop sent, to the end of the answer; for event streams, to its head. */
  readonly latency: Spread | null;
  /** From when it was sent to the end of the answer; in an open loop alone. */
  readonly service: Spread | null;
  /** Between two events of one stream. */
  readonly gaps: Spread | null;
  /** One for each threshold, in their order. */
  readonly thresholds: readonly Verdict[];
}

/** How a run did by a threshold. */
export interface Verdict {
  /** As it was typed. */
  readonly threshold: string;
  /** What it was, in the unit of the bound; null when there is no such figure. */
  readonly value: number | null;
  /** Whether it was reached; never when there is no figure. */
  readonly holds: boolean;
}

/** How durations lie, in milliseconds. */
export interface Spread {
  readonly count: number;
  readonly minMs: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** How often something went wrong. */
export function failuresOf({ errors }: TallyState): number {
  return [...errors.values()].reduce((sum, count) => sum + count, 0);
}

/** What went wrong, and how often; the most frequent first. */
export function errorsOf(
  { errors }: TallyState,
): readonly { readonly what: string; readonly count: number }[] {
  return [...errors].map(([what, count]) => ({ what, count }))
    .sort((a, b) => b.count - a.count);
}

/** The document of what was measured. */
export function resultOf(
  measured: Measured,
  thresholds: readonly Verdict[],
): LoadResult {
  const { plan, state, seconds, wasStopped } = measured;
  const isOpen = plan.rate !== undefined;
  return {
    kind: plan.kind,
    url: plan.target.url,
    loop: isOpen ? "open" : "closed",
    wasStopped,
    seconds,
    good: state.good,
    perSecond: seconds > 0 ? state.good / seconds : 0,
    failed: failuresOf(state),
    errors: errorsOf(state),
    statuses: Object.fromEntries(state.statuses),
    unsent: state.unsent,
    connected: state.connected,
    reconnects: state.reconnects,
    openMax: state.openMax,
    sentBytes: state.sentBytes,
    receivedBytes: state.receivedBytes,
    latency: spreadOf(state.latency),
    service: isOpen ? spreadOf(state.service) : null,
    gaps: spreadOf(state.gaps),
    thresholds,
  };
}

/** How what `state` holds lies; null when it holds nothing. */
export function spreadOf(state: HistogramState): Spread | null {
  if (state.count === 0) return null;
  const histogram = new Histogram();
  histogram.add(state);
  return {
    count: histogram.count,
    minMs: histogram.minMs,
    meanMs: histogram.meanMs,
    p50Ms: histogram.quantileMs(0.5),
    p90Ms: histogram.quantileMs(0.9),
    p95Ms: histogram.quantileMs(0.95),
    p99Ms: histogram.quantileMs(0.99),
    p999Ms: histogram.quantileMs(0.999),
    maxMs: histogram.maxMs,
  };
}
