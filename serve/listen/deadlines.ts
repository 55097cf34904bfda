/**
 * Deadlines of many things, watched by one timer.
 *
 * @module
 */

import type { Host } from "@rusm/otp";
import { DEADLINE_LATE_MS_MAX } from "../limits.ts";

/** Something that must come to an end. */
export interface Deadline {
  /** When, on the host's clock; may be set at any time, also to `Infinity`. */
  atMs: number;
  /** Called when it has passed, again and again until it is set or deleted. Must not throw. */
  expire(): void;
}

/** In how many parts the deadlines are looked at. */
const PARTS = 8;

/**
 * A set of deadlines, each of which is looked at once in a round. So setting
 * one costs nothing, which is what happens most, and a connection needs no
 * timer of its own.
 *
 * Invariant: a timer runs if and only if there is a deadline.
 */
export class Deadlines {
  readonly #host: Host;
  #stepMs: number;
  readonly #parts: readonly Set<Deadline>[];
  readonly #partOf = new Map<Deadline, Set<Deadline>>();
  #addedTo = 0;
  #lookedAt = 0;
  #stopTimer: (() => void) | undefined;

  /**
   * Watches the clock of `host`.
   *
   * @param lateMsMax How late a deadline may be, in milliseconds.
   */
  constructor(host: Host, lateMsMax: number = DEADLINE_LATE_MS_MAX) {
    this.#host = host;
    this.#stepMs = lateMsMax / PARTS;
    this.#parts = Array.from({ length: PARTS }, () => new Set<Deadline>());
  }

  /** How many there are. */
  get count(): number {
    return this.#partOf.size;
  }

  /** The host's clock, in milliseconds. */
  now(): number {
    return this.#host.now();
  }

  /** Looks closer from now on: a deadline may be `lateMsMax` milliseconds late. */
  hasten(lateMsMax: number): void {
    this.#stepMs = Math.min(this.#stepMs, lateMsMax / PARTS);
    if (this.#stopTimer === undefined) return;
    this.#stopTimer();
    this.#wait();
  }

  /** Looks after `deadline` until it is deleted. */
  add(deadline: Deadline): void {
    if (this.#partOf.has(deadline)) return;
    const part = this.#parts[this.#addedTo]!;
    this.#addedTo = (this.#addedTo + 1) % PARTS;
    part.add(deadline);
    this.#partOf.set(deadline, part);
    if (this.#stopTimer === undefined) this.#wait();
  }

  #wait(): void {
    this.#stopTimer = this.#host.timer(this.#stepMs, () => this.#look());
  }

  /** Forgets `deadline`. Idempotent. */
  delete(deadline: Deadline): void {
    this.#partOf.get(deadline)?.delete(deadline);
    this.#partOf.delete(deadline);
    if (this.#partOf.size > 0) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #look(): void {
    this.#wait();
    this.#lookedAt = (this.#lookedAt + 1) % PARTS;
    const nowMs = this.now();
    for (const deadline of this.#parts[this.#lookedAt]!) {
      if (deadline.atMs <= nowMs) deadline.expire();
    }
  }
}
