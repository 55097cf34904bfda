/**
 * What can go wrong in a simulated cluster, as data.
 *
 * @module
 */

import { checkDelay } from "../timer.ts";
import { integer } from "./random.ts";

/**
 * Something that goes wrong in a {@linkcode SimCluster}, and is put right
 * again. Schedulers are named by their index in {@linkcode SimCluster.schedulers}.
 *
 * Faults are plain data, each whole in itself: of a list of them, any part is a
 * list of faults too.
 */
export type Fault = CrashFault | PauseFault | PartitionFault | DelayFault;

/** When something goes wrong, and for how long. */
export interface FaultTime {
  /** When it begins, in milliseconds on the clock; at once when that has passed. */
  readonly atMs: number;
  /** Milliseconds until it is put right; `Infinity` for never. */
  readonly forMs: number;
}

/** A machine crashes, and later starts anew. */
export interface CrashFault extends FaultTime {
  /** The tag. */
  readonly type: "crash";
  /** Which one. */
  readonly scheduler: number;
}

/** A machine stands still. */
export interface PauseFault extends FaultTime {
  /** The tag. */
  readonly type: "pause";
  /** Which one. */
  readonly scheduler: number;
}

/** Nothing crosses between two machines. */
export interface PartitionFault extends FaultTime {
  /** The tag. */
  readonly type: "partition";
  /** Which two. */
  readonly between: readonly [number, number];
}

/** All that crosses between two machines takes longer. */
export interface DelayFault extends FaultTime {
  /** The tag. */
  readonly type: "delay";
  /** Which two. */
  readonly between: readonly [number, number];
  /** How much longer, in milliseconds. */
  readonly byMs: number;
}

/** How much goes wrong, and when all is right again. */
export interface ChaosOptions {
  /** When the last fault has been put right, in milliseconds from now. */
  readonly untilMs: number;
  /** How many machines crash; 0 when absent. */
  readonly crashes?: number;
  /** How many pauses there are; 0 when absent. */
  readonly pauses?: number;
  /** How many partitions there are; 0 when absent. */
  readonly partitions?: number;
  /** How often a connection is slow; 0 when absent. */
  readonly delays?: number;
}

/** What {@linkcode drawFaults} draws from. */
export interface FaultSource {
  /** Numbers from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** How many schedulers there are; at least 2 for partitions and delays. */
  readonly schedulers: number;
  /** The time. */
  readonly nowMs: number;
}

/**
 * Faults by chance, in whole milliseconds, the first to begin first.
 *
 * @throws {RangeError} `options.untilMs` is no delay that a timer can have.
 */
export function drawFaults(
  source: FaultSource,
  options: ChaosOptions,
): Fault[] {
  const { untilMs, crashes, pauses, partitions, delays } = options;
  checkDelay(untilMs);
  const one = () => ({ ...time(source, untilMs), ...machine(source) });
  const two = () => ({ ...time(source, untilMs), ...pair(source) });
  const byMs = () => integer(source.random, [1, Math.max(1, untilMs)]);
  return [
    ...draw(crashes, () => ({ type: "crash", ...one() })),
    ...draw(pauses, () => ({ type: "pause", ...one() })),
    ...draw(partitions, () => ({ type: "partition", ...two() })),
    ...draw(delays, () => ({ type: "delay", ...two(), byMs: byMs() })),
  ].sort((fault, other) => fault.atMs - other.atMs);
}

function draw(count: number | undefined, fault: () => Fault): Fault[] {
  return Array.from({ length: count ?? 0 }, fault);
}

function time({ random, nowMs }: FaultSource, untilMs: number): FaultTime {
  const afterMs = integer(random, [0, Math.floor(untilMs)]);
  const forMs = integer(random, [0, Math.floor(untilMs) - afterMs]);
  return { atMs: nowMs + afterMs, forMs };
}

function machine({ random, schedulers }: FaultSource): { scheduler: number } {
  return { scheduler: integer(random, [0, schedulers - 1]) };
}

function pair(
  { random, schedulers }: FaultSource,
): { between: [number, number] } {
  const one = integer(random, [0, schedulers - 1]);
  // Of all others, counted from the next one round.
  const distance = integer(random, [1, schedulers - 1]);
  return { between: [one, (one + distance) % schedulers] };
}
