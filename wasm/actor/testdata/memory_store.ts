/**
 * A store that is gone with its node.
 *
 * @module
 */

import { deepStrictEqual } from "node:assert";
import type { Listing, Store, StoreWrite } from "../../node/store.ts";

/** Keeps values in memory. The bucket `broken` cannot be used. */
export class MemoryStore implements Store {
  /** How long what was written last is to be kept, in milliseconds. */
  ttlMs: number | undefined;
  readonly #buckets = new Map<string, Map<string, Uint8Array>>();

  #of(bucket: string): Map<string, Uint8Array> {
    if (bucket === "broken") throw new Error("the disk is full");
    const values = this.#buckets.get(bucket) ?? new Map();
    this.#buckets.set(bucket, values);
    return values;
  }

  // deno-lint-ignore require-await -- what it throws is a promise that rejects
  async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    return this.#of(bucket).get(key);
  }

  // deno-lint-ignore require-await -- as above
  async set(
    bucket: string,
    key: string,
    value: Uint8Array,
    { ttlMs }: { readonly ttlMs?: number } = {},
  ): Promise<void> {
    this.ttlMs = ttlMs;
    this.#of(bucket).set(key, value);
  }

  // deno-lint-ignore require-await -- as above
  async delete(bucket: string, key: string): Promise<boolean> {
    return this.#of(bucket).delete(key);
  }

  // deno-lint-ignore require-await -- as above
  async exists(bucket: string, key: string): Promise<boolean> {
    return this.#of(bucket).has(key);
  }

  // deno-lint-ignore require-await -- as above
  async list(
    bucket: string,
    { prefix = "", after = "", limit = Infinity }: Listing = {},
  ): Promise<readonly string[]> {
    return [...this.#of(bucket).keys()].sort()
      .filter((key) => key.startsWith(prefix) && key > after).slice(0, limit);
  }

  // deno-lint-ignore require-await -- as above
  async compareAndSet(
    bucket: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean> {
    const values = this.#of(bucket);
    if (!isSame(values.get(key), expected)) return false;
    if (value === undefined) values.delete(key);
    else values.set(key, value);
    return true;
  }

  async batch(writes: readonly StoreWrite[]): Promise<void> {
    for (const write of writes) {
      const { bucket, key } = write;
      if (write.op === "set") await this.set(bucket, key, write.value, write);
      else await this.delete(bucket, key);
    }
  }
}

function isSame(
  one: Uint8Array | undefined,
  other: Uint8Array | undefined,
): boolean {
  try {
    deepStrictEqual(one && [...one], other && [...other]);
    return true;
  } catch {
    // They differ.
    return false;
  }
}
