/**
 * The library of events and signals.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { core, install } from "../linked.ts";
import { AbortController, AbortSignal, isSignal, onAbort } from "./abort.ts";
import { dataEvents } from "./data_events.ts";
import { Event, EventTarget } from "./event.ts";

/** What the prelude uses of events and signals. */
export interface EventsLibrary extends Library {
  /** Whether `value` is a signal, whatever its prototype. */
  isSignal(value: unknown): value is AbortSignal;
  /** A signal that aborts with `signal`, or never. */
  follow(signal: AbortSignal | undefined): AbortSignal;
  /** A new controller. */
  makeController(): AbortController;
  /** See `abort.ts`. */
  onAbort: typeof onAbort;
}

const CLASSES = {
  AbortController,
  AbortSignal,
  Event,
  EventTarget,
  ...dataEvents,
};
for (const [name, constructor] of Object.entries(CLASSES)) {
  core.definePlatformClass(name, constructor as never);
}
const { any } = AbortSignal;

const library: EventsLibrary = {
  globals: CLASSES,
  isSignal,
  follow: (signal) => any(signal === undefined ? [] : [signal]),
  makeController: () => new AbortController(),
  onAbort,
};
install(library);
