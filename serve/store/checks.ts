/**
 * What may be asked of a store.
 *
 * @module
 */

import { StoreError } from "../errors.ts";
import {
  BATCH_WRITES_MAX,
  LISTING_MAX,
  NAME_BYTES_MAX,
  TTL_MS_MAX,
  VALUE_BYTES_MAX,
} from "./limits.ts";
import type { StoreRequest, StoreWrite } from "./requests.ts";

/**
 * Refuses what makes no sense, or is too large.
 *
 * @throws {StoreError} Why.
 */
export function insistValid(request: StoreRequest): void {
  switch (request.op) {
    case "buckets":
      return;
    case "batch":
      return insistBatch(request.writes);
    case "list":
      insistName("bucket", request.bucket);
      return insistInteger("limit", request.limit, [0, LISTING_MAX]);
    case "set":
      insistInteger("ttlMs", request.ttlMs, [1, TTL_MS_MAX]);
  }
  insistName("bucket", request.bucket);
  insistName("key", request.key);
  if (request.op === "get" || request.op === "exists") return;
  for (const { byteLength } of valuesOf(request)) insistSize(byteLength);
}

function insistBatch(writes: readonly StoreWrite[]): void {
  if (writes.length > BATCH_WRITES_MAX) {
    throw new StoreError(
      "tooLarge",
      `Cannot write more than ${BATCH_WRITES_MAX} values at once: ${writes.length}`,
    );
  }
  writes.forEach(insistValid);
}

// A group fails as a whole, so nothing of one request may fail it.
function insistInteger(
  what: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new StoreError("invalid", `Cannot use this ${what}: ${value}`);
}

const utf8 = new TextEncoder();

function insistName(what: string, name: string): void {
  const isFine = name !== "" && name.isWellFormed() && !name.includes("\0") &&
    (name.length * 3 <= NAME_BYTES_MAX ||
      utf8.encode(name).length <= NAME_BYTES_MAX);
  if (isFine) return;
  throw new StoreError(
    "invalid",
    `Cannot use this as a ${what}, which has 1 to ${NAME_BYTES_MAX} bytes: ${
      JSON.stringify(name.slice(0, NAME_BYTES_MAX))
    }`,
  );
}

function insistSize(bytes: number): void {
  if (bytes <= VALUE_BYTES_MAX) return;
  throw new StoreError(
    "tooLarge",
    `Cannot store a value of more than ${VALUE_BYTES_MAX} bytes: ${bytes}`,
  );
}

/** Bytes of its names, each character taken for one, and of its values. */
export function bytesOf(request: StoreRequest): number {
  const values = valuesOf(request)
    .reduce((sum, { byteLength }) => sum + byteLength, 0);
  return namesOf(request).reduce((sum, { length }) => sum + length, values);
}

function namesOf(request: StoreRequest): readonly string[] {
  switch (request.op) {
    case "buckets":
      return [];
    case "batch":
      return request.writes.flatMap(namesOf);
    case "list":
      return [request.bucket, request.prefix ?? "", request.after ?? ""];
    default:
      return [request.bucket, request.key];
  }
}

function valuesOf(request: StoreRequest): readonly Uint8Array[] {
  switch (request.op) {
    case "set":
      return [request.value];
    case "compareAndSet":
      return [request.expected, request.value].filter((each) =>
        each !== undefined
      );
    case "batch":
      return request.writes.flatMap(valuesOf);
    default:
      return [];
  }
}

/** The request with values of its own: a view is posted with all that it is a view of, and may change until then. */
export function copy<Request extends StoreRequest>(request: Request): Request {
  switch (request.op) {
    case "set":
      return { ...request, value: request.value.slice() };
    case "compareAndSet": {
      const { expected, value } = request;
      return { ...request, expected: expected?.slice(), value: value?.slice() };
    }
    case "batch":
      return { ...request, writes: request.writes.map(copy) };
    default:
      return request;
  }
}
