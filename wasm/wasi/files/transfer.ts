/**
 * Reading and writing files.
 *
 * @module
 */

import { readSync, writeSync } from "node:fs";

import { WasiError } from "../errors.ts";
import { filestatOfFile } from "./filestat.ts";

/** Reads into `buffers`, in order, from `position`. Returns how many bytes; fewer than there is room for only at the end. */
export function readAt(
  hostFd: number,
  buffers: readonly Uint8Array[],
  position: number,
): number {
  let size = 0;
  for (const buffer of buffers) {
    const moved = readSync(hostFd, buffer, 0, buffer.length, position + size);
    size += moved;
    if (moved < buffer.length) break;
  }
  return size;
}

/**
 * Writes `buffers`, in order, to `position`. Returns how many bytes.
 *
 * A failure after some bytes is told by the next call: these are written.
 */
export function writeAt(
  hostFd: number,
  buffers: readonly Uint8Array[],
  position: number,
): number {
  let size = 0;
  for (const buffer of buffers) {
    const moved = writeOne(hostFd, buffer, position + size, size > 0);
    size += moved;
    if (moved < buffer.length) break;
  }
  return size;
}

function writeOne(
  hostFd: number,
  buffer: Uint8Array,
  position: number,
  hasWritten: boolean,
): number {
  try {
    return writeSync(hostFd, buffer, 0, buffer.length, position);
  } catch (error) {
    // The guest must hear how much of its data is in the file.
    if (hasWritten) return 0;
    throw error;
  }
}

/** The length of a file, in bytes. */
export function endOf(hostFd: number): number {
  return filestatOfFile(hostFd).size;
}

/** An offset in a file, as a number. @throws {WasiError} EINVAL, no file is so long. */
export function insistOffset(offset: bigint): number {
  if (offset < 0n || offset > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new WasiError("EINVAL");
  }
  return Number(offset);
}
