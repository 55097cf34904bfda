/**
 * The machines of a simulated cluster, and the cables between them.
 *
 * @module
 */

import {
  SIM_DETECT_MS_MAX,
  SIM_DETECT_MS_MIN,
  SIM_LATENCY_MS_MAX,
  SIM_LATENCY_MS_MIN,
  TIMER_DELAY_MS_MAX,
} from "../limits.ts";
import { Runtime } from "../runtime.ts";
import { checkDelay } from "../timer.ts";
import { Cable } from "./cable.ts";
import type { SimCluster, SimClusterOptions, SimScheduler } from "./cluster.ts";
import { type ChaosOptions, drawFaults, type Fault } from "./fault.ts";
import type { Lane, Task } from "./lane.ts";
import type { Machine } from "./machine.ts";
import { integer, type Span } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Incarnation } from "./wire.ts";

/** Milliseconds that a signal takes when a cluster is not told otherwise. */
const LATENCY_MS: Span = [SIM_LATENCY_MS_MIN, SIM_LATENCY_MS_MAX];

/** Milliseconds for which a loss goes unnoticed when a cluster is not told otherwise. */
const DETECT_MS: Span = [SIM_DETECT_MS_MIN, SIM_DETECT_MS_MAX];

/** What a {@linkcode Network} is made from. */
export interface NetworkParts {
  /** Its clock. */
  readonly timeline: Timeline;
  /** Its own random numbers. */
  readonly random: () => number;
  /** Adds a machine to the simulation. */
  readonly machine: () => Machine;
}

/** What a fault does. */
interface Course {
  readonly begin: Task;
  /** None when it is over by itself. */
  readonly end?: Task;
}

/** The one implementation of {@linkcode SimCluster}. */
export class Network implements SimCluster {
  readonly schedulers: readonly Member[];
  readonly #options: SimClusterOptions;
  readonly #parts: NetworkParts;
  // What goes wrong, and right again. No machine can stop it.
  readonly #fate: Lane;
  #lives = 0;

  /**
   * Machines that are started, joined and booted.
   *
   * @throws {RangeError} There are too few or too many, or a delay is none.
   */
  constructor(parts: NetworkParts, options: SimClusterOptions) {
    const { schedulers, latencyMs, detectMs, boot } = options;
    checkOptions(options);
    this.#parts = parts;
    this.#options = options;
    this.#fate = parts.timeline.lane({ resumesMs: 0 });
    this.schedulers = Array.from(
      { length: schedulers },
      (_, index) => new Member(index, this.#start()),
    );
    this.#lay(latencyMs ?? LATENCY_MS, detectMs ?? DETECT_MS);
    for (const member of this.schedulers) boot?.(member);
  }

  #start(): Incarnation {
    const scheduler = this.#lives;
    const host = this.#parts.machine();
    const options = { ...this.#options.runtime, host, scheduler };
    const runtime = new Runtime(options);
    this.#lives++;
    return { runtime, host, scheduler };
  }

  #lay(latencyMs: Span, detectMs: Span): void {
    const { random, timeline } = this.#parts;
    const options = {
      nowMs: () => timeline.nowMs,
      latencyMs: () => integer(random, latencyMs),
      detectMs: () => integer(random, detectMs),
      keptPart: random,
    };
    for (const one of this.schedulers) {
      for (const other of this.schedulers.slice(one.index + 1)) {
        const cable = new Cable([one, other], options);
        one.cables.set(other, cable);
        other.cables.set(one, cable);
      }
    }
  }

  partition(one: SimScheduler, other: SimScheduler): void {
    this.#cable(one, other).cut();
  }

  heal(one: SimScheduler, other: SimScheduler): void {
    this.#cable(one, other).heal();
  }

  delay(
    one: SimScheduler,
    other: SimScheduler,
    byMs: number,
    forMs: number,
  ): void {
    checkDelay(byMs);
    this.#cable(one, other).slow(byMs, forMs);
  }

