/**
 * What keeps the values of guests.
 *
 * @module
 */

/**
 * Values by bucket and key, that outlive processes. That of `@rusm/serve` is
 * one.
 *
 * Whatever a method rejects with is told to the guest that asked.
 */
export interface Store {
  /** Resolves to a value, or to undefined when there is none. */
  get(bucket: string, key: string): Promise<Uint8Array | undefined>;

  /** Writes a value, in place of any that was there. Resolves when it would outlive the node. */
  set(bucket: string, key: string, value: Uint8Array): Promise<void>;

  /** Removes a value. Resolves to whether there was one. */
  delete(bucket: string, key: string): Promise<boolean>;

  /** Resolves to whether there is a value. */
  exists(bucket: string, key: string): Promise<boolean>;

  /** Resolves to the keys of a bucket, sorted. */
  list(bucket: string): Promise<readonly string[]>;
}
