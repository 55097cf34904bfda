/**
 * What keeps the values of guests.
 *
 * @module
 */

/** A change that needs no look at what is there. */
export type StoreWrite =
  | {
    readonly op: "set";
    readonly bucket: string;
    readonly key: string;
    readonly value: Uint8Array;
    /** Milliseconds until it is gone; it stays when absent. */
    readonly ttlMs?: number;
  }
  | { readonly op: "delete"; readonly bucket: string; readonly key: string };

/** Which keys of a bucket. */
export interface Listing {
  /** How they begin; anyhow when absent. */
  readonly prefix?: string;
  /** The key that they come behind; all when absent. */
  readonly after?: string;
  /** At most so many; all when absent. */
  readonly limit?: number;
}

/**
 * Values by bucket and key, that outlive processes. That of `@rusm/serve` is
 * one.
 *
 * Whatever a method rejects with is told to the guest that asked.
 */
export interface Store {
  /** Resolves to a value, or to undefined when there is none. */
  get(bucket: string, key: string): Promise<Uint8Array | undefined>;

  /**
   * Looks for a value without waiting. `get` is asked when it returns undefined,
   * and always when there is no such method. What it throws is told to the guest.
   */
  peek?(bucket: string, key: string):
    | {
      /** The value; undefined when there is none. */
      readonly value: Uint8Array | undefined;
    }
    | undefined;

  /** Writes a value, in place of any that was there. Resolves when it would outlive the node. */
  set(
    bucket: string,
    key: string,
    value: Uint8Array,
    options?: {
      /** Milliseconds until it is gone; it stays when absent. */
      readonly ttlMs?: number;
    },
  ): Promise<void>;

  /** Removes a value. Resolves to whether there was one. */
  delete(bucket: string, key: string): Promise<boolean>;

  /** Resolves to whether there is a value. */
  exists(bucket: string, key: string): Promise<boolean>;

  /** Resolves to keys of a bucket, sorted. */
  list(bucket: string, listing?: Listing): Promise<readonly string[]>;

  /**
   * Writes `value`, or removes what is there when it is undefined, if what is
   * there is `expected`; undefined is nothing. Resolves to whether it was.
   */
  compareAndSet(
    bucket: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean>;

  /** Does all of `writes`, in order, or none. */
  batch(writes: readonly StoreWrite[]): Promise<void>;
}
