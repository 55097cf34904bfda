/**
 * `kv`: values that outlive processes, in buckets. Each call blocks the process
 * until the store has answered; `await` on one does no harm.
 *
 * @module
 */

import { type KvWrite, OPS } from "../ops.ts";
import { dataBytes, decodeText } from "./encoding.ts";
import { callHost } from "./host.ts";

/** How a value is written. */
export interface SetOptions {
  /** Milliseconds until it is gone; it stays when absent. */
  ttlMs?: number;
}

/** Which keys of a bucket. */
export interface ListOptions {
  /** How they begin; anyhow when absent. */
  prefix?: string;
  /** The key that they come behind; all when absent. */
  after?: string;
  /** At most so many; all when absent. */
  limit?: number;
}

/**
 * The values of one bucket.
 *
 * Every method throws an Error with the reason when the capability denies it or
 * the store cannot do it.
 */
export interface Bucket {
  /** The value, or null when there is none. */
  get(key: string): Uint8Array<ArrayBuffer> | null;
  /** The value as text, which is UTF-8, or null when there is none. */
  getText(key: string): string | null;
  /** Writes text as UTF-8, or bytes. It is on disk when this returns. */
  set(key: string, value: unknown, options?: SetOptions): void;
  /** Removes a value. Returns whether there was one. */
  delete(key: string): boolean;
  /** Whether there is a value. */
  exists(key: string): boolean;
  /** Keys in the order of their code points. */
  list(options?: ListOptions): string[];
  /**
   * Writes `value`, or removes what is there when it is null, if what is there is
   * `expected`; null is nothing. Returns whether it was.
   */
  compareAndSet(key: string, expected: unknown, value: unknown): boolean;
}

/** One write of a batch. */
export type Write =
  | ({ op: "set"; bucket: string; key: string; value: unknown } & SetOptions)
  | { op: "delete"; bucket: string; key: string };

/** The store of the node. */
export interface Kv {
  /** The bucket of that name, which need not be there yet. */
  bucket(name: string): Bucket;

  /** Does all of `writes`, in order, or none. Throws as a bucket does. */
  batch(writes: Write[]): void;
}

/** The store of the node. */
export const kv: Kv = {
  bucket(name: string): Bucket {
    return bucketOf(`${name}`);
  },

  batch(writes: Write[]): void {
    const values: Uint8Array[] = [];
    const heads = writes.map((write) => headOf(write, values));
    callHost(OPS.kvBatch, JSON.stringify(heads), joined(values));
  },
};

function bucketOf(bucket: string): Bucket {
  const get = (key: string) =>
    callHost(OPS.kvGet, bucket, `${key}`) as Uint8Array<ArrayBuffer> | null;
  return {
    get,
    getText(key) {
      const value = get(key);
      return value === null ? null : decodeText(value);
    },
    set(key, value, { ttlMs } = {}) {
      const bytes = dataBytes(value);
      callHost(OPS.kvSet, bucket, `${key}`, bytes, numberOrNull(ttlMs));
    },
    delete: (key) => callHost(OPS.kvDelete, bucket, `${key}`) === 1,
    exists: (key) => callHost(OPS.kvExists, bucket, `${key}`) === 1,
    list({ prefix, after, limit } = {}) {
      const keys = callHost(
        OPS.kvList,
        bucket,
        textOrNull(prefix),
        textOrNull(after),
        numberOrNull(limit),
      );
      return JSON.parse(keys as string);
    },
    compareAndSet: (key, expected, value) =>
      callHost(
        OPS.kvCompareAndSet,
        bucket,
        `${key}`,
        bytesOrNull(expected),
        bytesOrNull(value),
      ) === 1,
  };
}

function headOf(write: Write, values: Uint8Array[]): KvWrite {
  const head = { bucket: `${write.bucket}`, key: `${write.key}` };
  if (write.op === "delete") return { ...head, length: null, ttlMs: null };
  if (write.op !== "set") {
    throw new TypeError(`Cannot write by this: ${(write as Write).op}`);
  }
  const value = dataBytes(write.value);
  values.push(value);
  return { ...head, length: value.length, ttlMs: numberOrNull(write.ttlMs) };
}

function joined(values: Uint8Array[]): Uint8Array {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const value of values) {
    whole.set(value, at);
    at += value.length;
  }
  return whole;
}

function textOrNull(value: string | undefined): string | null {
  return value === undefined ? null : `${value}`;
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined ? null : Number(value);
}

function bytesOrNull(value: unknown): Uint8Array | null {
  return value === null || value === undefined ? null : dataBytes(value);
}
