/**
 * The classes of the Web APIs, as the rest of the prelude must know them:
 * their instances keep their state where neither `inspect` nor
 * `structuredClone` can see it.
 *
 * @module
 */

/** A class whose instances hold private state. */
export type PlatformClass = abstract new (...args: never[]) => object;

const classes: PlatformClass[] = [];

/** What an iterator over pairs shows of each. */
type PairPart = "entries" | "keys" | "values";

/** An entry of headers, parameters or a form. */
export type Pair<Value> = [name: string, value: Value];

const { apply, getPrototypeOf } = Reflect;
const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } =
  Object;

/**
 * Makes a class look as WebIDL has it: `name` is its name and its tag, its
 * members are enumerable, and those that are functions throw a TypeError when
 * they are called with too few arguments.
 */
export function definePlatformClass(
  name: string,
  constructor: PlatformClass,
): void {
  const { prototype } = constructor;
  defineMembers(name, prototype);
  defineMembers(name, constructor);
  defineTag(prototype, name);
  // WebIDL: the prototype of an interface cannot be replaced.
  defineProperty(constructor, "prototype", { writable: false });
  registerPlatformClass(name, constructor);
}

/** Makes a class known that has all that already, except for its name. */
export function registerPlatformClass(
  name: string,
  constructor: PlatformClass,
): void {
  defineProperty(constructor, "name", { value: name, configurable: true });
  classes.push(constructor);
}

function defineTag(prototype: object, name: string): void {
  defineProperty(prototype, Symbol.toStringTag, {
    value: name,
    configurable: true,
  });
}

const OF_CLASSES = ["length", "name", "prototype"];

function defineMembers(name: string, target: object): void {
  for (const key of getOwnPropertyNames(target)) {
    const isOfClass = typeof target === "function" && OF_CLASSES.includes(key);
    if (isOfClass || key === "constructor") continue;
    const { value } = getOwnPropertyDescriptor(target, key)!;
    const isChecked = typeof value === "function" && value.length > 0;
    defineProperty(target, key, {
      enumerable: true,
      ...isChecked && { value: checkCount(`${name}.${key}`, key, value) },
    });
  }
}

type Method = (...args: unknown[]) => unknown;

// Methods have no prototype, and a class has none for its members either.
function checkCount(what: string, key: string, method: Method): Method {
  const { length } = method;
  const { [key]: checked } = {
    [key](): unknown {
      // As they are: a list of them is one more thing to make at each call.
      demandArguments(what, length, arguments.length);
      return apply(method, this, arguments);
    },
  } as Record<string, Method>;
  defineProperty(checked!, "length", { value: length });
  return checked!;
}

/** @throws {TypeError} There are fewer than `countMin` arguments. */
export function demandArguments(
  what: string,
  countMin: number,
  count: number,
): void {
  if (count >= countMin) return;
  throw new TypeError(
    `Cannot call ${what} with fewer than ${countMin} arguments: got ${count}`,
  );
}

/**
 * Gives a class the iterators of a WebIDL `iterable`, `forEach` among them.
 *
 * @param pairAt An entry; undefined behind the last one. Throws when `self` is
 * not of the class.
 */
export function pairIterator<T extends object, Value>(
  name: string,
  prototype: T,
  pairAt: (self: T, index: number) => Pair<Value> | undefined,
): void {
  const next = iteratorOf(`${name} Iterator`, pairAt);
  const methods = {
    entries(this: T) {
      return next(this, "entries");
    },
    keys(this: T) {
      return next(this, "keys");
    },
    values(this: T) {
      return next(this, "values");
    },
    forEach(
      this: T,
      callback: (value: Value, name: string, self: T) => void,
      self: unknown = undefined,
    ) {
      pairAt(this, 0);
      if (typeof callback !== "function") {
        throw new TypeError(`Cannot call back a ${typeof callback}`);
      }
      for (let index = 0;; index++) {
        const pair = pairAt(this, index);
        if (pair === undefined) return;
        apply(callback, self, [pair[1], pair[0], this]);
      }
    },
  };
  for (const [key, value] of Object.entries(methods)) {
    defineProperty(prototype, key, {
      value,
      writable: true,
      configurable: true,
    });
  }
  defineProperty(prototype, Symbol.iterator, {
    value: methods.entries,
    writable: true,
    configurable: true,
  });
}

function iteratorOf<T extends object, Value>(
  tag: string,
  pairAt: (self: T, index: number) => Pair<Value> | undefined,
): (self: T, part: PairPart) => object {
  const states = new WeakMap<object, { self: T; part: PairPart; at: number }>();
  const { get, set } = WeakMap.prototype;
  const prototype = Object.create(
    getPrototypeOf(getPrototypeOf([][Symbol.iterator]())!),
  );
  defineProperty(prototype, "next", {
    value: {
      next(this: object) {
        const state = apply(get, states, [this]);
        if (state === undefined) throw new TypeError("Illegal invocation");
        const pair = pairAt(state.self, state.at++);
        if (pair === undefined) {
          state.at = Infinity;
          return { value: undefined, done: true };
        }
        const name = pair[0], value = pair[1];
        const { part } = state;
        const shown = part === "entries"
          ? [name, value]
          : part === "keys"
          ? name
          : value;
        return { value: shown, done: false };
      },
    }.next,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  defineTag(prototype, tag);
  return (self, part) => {
    pairAt(self, 0);
    const iterator = Object.create(prototype);
    apply(set, states, [iterator, { self, part, at: 0 }]);
    return iterator;
  };
}

/** Whether `value` is of a class that was defined here. */
export function isPlatformObject(value: object): boolean {
  return classes.some((constructor) => value instanceof constructor);
}
