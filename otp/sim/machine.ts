/**
 * One simulated machine.
 *
 * @module
 */

import type { Host } from "../host.ts";
import { checkDelay } from "../timer.ts";
import type { Lane, Pace } from "./lane.ts";
import type { Timeline } from "./timeline.ts";

/** One simulated machine; {@linkcode Sim.host} makes it. */
export interface SimHost extends Host {
  /** The seed of its simulation. */
  readonly seed: number;

  /** When the next timer is due; Infinity when there is none. */
  readonly dueMs: number;

  /** False once it crashed. */
  readonly isUp: boolean;

  /**
   * Stops the machine for `ms` milliseconds from now, as a collection of
   * garbage does. What was due meanwhile runs late, in its order. Of two pauses
   * the one that lasts longer counts.
   *
   * @throws {RangeError} `ms` is no delay that a timer can have.
   */
  pause(ms: number): void;

  /**
   * Stops the machine for ever: none of its macrotasks and timers runs any
   * more. A task that runs on it now, and what settles by it, comes to an end.
   * Idempotent.
   */
  crash(): void;
}

/** What a {@linkcode Machine} is made with. */
export interface MachineOptions {
  /** The seed of the simulation. */
  readonly seed: number;
  /** Its clock. */
  readonly timeline: Timeline;
  /** Its own random numbers. */
  readonly random: () => number;
}

/** The one implementation of {@linkcode SimHost}. */
export class Machine implements SimHost, Pace {
  readonly seed: number;
  readonly random: () => number;
  resumesMs = 0;
  isUp = true;
  readonly #timeline: Timeline;
  readonly #lanes: Lane[] = [];
  readonly #macrotasks: Lane;
  readonly #timers: Lane;

  /** A machine that runs. */
  constructor({ seed, timeline, random }: MachineOptions) {
    this.seed = seed;
    this.random = random;
    this.#timeline = timeline;
    this.#macrotasks = this.lane();
    this.#timers = this.lane();
  }

  /** Adds tasks that pause, and go, with the machine. */
  lane(): Lane {
    const lane = this.#timeline.lane(this);
    this.#lanes.push(lane);
    return lane;
  }

  get dueMs(): number {
    return this.#timers.dueMs;
  }

  now(): number {
    return this.#timeline.nowMs;
  }

  macrotask(task: () => void): void {
    this.#macrotasks.add(this.now(), task);
  }

  timer(delayMs: number, task: () => void): () => void {
    const entry = this.#timers.add(this.now() + delayMs, task);
    return () => this.#timers.cancel(entry);
  }

  pause(ms: number): void {
    checkDelay(ms);
    this.resumesMs = Math.max(this.resumesMs, this.now() + ms);
  }

  crash(): void {
    this.isUp = false;
    this.#lanes.forEach((lane) => lane.close());
  }
}
