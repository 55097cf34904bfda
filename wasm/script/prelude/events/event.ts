/**
 * `Event` and `EventTarget`. There is no tree of targets: an event has one.
 *
 * @module
 */

import { core } from "../linked.ts";

const { demandArguments, failProcess } = core;

/** What an event target calls. */
export type EventListener =
  | ((event: Event) => void)
  | { handleEvent(event: Event): void };

/** What `Event` takes as its second argument. */
export interface EventInit {
  /** Default: false. */
  bubbles?: boolean;
  /** Default: false. */
  cancelable?: boolean;
  /** Default: false. */
  composed?: boolean;
}

interface EventState {
  type: string;
  bubbles: boolean;
  cancelable: boolean;
  composed: boolean;
  target: EventTarget | null;
  isDispatched: boolean;
  isInitialized: boolean;
  isPassive: boolean;
  isStopped: boolean;
  isStoppedNow: boolean;
  isCanceled: boolean;
}

let stateOf: (event: Event) => EventState;

/** Marks an event as made by the runtime, which then is `isTrusted`. */
export let trust: (event: Event) => void;

let isTrustedGetter: () => boolean;

const { defineProperty } = Object;

/** @see DOM Standard, `Event`. Differs: nothing. */
export class Event {
  #timeStamp = performance.now();
  #isTrusted = false;
  #state: EventState;

  static {
    stateOf = (event) => event.#state;
    trust = (event) => event.#isTrusted = true;
    const phases = {
      NONE: 0,
      CAPTURING_PHASE: 1,
      AT_TARGET: 2,
      BUBBLING_PHASE: 3,
    };
    for (const [name, value] of Object.entries(phases)) {
      defineProperty(this, name, { value, enumerable: true });
      defineProperty(this.prototype, name, { value, enumerable: true });
    }
  }

  constructor(type: unknown, init: EventInit | undefined = {}) {
    demandArguments("Event", 1, arguments.length);
    const name = `${type}`;
    const { bubbles, cancelable, composed } = eventInit(init);
    this.#state = {
      type: name,
      bubbles: Boolean(bubbles),
      cancelable: Boolean(cancelable),
      composed: Boolean(composed),
      target: null,
      isDispatched: false,
      isInitialized: true,
      isPassive: false,
      isStopped: false,
      isStoppedNow: false,
      isCanceled: false,
    };
    defineProperty(this, "isTrusted", {
      get: isTrustedGetter,
      enumerable: true,
    });
  }

  static {
    // Of each event, as the standard has it, and the same function.
    isTrustedGetter = Object.getOwnPropertyDescriptor({
      get isTrusted(): boolean {
        return (this as unknown as Event).#isTrusted;
      },
    }, "isTrusted")!.get!;
  }

  /** What happened. */
  get type(): string {
    return this.#state.type;
  }

  /** Where it happened; null before it is dispatched. */
  get target(): EventTarget | null {
    return this.#state.target;
  }

  /** Same as `target`. */
  get srcElement(): EventTarget | null {
    return this.#state.target;
  }

  /** Same as `target` while it is dispatched, null otherwise. */
  get currentTarget(): EventTarget | null {
    return this.#state.isDispatched ? this.#state.target : null;
  }

  /** The targets it is still to reach, of which there is one. */
  composedPath(): EventTarget[] {
    const { isDispatched, target } = this.#state;
    return isDispatched ? [target!] : [];
  }

  /** `AT_TARGET` while it is dispatched, `NONE` otherwise. */
  get eventPhase(): number {
    return this.#state.isDispatched ? 2 : 0;
  }

  /** Whether it goes up from its target: there is nowhere to go. */
  get bubbles(): boolean {
    return this.#state.bubbles;
  }

  /** Whether `preventDefault` does something. */
  get cancelable(): boolean {
    return this.#state.cancelable;
  }

  /** Whether it leaves a shadow tree: there is none. */
  get composed(): boolean {
    return this.#state.composed;
  }

  /** Whether `preventDefault` was called, and could be. */
  get defaultPrevented(): boolean {
    return this.#state.isCanceled;
  }

  /** The opposite of `defaultPrevented`. */
  get returnValue(): boolean {
    return !this.#state.isCanceled;
  }

  set returnValue(value: boolean) {
    if (!value) this.#cancel();
  }

  /** Whether it was stopped; true stops it. */
  get cancelBubble(): boolean {
    return this.#state.isStopped;
  }

  set cancelBubble(value: boolean) {
    if (value) this.#state.isStopped = true;
  }

  /** When it was made, in milliseconds of `performance.now()`. */
  get timeStamp(): number {
    return this.#timeStamp;
  }

  /** Makes `dispatchEvent` answer false, if the event is cancelable. */
  preventDefault(): void {
    this.#cancel();
  }

  /** Does nothing but `cancelBubble`: there is nowhere to go on to. */
  stopPropagation(): void {
    this.#state.isStopped = true;
  }

  /** Keeps the event from the listeners that follow. */
  stopImmediatePropagation(): void {
    this.#state.isStopped = this.#state.isStoppedNow = true;
  }

  /** Sets the event up anew, unless it is being dispatched. */
  initEvent(type: unknown, bubbles = false, cancelable = false): void {
    const state = this.#state;
    const name = `${type}`;
    if (state.isDispatched) return;
    state.type = name;
    state.bubbles = Boolean(bubbles);
    state.cancelable = Boolean(cancelable);
    state.isStopped = state.isStoppedNow = state.isCanceled = false;
    state.target = null;
    this.#isTrusted = false;
  }

  #cancel(): void {
    const { cancelable, isPassive } = this.#state;
    if (cancelable && !isPassive) this.#state.isCanceled = true;
  }
}

