/**
 * Values that are not plain data, as the serializer of V8 copies them: with
 * cycles, errors, typed arrays, and without classes. Pids are put back.
 *
 * @module
 */

import { deserialize, serialize } from "node:v8";
import { Pid } from "@rusm/otp";

// By `Object.prototype.toString`. Of other objects, such as `Headers`, V8
// writes an empty object, where `structuredClone` throws.
const CLONEABLE = new Set([
  ...["Object", "Array", "Arguments", "Map", "Set", "Date", "RegExp", "Error"],
  ...["Boolean", "Number", "String", "BigInt", "ArrayBuffer", "DataView"],
  ...["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array"],
  ...["Uint16Array", "Int32Array", "Uint32Array", "Float16Array"],
  ...["Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"],
]);

/**
 * Copies `value` into bytes.
 *
 * Pids go twice: where they are, as objects that have lost their class, and in
 * a list behind. That both are one object survives the crossing, so nothing in
 * a message can pass for a pid.
 *
 * @throws It holds what cannot be copied, such as a function, or a getter threw.
 */
export function cloneBytes(value: unknown): Uint8Array {
  return serialize([value, pidsIn(value)]);
}

/**
 * Reads what {@linkcode cloneBytes} wrote.
 *
 * @throws It is nested too deeply for the stack of this thread.
 */
export function cloneOf(bytes: Uint8Array): unknown {
  const [value, pids] = deserialize(bytes) as [unknown, Pid[]];
  if (pids.length === 0) return value;
  const revived = new Map<unknown, Pid>();
  for (const pid of pids) {
    const { node, scheduler, serial, alias } = pid;
    revived.set(pid, new Pid(node, scheduler, serial, alias));
  }
  for (const object of objectsIn(value, revived)) revive(object, revived);
  return value;
}

function pidsIn(value: unknown): Pid[] {
  const pids: Pid[] = [];
  for (const object of objectsIn(value)) {
    if (object instanceof Pid) pids.push(object);
    else insistCloneable(object);
  }
  return pids;
}

function insistCloneable(object: object): void {
  const name = Object.prototype.toString.call(object).slice(8, -1);
  if (CLONEABLE.has(name)) return;
  throw new TypeError(`Cannot copy an object of this kind: ${name}`);
}

// Each object that can be reached from `value` once, except those in `leaves`.
function objectsIn(
  value: unknown,
  leaves: ReadonlyMap<unknown, unknown> = new Map(),
): Set<object> {
  const found = new Set<object>();
  const look = (part: unknown) => {
    if (typeof part === "object" && part !== null && !leaves.has(part)) {
      found.add(part);
    }
  };
  look(value);
  // A set goes on with what is added while it is walked.
  for (const object of found) partsOf(object).forEach(look);
  return found;
}

function partsOf(object: object): unknown[] {
  if (object instanceof Pid || ArrayBuffer.isView(object)) return [];
  if (object instanceof Map) return [...object].flat();
  if (object instanceof Set) return [...object];
  if (object instanceof Error) return [object.cause];
  return Object.values(object);
}

function revive(object: object, revived: ReadonlyMap<unknown, Pid>): void {
  if (object instanceof Map) return reviveMap(object, revived);
  if (object instanceof Set) return reviveSet(object, revived);
  if (ArrayBuffer.isView(object)) return;
  for (const [key, value] of Object.entries(object)) {
    const pid = revived.get(value);
    if (pid !== undefined) {
      Object.defineProperty(object, key, { ...DATA, value: pid });
    }
  }
  if (object instanceof Error && revived.has(object.cause)) {
    object.cause = revived.get(object.cause);
  }
}

const DATA = { configurable: true, enumerable: true, writable: true } as const;

// Keys keep their order, so all of them are put in anew.
function reviveMap(
  map: Map<unknown, unknown>,
  revived: ReadonlyMap<unknown, Pid>,
): void {
  const entries = [...map];
  map.clear();
  for (const [key, value] of entries) {
    map.set(revived.get(key) ?? key, revived.get(value) ?? value);
  }
}

function reviveSet(
  set: Set<unknown>,
  revived: ReadonlyMap<unknown, Pid>,
): void {
  const values = [...set];
  set.clear();
  for (const value of values) set.add(revived.get(value) ?? value);
}
