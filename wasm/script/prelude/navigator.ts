/**
 * `navigator`.
 *
 * @module
 */

/** Keeps guests from constructing one. */
const KEY = Symbol();

/** @see HTML Standard, `Navigator`. Differs: names the runtime, nothing else. */
export class Navigator {
  constructor(key: symbol | undefined = undefined) {
    if (key !== KEY) throw new TypeError("Illegal constructor");
  }

  /** `RUSM`, and the version of its guests' interface. */
  get userAgent(): string {
    return "RUSM/0.1";
  }
}

/** The one `Navigator`. */
export const navigator: Navigator = new Navigator(KEY);
