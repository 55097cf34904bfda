/**
 * Types of memories, and the cap on them.
 *
 * @module
 */

import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** Size of a page of Wasm memory, in bytes. */
export const PAGE_BYTES = 65_536;

// What addresses of 32 bits can reach; a module that names more is invalid.
const PAGES_MAX_32 = 65_536;

/** Bounds on a memory in pages, or on a table in entries. */
export interface Limits {
  /** How large it is at first. */
  readonly min: number;
  /** How large it may grow; undefined without a bound. */
  readonly max: number | undefined;
  /** Whether threads can share it. */
  readonly isShared: boolean;
  /** Whether addresses have 64 bits. */
  readonly is64: boolean;
}

/** Limits with a maximum. Invariant: min ≤ max. */
export interface CappedLimits extends Limits {
  /** How large it may grow. */
  readonly max: number;
}

const HAS_MAX = 0x01;
const IS_SHARED = 0x02;
const IS_64 = 0x04;

/**
 * Reads limits.
 *
 * @throws {NotRewritable} Their form is not known, such as pages of a size of
 * their own.
 */
export function readLimits(reader: Reader): Limits {
  const start = reader.at;
  const flags = reader.byte();
  if (flags > (HAS_MAX | IS_SHARED | IS_64)) {
    throw reader.refusal("Cannot read limits of an unknown form", start);
  }
  const is64 = (flags & IS_64) !== 0;
  const read = () => is64 ? reader.u64() : reader.u32();
  const min = read();
  const max = (flags & HAS_MAX) !== 0 ? read() : undefined;
  return { min, max, isShared: (flags & IS_SHARED) !== 0, is64 };
}

/**
 * Reads the type of a memory, and caps it at `bytesMax`, rounded down to whole
 * pages, and at what its addresses can reach.
 *
 * @throws {NotRewritable} It starts above the cap.
 */
export function readCapped(reader: Reader, bytesMax: number): CappedLimits {
  const start = reader.at;
  const limits = readLimits(reader);
  const pagesMax = Math.min(
    Math.floor(bytesMax / PAGE_BYTES),
    limits.is64 ? Infinity : PAGES_MAX_32,
  );
  if (limits.min > pagesMax) {
    throw reader.refusal(
      `Cannot cap a memory of ${limits.min} pages at ${pagesMax} pages`,
      start,
    );
  }
  return { ...limits, max: Math.min(limits.max ?? Infinity, pagesMax) };
}

/** Writes limits. */
export function writeLimits(writer: Writer, limits: CappedLimits): void {
  const { min, max, isShared, is64 } = limits;
  writer.byte(HAS_MAX | (isShared ? IS_SHARED : 0) | (is64 ? IS_64 : 0));
  writer.u32(min);
  writer.u32(max);
}
