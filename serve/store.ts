/**
 * The store of a node: values by bucket and key, that outlive it.
 *
 * @module
 */

import { StoreError } from "./errors.ts";
import { FILE_BYTES_MIN } from "./store/limits.ts";
import type { Listing, Seen, StoreWrite } from "./store/requests.ts";
import { StoreThread } from "./store/thread.ts";
import { ThreadStore } from "./store/thread_store.ts";

export type { Listing, Seen, StoreWrite } from "./store/requests.ts";

/** How a store is opened. */
export interface StoreOptions {
  /** The time, in milliseconds since 1970; that of the machine when absent. */
  readonly now?: () => number;
  /**
   * Bytes that the file may have, at least a mebibyte; as far as the disk goes
   * when absent. What was written before stays. Not counted are the writes that
   * SQLite keeps beside it until it has moved them there.
   */
  readonly bytesMax?: number;
  /**
   * Told when the file could not be used, also of what whoever asked is told;
   * at most once in ten seconds. Must not throw.
   */
  readonly failed?: (error: StoreError) => void;
}

/**
 * Values by bucket and key, in one file.
 *
 * What was asked of a key is done in order. A write is on disk when its promise resolves,
 * also when the OS process is killed right after. Writes that are asked while
 * others are being written share one transaction, and one wait for the disk.
 *
 * A bucket is there while it has a key. Other OS processes may use the file at
 * the same time.
 *
 * Each method rejects with a {@linkcode StoreError}: a bucket's name or a key
 * is empty, ill-formed or too long, a value or an answer is too large, too much
 * waits, the file is full, damaged or cannot be used, or the store is closed.
 *
 * @example
 * ```ts
 * import { openStore } from "@rusm/serve";
 * import { deepStrictEqual, strictEqual } from "node:assert";
 *
 * const file = await Deno.makeTempFile();
 * const store = await openStore(file);
 * await store.set("links", "deno", new TextEncoder().encode("land"));
 * deepStrictEqual(await store.list("links"), ["deno"]);
 * strictEqual(await store.delete("links", "deno"), true);
 * await store.close();
 * await Deno.remove(file);
 * ```
 */
export interface Store {
  /** Resolves to a value, or to undefined when there is none. */
  get(bucket: string, key: string): Promise<Uint8Array | undefined>;

  /**
   * Looks for a value without waiting: what there was at the beginning of this
   * turn of the event loop, or later.
   *
   * @returns What was found; undefined when only {@linkcode Store.get} can tell.
   * @throws {StoreError} A name is empty, ill-formed or too long.
   */
  peek(bucket: string, key: string): Seen | undefined;

  /**
   * Writes a value, in place of any that was there.
   *
   * @param value Copied before this returns.
   */
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

  /** Resolves to keys of a bucket, in the order of their code points. */
  list(bucket: string, listing?: Listing): Promise<readonly string[]>;

  /** Resolves to the buckets, in the order of their code points. */
  buckets(): Promise<readonly string[]>;

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

  /** Closes the file, when all that was asked is done. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the store in the file at `path`, and makes the file when it is not
 * there; its directory must be. SQLite keeps two more files beside it.
 *
 * @throws {StoreError} It cannot be opened, or is not the file of a store.
 * @throws {RangeError} `bytesMax` is too little.
 */
export async function openStore(
  path: string,
  { now, bytesMax, failed }: StoreOptions = {},
): Promise<Store> {
  insistBytesMax(bytesMax);
  const thread = new StoreThread();
  const opened = await thread.ask({ type: "open", path, bytesMax });
  if (opened.type === "opened") {
    return new ThreadStore({ thread, path, now, failed });
  }
  await thread.end();
  const why = opened.type === "failed" ? opened.why : opened.type;
  throw new StoreError("open", `Cannot open the store ${path}: ${why}`);
}

function insistBytesMax(bytesMax: number | undefined): void {
  if (bytesMax === undefined || bytesMax >= FILE_BYTES_MIN) return;
  throw new RangeError(
    `Cannot bound a store to less than ${FILE_BYTES_MIN} bytes: ${bytesMax}`,
  );
}
