/**
 * `AbortController` and `AbortSignal`.
 *
 * @module
 */

import { Event, EventTarget, signals, trust } from "./event.ts";
import { core } from "../linked.ts";

const { clampedTimeout } = core;

const { apply } = Reflect;
const { dispatchEvent } = EventTarget.prototype;

/** Keeps guests from constructing a signal. */
const KEY = Symbol();

/** Aborts a signal, and the signals that follow it. */
let abortSignal: (signal: AbortSignal, reason: unknown) => void;

/**
 * Calls `action` with the reason when `signal` aborts, before its listeners.
 * Never calls it at once.
 *
 * @returns Undoes it.
 */
export let onAbort: (
  signal: AbortSignal,
  action: (reason: unknown) => void,
) => () => void;

/** Whether `value` is a signal, whatever its prototype. */
export let isSignal: (value: unknown) => value is AbortSignal;

/**
 * Extends because a signal is an event target also for `instanceof`.
 *
 * @see DOM Standard, `AbortSignal`. Differs: nothing.
 */
export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown;
  #actions = new Set<(reason: unknown) => void>();
  #followers: AbortSignal[] = [];
  #onabort: ((event: Event) => void) | null = null;

  static {
    abortSignal = (signal, reason) => {
      const marked: AbortSignal[] = [];
      signal.#mark(reason === undefined ? abortError() : reason, marked);
      for (const each of marked) each.#announce();
    };
    onAbort = (signal, action) => {
      signal.#actions.add(action);
      return () => signal.#actions.delete(action);
    };
    signals.isAborted = (signal) =>
      isSignal(signal) ? signal.#aborted : undefined;
    signals.onAbort = (signal, action) =>
      onAbort(signal as AbortSignal, action);
    isSignal = (value): value is AbortSignal =>
      typeof value === "object" && value !== null && #aborted in value;
  }

  constructor(key: symbol | undefined = undefined) {
    if (key !== KEY) throw new TypeError("Illegal constructor");
    super();
  }

  /** A signal that is aborted already. */
  static abort(reason: unknown = undefined): AbortSignal {
    const signal = new AbortSignal(KEY);
    abortSignal(signal, reason);
    return signal;
  }

  /** A signal that aborts with a TimeoutError after `ms` milliseconds. */
  static timeout(ms: number): AbortSignal {
    const timeMs = enforceRange(ms);
    const signal = new AbortSignal(KEY);
    clampedTimeout(
      () =>
        abortSignal(
          signal,
          new DOMException("Signal timed out.", "TimeoutError"),
        ),
      timeMs,
    );
    return signal;
  }

  /** A signal that aborts with the first of `signals`, and for its reason. */
  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const all = [...signals];
    if (!all.every(isSignal)) {
      throw new TypeError("Cannot follow a signal that is no AbortSignal");
    }
    const follower = new AbortSignal(KEY);
    const aborted = all.find((signal) => signal.#aborted);
    if (aborted !== undefined) abortSignal(follower, aborted.#reason);
    else for (const signal of all) signal.#followers.push(follower);
    return follower;
  }

  /** Whether it was aborted. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** Why; undefined before. */
  get reason(): unknown {
    return this.#reason;
  }

  /** A listener for `abort`. */
  get onabort(): ((event: Event) => void) | null {
    return this.#onabort;
  }

  set onabort(callback: ((event: Event) => void) | null) {
    this.removeEventListener("abort", this.#callOnabort);
    this.#onabort = typeof callback === "function" ? callback : null;
    if (this.#onabort !== null) {
      this.addEventListener("abort", this.#callOnabort);
    }
  }

  /** Throws the reason, if it was aborted. */
  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  #callOnabort = (event: Event): void => this.#onabort?.call(this, event);

  /** All are marked before the first one hears of it, as the standard has it. */
  #mark(reason: unknown, marked: AbortSignal[]): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    marked.push(this);
    for (const follower of this.#followers) follower.#mark(reason, marked);
  }

  #announce(): void {
    for (const action of this.#actions) action(this.#reason);
    this.#actions.clear();
    const event = new Event("abort");
    trust(event);
    apply(dispatchEvent, this, [event]);
  }
}

/** WebIDL `[EnforceRange] unsigned long long`. */
function enforceRange(value: unknown): number {
  const number = Math.trunc(Number(value));
  if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) return number;
  throw new TypeError(`Cannot wait for a time out of range: ${value}`);
}

function abortError(): DOMException {
  return new DOMException("The signal has been aborted", "AbortError");
}

/** @see DOM Standard, `AbortController`. Differs: nothing. */
export class AbortController {
  #signal = new AbortSignal(KEY);

  /** What this controls. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Aborts the signal, once. Default reason: an AbortError. */
  abort(reason: unknown = undefined): void {
    abortSignal(this.#signal, reason);
  }
}
