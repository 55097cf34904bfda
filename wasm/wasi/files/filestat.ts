/**
 * Attributes of files.
 *
 * @module
 */

import { fstatSync, type Stats } from "node:fs";

/** What a file is. */
export type FileType =
  | "unknown"
  | "block-device"
  | "character-device"
  | "directory"
  | "symbolic-link"
  | "regular-file"
  | "socket";

/** Attributes of a file, a directory or a link. Times have no more than milliseconds: Deno gives no more. */
export interface Filestat {
  /** What it is. */
  readonly type: FileType;
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

function typeOf(info: Deno.FileInfo): FileType {
  if (info.isFile) return "regular-file";
  if (info.isDirectory) return "directory";
  if (info.isSymlink) return "symbolic-link";
  if (info.isCharDevice) return "character-device";
  if (info.isBlockDevice) return "block-device";
  if (info.isSocket) return "socket";
  return "unknown";
}

/** Whether `filestat` is a directory. */
export function isDirectory(filestat: Filestat | undefined): boolean {
  return filestat?.type === "directory";
}

/** Attributes of an open file. */
export function filestatOfFile(hostFd: number): Filestat {
  const stats: Stats = fstatSync(hostFd);
  const { dev, ino, nlink, size, atimeMs, mtimeMs, ctimeMs } = stats;
  const type = stats.isFile() ? "regular-file" : "unknown";
  return { type, dev, ino, nlink, size, atimeMs, mtimeMs, ctimeMs };
}

/** Milliseconds as nanoseconds. A number holds today's nanoseconds to 256 only, so they are counted apart. */
export function nanoseconds(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n +
    BigInt(Math.round((ms - whole) * 1_000_000));
}
