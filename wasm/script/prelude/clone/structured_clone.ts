/**
 * `structuredClone`.
 *
 * @module
 */

import { core } from "../linked.ts";

const { demandArguments, isPlatformObject, loadedLibrary } = core;

/** Copies made so far, by what they are copies of. */
type Copies = Map<object, unknown>;

/** Classes whose instances have state that cannot be copied. */
const UNCLONEABLE = [
  FinalizationRegistry,
  Iterator,
  Promise,
  SharedArrayBuffer,
  WeakMap,
  WeakRef,
  WeakSet,
];

/** Classes of errors that stay what they are; any other becomes an Error. */
const ERRORS = [
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

/**
 * Copies data, cycles and all. Buffers in `transfer` are moved: they are empty
 * afterwards.
 *
 * @throws {DOMException} DataCloneError: there is a function, a symbol or an
 * object with state of its own in it. Then nothing is moved.
 *
 * @see HTML Standard, `structuredClone()`. Differs: a proxy is copied as the
 * object that it shows.
 */
export function structuredClone(
  value: unknown,
  options: { transfer?: Iterable<ArrayBuffer> } | undefined = undefined,
): unknown {
  demandArguments("structuredClone", 1, arguments.length);
  const buffers = [...options?.transfer ?? []];
  const isMovable = (buffer: unknown) =>
    buffer instanceof ArrayBuffer && !buffer.detached;
  if (!buffers.every(isMovable) || new Set(buffers).size < buffers.length) {
    throw dataCloneError("this transfer list");
  }
  const copy = clone(value, new Map());
  for (const buffer of buffers) buffer.transfer();
  return copy;
}

function clone(value: unknown, copies: Copies): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    throw dataCloneError(`a ${typeof value}`);
  }
  if (typeof value !== "object" || value === null) return value;
  return copies.get(value) ?? cloneObject(value, copies);
}

function cloneObject(value: object, copies: Copies): unknown {
  if (value instanceof Map) return cloneMap(value, copies);
  if (value instanceof Set) return cloneSet(value, copies);
  if (value instanceof Error) return cloneError(value, copies);
  const copy = cloneAtom(value, copies) ??
    loadedLibrary("forms")?.copyOf(value) ??
    loadedLibrary("subtle")?.copyOf(value);
  if (copy !== undefined) return remember(value, copy, copies);
  const isOpaque = isPlatformObject(value) ||
    UNCLONEABLE.some((constructor) => value instanceof constructor);
  if (isOpaque) throw dataCloneError(`a ${value.constructor?.name}`);
  const plain = remember(
    value,
    Array.isArray(value) ? new Array(value.length) : {},
    copies,
  );
  return cloneProperties(value, plain, Object.keys(value), copies);
}

/** Notes a copy before what is inside is copied, which may lead back to it. */
function remember<T extends object>(value: object, copy: T, copies: Copies): T {
  copies.set(value, copy);
  return copy;
}

function cloneMap(value: Map<unknown, unknown>, copies: Copies): unknown {
  const copy = remember(value, new Map(), copies);
  for (const [key, each] of [...value]) {
    copy.set(clone(key, copies), clone(each, copies));
  }
  return copy;
}

function cloneSet(value: Set<unknown>, copies: Copies): unknown {
  const copy = remember(value, new Set(), copies);
  for (const each of [...value]) copy.add(clone(each, copies));
  return copy;
}

function cloneError(value: Error, copies: Copies): unknown {
  const { name, message } = value;
  if (value instanceof DOMException) {
    return remember(value, new DOMException(message, name), copies);
  }
  const constructor = ERRORS.find((each) => each.name === name) ?? Error;
  const copy = remember(value, new constructor(message), copies);
  const keys = ["stack", "cause"].filter((key) => key in value);
  cloneProperties(value, copy, keys, copies);
  for (const key of keys) {
    Object.defineProperty(copy, key, { enumerable: false });
  }
  return copy;
}

/** A copy of what has no properties worth copying; undefined for all else. */
function cloneAtom(value: object, copies: Copies): object | undefined {
  if (value instanceof Date) return new Date(value);
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof ArrayBuffer) {
    if (value.detached) throw dataCloneError("a buffer that was moved");
    return value.slice();
  }
  if (ArrayBuffer.isView(value)) return cloneView(value, copies);
  const isBoxed = value instanceof Number || value instanceof String ||
    value instanceof Boolean || value instanceof BigInt;
  return isBoxed ? Object(value.valueOf()) : undefined;
}

/** Views of one buffer become views of one copy. */
function cloneView(view: ArrayBufferView, copies: Copies): object {
  const buffer = clone(view.buffer, copies) as ArrayBuffer;
  if (view instanceof DataView) {
    return new DataView(buffer, view.byteOffset, view.byteLength);
  }
  const array = view as Uint8Array;
  const constructor = Reflect.get(globalThis, array[Symbol.toStringTag]);
  return new constructor(buffer, array.byteOffset, array.length);
}

function cloneProperties<T extends object>(
  value: object,
  copy: T,
  keys: string[],
  copies: Copies,
): T {
  for (const key of keys) {
    // Not an assignment, which would call the setter of `__proto__`.
    Object.defineProperty(copy, key, {
      value: clone(value[key as keyof object], copies),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return copy;
}

function dataCloneError(what: string): DOMException {
  return new DOMException(`Cannot clone ${what}`, "DataCloneError");
}
