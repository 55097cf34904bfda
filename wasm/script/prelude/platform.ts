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

/**
 * Makes a class look as WebIDL has it: `name` is its name and its tag, and its
 * members are enumerable.
 */
export function definePlatformClass(
  name: string,
  constructor: PlatformClass,
): void {
  const { prototype } = constructor;
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key !== "constructor") {
      Object.defineProperty(prototype, key, { enumerable: true });
    }
  }
  Object.defineProperty(prototype, Symbol.toStringTag, {
    value: name,
    configurable: true,
  });
  Object.defineProperty(constructor, "name", {
    value: name,
    configurable: true,
  });
  classes.push(constructor);
}

/** Whether `value` is of a class that was defined here. */
export function isPlatformObject(value: object): boolean {
  return classes.some((constructor) => value instanceof constructor);
}
