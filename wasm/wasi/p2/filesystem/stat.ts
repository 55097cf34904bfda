/**
 * Attributes of files, as WASI 0.2 tells them.
 *
 * @module
 */

import { WasiError } from "../../errors.ts";
import {
  type Filestat,
  filestatOfFile,
  type FileType,
} from "../../files/filestat.ts";
import { statAt } from "../../files/paths.ts";
import type { NewTime, NewTimes } from "../../files/times.ts";
import { type Datetime, datetimeOf } from "../datetime.ts";
import type { Wasip2State } from "../state.ts";
import type { Descriptor } from "./descriptor.ts";

/** The record `descriptor-stat`. */
export interface DescriptorStat {
  /** What it is. */
  readonly type: FileType;
  /** Hard links to it. */
  readonly linkCount: bigint;
  /** Length in bytes. */
  readonly size: bigint;
  /** Last access. */
  readonly dataAccessTimestamp: Datetime | undefined;
  /** Last change of its content. */
  readonly dataModificationTimestamp: Datetime | undefined;
  /** Last change of its attributes. */
  readonly statusChangeTimestamp: Datetime | undefined;
}

/** Attributes of what `descriptor` stands for. */
export function filestatOf(descriptor: Descriptor): Filestat {
  if (descriptor.type === "file") return filestatOfFile(descriptor.file.hostFd);
  return statAt(descriptor.directory, ".", true);
}

/** Attributes as the guest gets them. */
export function descriptorStat(filestat: Filestat): DescriptorStat {
  return {
    type: filestat.type,
    linkCount: BigInt(filestat.nlink),
    size: BigInt(filestat.size),
    dataAccessTimestamp: datetimeOf(filestat.atimeMs),
    dataModificationTimestamp: datetimeOf(filestat.mtimeMs),
    statusChangeTimestamp: datetimeOf(filestat.ctimeMs),
  };
}

/** The variant `new-timestamp`. */
export type NewTimestamp =
  | { readonly tag: "no-change" | "now" }
  | { readonly tag: "timestamp"; readonly val: Datetime };

/** What the times are set to. @throws {WasiError} EINVAL, EOVERFLOW, a time is none. */
export function newTimesOf(
  { options }: Wasip2State,
  access: NewTimestamp,
  change: NewTimestamp,
): NewTimes {
  return {
    access: newTimeOf(access),
    change: newTimeOf(change),
    nowMs: options.now(),
  };
}

// JavaScript has no later time.
const SECONDS_MAX = 8_640_000_000_000n;

function newTimeOf(time: NewTimestamp): NewTime {
  if (time.tag !== "timestamp") return time.tag === "now" ? "now" : "same";
  const { seconds, nanoseconds } = time.val;
  if (nanoseconds >= 1_000_000_000) throw new WasiError("EINVAL");
  if (seconds > SECONDS_MAX) throw new WasiError("EOVERFLOW");
  return seconds * 1_000_000_000n + BigInt(nanoseconds);
}

/** The record `metadata-hash-value`. */
export interface MetadataHash {
  /** One half. */
  readonly lower: bigint;
  /** The other. */
  readonly upper: bigint;
}

/**
 * A hash of which file it is, and of nothing else: libraries take it for the
 * serial number. It does not tell the numbers of the host.
 */
export function metadataHash({ dev, ino }: Filestat): MetadataHash {
  const lower = mixed(mixed(BigInt(dev)) ^ BigInt(ino));
  return { lower, upper: mixed(lower) };
}

// SplitMix64, its constants included.
function mixed(value: bigint): bigint {
  let bits = BigInt.asUintN(64, value + 0x9e3779b97f4a7c15n);
  bits = BigInt.asUintN(64, (bits ^ bits >> 30n) * 0xbf58476d1ce4e5b9n);
  bits = BigInt.asUintN(64, (bits ^ bits >> 27n) * 0x94d049bb133111ebn);
  return bits ^ bits >> 31n;
}
