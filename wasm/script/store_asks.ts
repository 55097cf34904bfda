/**
 * What a script asks of the store.
 *
 * @module
 */

import { bytes, optionalText, text } from "../host/pure.ts";
import type { StoreAsk } from "../node/ask.ts";
import { BATCH_WRITES_MAX } from "../node/limits.ts";
import type { StoreWrite } from "../node/store.ts";
import type { HostValue, KvWrite } from "./ops.ts";

type Args = readonly HostValue[];

/** Each thing to ask, by its arguments. @throws {TypeError} They are not of the types that they must have. */
export const STORE_ASKS = {
  get: keyed("get"),
  delete: keyed("delete"),
  exists: keyed("exists"),
  list: ([bucket, prefix, after, limit]: Args): StoreAsk => ({
    ...{ type: "kv", op: "list", bucket: text(bucket) },
    ...present({
      prefix: optionalText(prefix),
      after: optionalText(after),
      limit: optionalNumber(limit),
    }),
  }),
  set: ([bucket, key, value, ttlMs]: Args): StoreAsk => ({
    ...{ type: "kv", op: "set", bucket: text(bucket), key: text(key) },
    value: bytes(value),
    ...present({ ttlMs: optionalNumber(ttlMs) }),
  }),
  compareAndSet: ([bucket, key, expected, value]: Args): StoreAsk => ({
    ...{ type: "kv", op: "compareAndSet" },
    ...{ bucket: text(bucket), key: text(key) },
    expected: optionalBytes(expected),
    value: optionalBytes(value),
  }),
  batch: ([heads, values]: Args): StoreAsk => ({
    ...{ type: "kv", op: "batch" },
    writes: writesIn(JSON.parse(text(heads)), bytes(values)),
  }),
} satisfies Record<string, (args: Args) => StoreAsk>;

function keyed(
  op: "get" | "delete" | "exists",
): (args: Args) => StoreAsk {
  return ([bucket, key]) => (
    { type: "kv", op, bucket: text(bucket), key: text(key) }
  );
}

// The guest made the heads: they can be anything.
function writesIn(heads: unknown, values: Uint8Array): StoreWrite[] {
  if (!Array.isArray(heads) || heads.length > BATCH_WRITES_MAX) {
    throw new RangeError(
      `Cannot write more than ${BATCH_WRITES_MAX} values at once`,
    );
  }
  let at = 0;
  return (heads as Partial<KvWrite>[]).map((head) => {
    const { bucket, key, length, ttlMs } = head ?? {};
    const place = { bucket: text(bucket), key: text(key) };
    if (typeof length !== "number") return { op: "delete", ...place };
    const value = values.subarray(at, at += length);
    const expiry = present({ ttlMs: optionalNumber(ttlMs) });
    return { op: "set", ...place, value, ...expiry };
  });
}

function optionalBytes(value: HostValue): Uint8Array | undefined {
  return value === null || value === undefined ? undefined : bytes(value);
}

function optionalNumber(value: HostValue): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

/** Without what is undefined. */
function present<Values extends Record<string, unknown>>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  const entries = Object.entries(values).filter(([, value]) =>
    value !== undefined
  );
  return Object.fromEntries(entries) as ReturnType<typeof present<Values>>;
}
