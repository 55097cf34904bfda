/**
 * Copies of what crosses a simulated wire.
 *
 * @module
 */

import { Pid } from "../pid.ts";

/**
 * A deep copy by the structured clone algorithm, but that pids in plain data,
 * arrays, maps and sets stay pids. They are new objects, as all others.
 *
 * @throws {DOMException} `DataCloneError`: there is a function or a symbol in it.
 */
export function copyOf<Value>(value: Value): Value {
  return copy(value, new Map()) as Value;
}

// By original, so that what is there twice, or holds itself, does in the copy.
type Copies = Map<object, unknown>;

function copy(value: unknown, copies: Copies): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    return structuredClone(value);
  }
  if (typeof value !== "object" || value === null) return value;
  return copies.get(value) ?? copyObject(value, copies);
}

function copyObject(value: object, copies: Copies): unknown {
  const copied = emptyCopy(value);
  copies.set(value, copied);
  if (value instanceof Map) copyMap(value, copied as typeof value, copies);
  else if (value instanceof Set) copySet(value, copied as typeof value, copies);
  else if (Array.isArray(value) || isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      Reflect.set(copied, key, copy(item, copies));
    }
  }
  return copied;
}

// Of what holds no pids, the copy is full already.
function emptyCopy(value: object): object {
  if (value instanceof Pid) {
    return new Pid(value.node, value.scheduler, value.serial, value.alias);
  }
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (Array.isArray(value)) return new Array(value.length);
  return isRecord(value) ? {} : structuredClone(value);
}

function isRecord(value: object): boolean {
  const name = Object.prototype.toString.call(value);
  return name === "[object Object]" && !(value instanceof Pid);
}

function copyMap(
  from: Map<unknown, unknown>,
  to: Map<unknown, unknown>,
  copies: Copies,
): void {
  for (const [key, item] of from) to.set(copy(key, copies), copy(item, copies));
}

function copySet(
  from: Set<unknown>,
  to: Set<unknown>,
  copies: Copies,
): void {
  for (const item of from) to.add(copy(item, copies));
}
