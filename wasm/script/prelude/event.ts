/**
 * `Event` and `EventTarget`, as far as there is something to hear: there is no
 * tree of targets, so nothing bubbles and nothing is captured.
 *
 * @module
 */

import { failProcess } from "./failure.ts";

/** What an event target calls. */
export type EventListener =
  | ((event: Event) => void)
  | { handleEvent(event: Event): void };

interface EventState {
  target: EventTarget | null;
  dispatching: boolean;
  stopped: boolean;
  canceled: boolean;
}

let stateOf: (event: Event) => EventState;

/** @see DOM Standard, `Event`. Differs: only what needs no tree of targets. */
export class Event {
  #type: string;
  #cancelable: boolean;
  #timeStamp = performance.now();
  #state: EventState = {
    target: null,
    dispatching: false,
    stopped: false,
    canceled: false,
  };

  static {
    stateOf = (event) => event.#state;
  }

  constructor(type: unknown, init: { cancelable?: boolean } = {}) {
    this.#type = `${type}`;
    this.#cancelable = Boolean(init?.cancelable);
  }

  /** What happened. */
  get type(): string {
    return this.#type;
  }

  /** Where it happened; null before it is dispatched. */
  get target(): EventTarget | null {
    return this.#state.target;
  }

  /** Same as `target` while it is dispatched, null otherwise. */
  get currentTarget(): EventTarget | null {
    return this.#state.dispatching ? this.#state.target : null;
  }

  /** Whether `preventDefault` does something. */
  get cancelable(): boolean {
    return this.#cancelable;
  }

  /** Whether `preventDefault` was called, and could be. */
  get defaultPrevented(): boolean {
    return this.#state.canceled;
  }

  /** When it was made, in milliseconds of `performance.now()`. */
  get timeStamp(): number {
    return this.#timeStamp;
  }

  /** Makes `dispatchEvent` answer false, if the event is cancelable. */
  preventDefault(): void {
    if (this.#cancelable) this.#state.canceled = true;
  }

  /** Does nothing: there is nowhere to go on to. */
  stopPropagation(): void {}

  /** Keeps the event from the listeners that follow. */
  stopImmediatePropagation(): void {
    this.#state.stopped = true;
  }
}

interface ListenerOptions {
  once?: boolean;
  capture?: boolean;
  signal?: EventTarget & { aborted: boolean };
}

interface Listener {
  type: string;
  callback: EventListener;
  capture: boolean;
  once: boolean;
}

/** @see DOM Standard, `EventTarget`. Differs: see this module. */
export class EventTarget {
  #listeners: Listener[] = [];

  /** Adds a listener at the end, unless it is there already. */
  addEventListener(
    type: string,
    callback: EventListener | null,
    options?: ListenerOptions | boolean,
  ): void {
    const { once, signal } = listenerOptions(options);
    const capture = isCapture(options);
    if (callback === null || signal?.aborted) return;
    if (this.#find(type, callback, capture) !== undefined) return;
    this.#listeners.push({
      type: `${type}`,
      callback,
      capture,
      once: Boolean(once),
    });
    signal?.addEventListener(
      "abort",
      () => this.removeEventListener(type, callback, capture),
    );
  }

  /** Removes a listener, if it is there. */
  removeEventListener(
    type: string,
    callback: EventListener | null,
    options?: ListenerOptions | boolean,
  ): void {
    const listener = this.#find(type, callback, isCapture(options));
    // A new list: one that is being dispatched to keeps its order.
    this.#listeners = this.#listeners.filter((each) => each !== listener);
  }

  /**
   * Calls the listeners of the event's type in the order they were added. One
   * that throws fails the process; the others are still called.
   *
   * @returns Whether nobody prevented the default.
   * @throws {DOMException} InvalidStateError: it is being dispatched.
   */
  dispatchEvent(event: Event): boolean {
    const state = stateOf(event);
    if (state.dispatching) {
      throw new DOMException(
        "Cannot dispatch an event that is being dispatched",
        "InvalidStateError",
      );
    }
    state.target = this;
    state.dispatching = true;
    for (const listener of this.#listeners.slice()) {
      // An earlier listener may have removed this one.
      if (state.stopped || !this.#listeners.includes(listener)) continue;
      if (listener.type === event.type) this.#call(listener, event);
    }
    state.dispatching = false;
    state.stopped = false;
    return !state.canceled;
  }

  #call({ type, callback, capture, once }: Listener, event: Event): void {
    if (once) this.removeEventListener(type, callback, capture);
    try {
      if (typeof callback === "function") callback.call(this, event);
      else callback.handleEvent(event);
    } catch (error) {
      // DOM's "report the exception": a listener has no caller that could catch it.
      failProcess(error);
    }
  }

  #find(
    type: string,
    callback: EventListener | null,
    capture: boolean,
  ): Listener | undefined {
    return this.#listeners.find((each) =>
      each.type === `${type}` && each.callback === callback &&
      each.capture === capture
    );
  }
}

function listenerOptions(options?: ListenerOptions | boolean): ListenerOptions {
  return typeof options === "object" && options !== null ? options : {};
}

function isCapture(options?: ListenerOptions | boolean): boolean {
  return typeof options === "boolean"
    ? options
    : Boolean(listenerOptions(options).capture);
}
