/**
 * Attributes of files.
 *
 * @module
 */

import { fstatSync, type Stats } from "node:fs";

import { FILESTAT_BYTES, FILETYPE } from "./abi.ts";
import type { GuestMemory } from "./memory.ts";

/** Attributes of a file, a directory or a link. Times have no more than milliseconds: Deno gives no more. */
export interface Filestat {
  /** One of `FILETYPE`. */
  readonly type: number;
  /** Device that it lies on. */
  readonly dev: number;
  /** Serial number on its device. */
  readonly ino: number;
  /** Hard links to it. */
  readonly nlink: number;
  /** Length in bytes. */
  readonly size: number;
  /** Last access, in milliseconds since 1970. */
  readonly atimeMs: number;
  /** Last change of its content, in milliseconds since 1970. */
  readonly mtimeMs: number;
  /** Last change of its attributes, in milliseconds since 1970. */
  readonly ctimeMs: number;
}

/** What a standard stream has of attributes. */
export const NO_ATTRIBUTES: Omit<Filestat, "type"> = {
  dev: 0,
  ino: 0,
  nlink: 1,
  size: 0,
  atimeMs: 0,
  mtimeMs: 0,
  ctimeMs: 0,
};

/** Attributes of what is at `host`, a link itself if it is one, or undefined when nothing is there. */
export function filestatOfPath(host: string): Filestat | undefined {
  try {
    return filestatOfInfo(Deno.lstatSync(host));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Attributes of what is at `host`, links followed. */
export function filestatOfRoot(host: string): Filestat {
  return filestatOfInfo(Deno.statSync(host));
}

function filestatOfInfo(info: Deno.FileInfo): Filestat {
  return {
    type: typeOf(info),
    dev: info.dev,
    ino: info.ino ?? 0,
    nlink: info.nlink ?? 1,
    size: info.size,
    atimeMs: info.atime?.getTime() ?? 0,
    mtimeMs: info.mtime?.getTime() ?? 0,
    ctimeMs: info.ctime?.getTime() ?? 0,
  };
}

function typeOf(info: Deno.FileInfo): number {
  if (info.isFile) return FILETYPE.REGULAR_FILE;
  if (info.isDirectory) return FILETYPE.DIRECTORY;
  if (info.isSymlink) return FILETYPE.SYMBOLIC_LINK;
  if (info.isCharDevice) return FILETYPE.CHARACTER_DEVICE;
  if (info.isBlockDevice) return FILETYPE.BLOCK_DEVICE;
  if (info.isSocket) return FILETYPE.SOCKET_STREAM;
  return FILETYPE.UNKNOWN;
}

/** Attributes of an open file. */
export function filestatOfFile(hostFd: number): Filestat {
  const stats: Stats = fstatSync(hostFd);
  const { dev, ino, nlink, size, atimeMs, mtimeMs, ctimeMs } = stats;
  const type = stats.isFile() ? FILETYPE.REGULAR_FILE : FILETYPE.UNKNOWN;
  return { type, dev, ino, nlink, size, atimeMs, mtimeMs, ctimeMs };
}

/** Stores a `filestat`. */
export function storeFilestat(
  memory: GuestMemory,
  pointer: number,
  filestat: Filestat,
): void {
  const at = memory.insist(pointer, FILESTAT_BYTES);
  memory.setU64(at, BigInt(filestat.dev));
  memory.setU64(at + 8, BigInt(filestat.ino));
  memory.setU64(at + 16, BigInt(filestat.type));
  memory.setU64(at + 24, BigInt(filestat.nlink));
  memory.setU64(at + 32, BigInt(filestat.size));
  memory.setU64(at + 40, nanoseconds(filestat.atimeMs));
  memory.setU64(at + 48, nanoseconds(filestat.mtimeMs));
  memory.setU64(at + 56, nanoseconds(filestat.ctimeMs));
}

/** Milliseconds as a `timestamp`. A number holds today's nanoseconds to 256 only, so they are counted apart. */
export function nanoseconds(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n +
    BigInt(Math.round((ms - whole) * 1_000_000));
}
