/**
 * Which values are about to be written.
 *
 * @module
 */

import type { StoreRequest } from "./requests.ts";

/** Where a value is. */
type Place = { readonly bucket: string; readonly key: string };

/** The places that requests write which were asked and are not settled. */
export class UnsettledWrites {
  // How many writes there are of each. No name has a zero character.
  readonly #counts = new Map<string, number>();

  /** Whether somebody has asked to write there. */
  has(place: Place): boolean {
    return this.#counts.size > 0 && this.#counts.has(nameOf(place));
  }

  /** Notes a request that was asked. */
  add(request: StoreRequest): void {
    for (const place of placesOf(request)) {
      const name = nameOf(place);
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }

  /** Forgets a request that is settled, and was noted. */
  remove(request: StoreRequest): void {
    for (const place of placesOf(request)) {
      const name = nameOf(place);
      const count = this.#counts.get(name)!;
      if (count > 1) this.#counts.set(name, count - 1);
      else this.#counts.delete(name);
    }
  }
}

function placesOf(request: StoreRequest): readonly Place[] {
  switch (request.op) {
    case "batch":
      return request.writes;
    case "set":
    case "delete":
    case "compareAndSet":
      return [request];
    default:
      return [];
  }
}

function nameOf({ bucket, key }: Place): string {
  return `${bucket}\0${key}`;
}
