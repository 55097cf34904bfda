/**
 * Events that have data.
 *
 * @module
 */

import { core } from "../linked.ts";
import { Event } from "./event.ts";

const { demandArguments } = core;

/** Names of an event's own properties, with what each is by default. */
type Fields = Record<string, Field>;

/** A property: its default, and how WebIDL converts what it is given. */
interface Field {
  init: unknown;
  convert: (value: unknown) => unknown;
}

const text: Field = { init: "", convert: (value) => `${value}` };
const flag: Field = { init: false, convert: Boolean };
const unsignedLong: Field = { init: 0, convert: (v) => Number(v) >>> 0 };
const unsignedShort: Field = { init: 0, convert: (v) => Number(v) & 0xffff };
const double: Field = { init: 0, convert: (v) => checkFinite(v) };

function any(init: unknown): Field {
  return { init, convert: (value) => value };
}

const EVENTS: Record<string, Fields> = {
  CloseEvent: { wasClean: flag, code: unsignedShort, reason: text },
  ErrorEvent: {
    message: text,
    filename: text,
    lineno: unsignedLong,
    colno: unsignedLong,
    error: any(undefined),
  },
  CustomEvent: { detail: any(null) },
  MessageEvent: {
    data: any(null),
    origin: text,
    lastEventId: text,
    source: any(null),
    ports: { init: [], convert: (value) => Object.freeze([...value as []]) },
  },
  ProgressEvent: { lengthComputable: flag, loaded: double, total: double },
  PromiseRejectionEvent: { promise: any(undefined), reason: any(undefined) },
};

function checkFinite(value: unknown): number {
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new TypeError(`Cannot take a number that is not finite: ${value}`);
}

/** A class of events. Extends because each is an Event also for `instanceof`. */
function makeClass(name: string, fields: Fields): typeof Event {
  const values = new WeakMap<object, Record<string, unknown>>();
  const { [name]: made } = {
    [name]: class extends Event {
      constructor(type: unknown, init: object | undefined = {}) {
        demandArguments(name, 1, arguments.length);
        super(type, init);
        values.set(this, convertInit(name, fields, init));
      }
    },
  } as Record<string, typeof Event>;
  for (const key of Object.keys(fields)) {
    const accessors = {
      get [key](): unknown {
        return valueOf(this, values, key);
      },
    };
    Object.defineProperties(
      made!.prototype,
      Object.getOwnPropertyDescriptors(accessors),
    );
  }
  if (name === "CustomEvent") addInit(made!.prototype, values);
  return made!;
}

function valueOf(
  event: object,
  values: WeakMap<object, Record<string, unknown>>,
  key: string,
): unknown {
  const own = values.get(event);
  if (own === undefined) throw new TypeError("Illegal invocation");
  return own[key];
}

function addInit(
  prototype: object,
  values: WeakMap<object, Record<string, unknown>>,
): void {
  const { initEvent } = Event.prototype;
  const method = {
    initCustomEvent(
      this: InstanceType<typeof Event>,
      type: unknown,
      bubbles = false,
      cancelable = false,
      detail: unknown = null,
    ): void {
      const isDispatched = this.eventPhase !== 0;
      Reflect.apply(initEvent, this, [type, bubbles, cancelable]);
      if (!isDispatched) values.get(this)!.detail = detail;
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(method));
}

function convertInit(
  name: string,
  fields: Fields,
  init: object | null,
): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, { init: initial, convert }] of Object.entries(fields)) {
    const value = (init as Record<string, unknown> | null)?.[key];
    own[key] = value === undefined ? initial : convert(value);
  }
  if (name === "PromiseRejectionEvent") checkPromise(own);
  return own;
}

function checkPromise(own: Record<string, unknown>): void {
  if (own.promise === undefined) {
    throw new TypeError("Cannot make this event without a promise");
  }
}

/** The classes, by name. */
export const dataEvents: Record<string, typeof Event> = Object.fromEntries(
  Object.entries(EVENTS).map(([name, fields]) => [
    name,
    makeClass(name, fields),
  ]),
);
