/**
 * Fibers: suspended Wasm stacks, by JavaScript Promise Integration.
 *
 * TypeScript's libraries do not know these names yet, so they are typed here
 * and nowhere else.
 *
 * @see WebAssembly JavaScript Promise Integration.
 *
 * @module
 */

interface Jspi {
  /** An import that suspends its caller when it returns a promise. */
  readonly Suspending: new <Args extends unknown[], Result>(
    host: (...args: Args) => Result | Promise<Result>,
  ) => WebAssembly.ImportValue;

  /** An export that runs on a stack of its own, which imports can suspend. */
  promising<Args extends unknown[], Result>(
    guest: (...args: Args) => Result,
  ): (...args: Args) => Promise<Result>;
}

const jspi = WebAssembly as unknown as Jspi;

/**
 * Makes `host` an import that suspends the fiber which calls it for as long as
 * the promise that it returns is pending. V8 also suspends it when there is no
 * promise: microtasks run then, and it goes on.
 */
export function suspending<Args extends unknown[], Result>(
  host: (...args: Args) => Result | Promise<Result>,
): WebAssembly.ImportValue {
  return new jspi.Suspending(host);
}

/**
 * Makes `guest`, an export, run on a fiber of its own at each call.
 *
 * V8 takes back the stack of a fiber that has ended a microtask later. Whoever
 * starts another fiber before that maps a new stack, which costs ten times as
 * much as the call: one guest at a time, see `RunQueue`.
 */
export function promising<Args extends unknown[], Result>(
  guest: (...args: Args) => Result,
): (...args: Args) => Promise<Result> {
  return jspi.promising(guest);
}