function eventInit(init: unknown): EventInit {
  if (init === undefined || init === null) return {};
  if (typeof init === "object" || typeof init === "function") return init;
  throw new TypeError(`Cannot make an event of a ${typeof init}`);
}

interface ListenerOptions {
  once?: boolean;
  capture?: boolean;
  passive?: boolean;
  signal?: EventTarget & { aborted: boolean };
}

interface Listener {
  type: string;
  callback: EventListener;
  capture: boolean;
  once: boolean;
  passive: boolean;
  isRemoved: boolean;
}

/** Calls `action` when a signal aborts; set by `abort.ts`, which needs this module. */
export const signals: {
  /** Undefined for what is no signal; otherwise whether it is aborted. */
  isAborted(signal: unknown): boolean | undefined;
  /** Calls `action` when it aborts. */
  onAbort(signal: unknown, action: () => void): void;
} = { isAborted: () => undefined, onAbort: () => {} };

/** @see DOM Standard, `EventTarget`. Differs: see this module. */
export class EventTarget {
  #listeners: Listener[] = [];

  /** Adds a listener at the end, unless it is there already. */
  addEventListener(
    type: string,
    callback: EventListener | null,
    options: ListenerOptions | boolean | undefined = undefined,
  ): void {
    const name = `${type}`;
    checkCallback(callback);
    const { once, passive, signal } = listenerOptions(options);
    const capture = isCapture(options);
    if (signal !== undefined && checkSignal(signal)) return;
    if (callback === null || callback === undefined) return;
    if (this.#find(name, callback, capture) !== undefined) return;
    const listener = {
      type: name,
      callback,
      capture,
      once: Boolean(once),
      passive: Boolean(passive),
      isRemoved: false,
    };
    this.#listeners.push(listener);
    if (signal !== undefined) {
      signals.onAbort(signal, () => this.#remove(listener));
    }
  }

  /** Removes a listener, if it is there. */
  removeEventListener(
    type: string,
    callback: EventListener | null,
    options: ListenerOptions | boolean | undefined = undefined,
  ): void {
    checkCallback(callback);
    this.#remove(this.#find(`${type}`, callback, isCapture(options)));
  }

  /**
   * Calls the listeners of the event's type: those that capture first, each
   * kind in the order they were added. One that throws fails the process; the
   * others are still called.
   *
   * @returns Whether nobody prevented the default.
   * @throws {DOMException} InvalidStateError: it is being dispatched.
   */
  dispatchEvent(event: Event): boolean {
    if (!(event instanceof Event)) {
      throw new TypeError("Cannot dispatch what is no Event");
    }
    const state = stateOf(event);
    if (state.isDispatched || !state.isInitialized) {
      throw new DOMException(
        "Cannot dispatch an event that is being dispatched",
        "InvalidStateError",
      );
    }
    this.#dispatch(event, state);
    return !state.isCanceled;
  }

  #dispatch(event: Event, state: EventState): void {
    state.target = this;
    state.isDispatched = true;
    const listeners = this.#listeners.filter(({ type }) => type === event.type);
    for (const capture of [true, false]) {
      if (state.isStopped) break;
      for (const listener of listeners) {
        if (state.isStoppedNow) break;
        // An earlier listener may have removed this one.
        if (listener.capture !== capture || listener.isRemoved) continue;
        this.#call(listener, event, state);
      }
    }
    state.isDispatched = false;
    state.isStopped = state.isStoppedNow = false;
  }

  #call(listener: Listener, event: Event, state: EventState): void {
    const { callback } = listener;
    if (listener.once) this.#remove(listener);
    state.isPassive = listener.passive;
    try {
      if (typeof callback === "function") callback.call(this, event);
      else callback.handleEvent(event);
    } catch (error) {
      // DOM's "report the exception": a listener has no caller that could catch it.
      failProcess(error);
    }
    state.isPassive = false;
  }

  #remove(listener: Listener | undefined): void {
    if (listener === undefined) return;
    listener.isRemoved = true;
    // A new list: one that is being dispatched to keeps its order.
    this.#listeners = this.#listeners.filter((each) => each !== listener);
  }

  #find(
    type: string,
    callback: EventListener | null,
    capture: boolean,
  ): Listener | undefined {
    return this.#listeners.find((each) =>
      each.type === type && each.callback === callback &&
      each.capture === capture
    );
  }
}

function checkCallback(callback: unknown): void {
  if (callback === null || callback === undefined) return;
  if (typeof callback === "function" || typeof callback === "object") return;
  throw new TypeError(`Cannot listen with a ${typeof callback}`);
}

function checkSignal(signal: unknown): boolean {
  const isAborted = signals.isAborted(signal);
  if (isAborted !== undefined) return isAborted;
  throw new TypeError("Cannot listen with a signal that is no AbortSignal");
}

function listenerOptions(
  options: ListenerOptions | boolean | undefined,
): ListenerOptions {
  return typeof options === "object" && options !== null ? options : {};
}

function isCapture(options: ListenerOptions | boolean | undefined): boolean {
  return typeof options === "boolean"
    ? options
    : Boolean(listenerOptions(options).capture);
}
