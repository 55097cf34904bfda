/**
 * A bundle of the size that programs have, without what they import.
 *
 * @module
 */

import { BUNDLE_BYTES } from "./counts.ts";

/**
 * JavaScript that defines functions, classes and tables until it has
 * `BUNDLE_BYTES`, and ends with `end`. The same text each time.
 */
export function bundleWith(end: string): string {
  const parts: string[] = [];
  for (let nth = 0, bytes = 0; bytes < BUNDLE_BYTES; nth++) {
    const part = partOf(nth);
    parts.push(part);
    bytes += part.length;
  }
  return parts.join("") + end;
}

function partOf(nth: number): string {
  return `const names${nth} = new Map([["a", ${nth}], ["b", { x: [1, 2, 3] }]]);
class Store${nth} {
  #items = [];
  constructor(limit) { this.limit = limit; }
  add(item) {
    if (this.#items.length >= this.limit) throw new RangeError("full: " + item);
    this.#items.push({ item, at: names${nth}.get("a") });
    return this;
  }
  find(match) { return this.#items.filter(({ item }) => match(item)); }
}
function total${nth}(values) {
  let sum = ${nth};
  for (const value of values) sum += typeof value === "number" ? value : 1;
  return sum;
}
`;
}

/** What each process does, wherever it runs: a little of what it has defined. */
export const WORK =
  `new Store0(8).add(1).add(2).find((item) => item > 1).length + total1([1, 2])`;