  #cable(one: SimScheduler, other: SimScheduler): Cable {
    const cable = this.#at(one.index).cables.get(this.#at(other.index));
    if (cable !== undefined) return cable;
    throw new RangeError(
      `Cannot find a cable from a scheduler to itself: ${one.index}`,
    );
  }

  #at(index: number): Member {
    const member = this.schedulers[index];
    if (member !== undefined) return member;
    throw new RangeError(`Cannot find a scheduler of the cluster: ${index}`);
  }

  crash(scheduler: SimScheduler): void {
    const member = this.#at(scheduler.index);
    if (!member.isUp) return;
    member.host.crash();
    for (const cable of member.cables.values()) cable.crashed(member);
  }

  restart(scheduler: SimScheduler): void {
    const member = this.#at(scheduler.index);
    if (member.isUp) return;
    member.current = this.#start();
    for (const cable of member.cables.values()) cable.restarted();
    this.#options.boot?.(member);
  }

  pause(scheduler: SimScheduler, ms: number): void {
    this.#at(scheduler.index).host.pause(ms);
  }

  inject(fault: Fault): void {
    const { begin, end } = this.#courseOf(fault);
    const beginMs = Math.max(fault.atMs, this.#parts.timeline.nowMs);
    this.#fate.add(beginMs, begin);
    if (end !== undefined) this.#fate.add(beginMs + fault.forMs, end);
  }

  #courseOf(fault: Fault): Course {
    switch (fault.type) {
      case "crash": {
        const member = this.#at(fault.scheduler);
        return {
          begin: () => this.crash(member),
          end: () => this.restart(member),
        };
      }
      case "pause": {
        checkDelay(fault.forMs);
        const member = this.#at(fault.scheduler);
        return { begin: () => member.host.pause(fault.forMs) };
      }
      case "partition": {
        const cable = this.#between(fault.between);
        return { begin: () => cable.cut(), end: () => cable.heal() };
      }
      case "delay": {
        checkDelay(fault.byMs);
        const cable = this.#between(fault.between);
        return { begin: () => cable.slow(fault.byMs, fault.forMs) };
      }
    }
  }

  #between([one, other]: readonly [number, number]): Cable {
    return this.#cable(this.#at(one), this.#at(other));
  }

  chaos(options: ChaosOptions): Fault[] {
    const { random, timeline: { nowMs } } = this.#parts;
    const schedulers = this.schedulers.length;
    const faults = drawFaults({ random, schedulers, nowMs }, options);
    for (const fault of faults) this.inject(fault);
    return faults;
  }
}

/** A machine of a {@linkcode Network}, with its end of every cable. */
class Member implements SimScheduler {
  readonly index: number;
  readonly cables: Map<Member, Cable> = new Map();
  current: Incarnation;

  constructor(index: number, current: Incarnation) {
    this.index = index;
    this.current = current;
  }

  get scheduler(): number {
    return this.current.scheduler;
  }

  get runtime(): Runtime {
    return this.current.runtime;
  }

  get host(): Machine {
    return this.current.host;
  }

  get isUp(): boolean {
    return this.host.isUp;
  }
}

function checkOptions(options: SimClusterOptions): void {
  const { schedulers, latencyMs, detectMs } = options;
  if (!(Number.isInteger(schedulers) && schedulers >= 1)) {
    throw new RangeError(
      `Cannot make a cluster without schedulers: ${schedulers}`,
    );
  }
  checkSpan(latencyMs ?? LATENCY_MS, TIMER_DELAY_MS_MAX);
  checkSpan(detectMs ?? DETECT_MS, Infinity);
}

function checkSpan([min, max]: Span, most: number): void {
  const isWhole = Number.isInteger(min) || min === Infinity;
  if (isWhole && min >= 0 && min <= max && max <= most) return;
  throw new RangeError(
    `Cannot draw a delay from a span of no delays: ${min} to ${max}`,
  );
}
