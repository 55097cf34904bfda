/**
 * What guests do with files and directories that they have open.
 *
 * @module
 */

import {
  closeSync,
  constants,
  fsyncSync,
  futimesSync,
  lutimesSync,
  openSync,
} from "node:fs";

import type { Directory } from "./directory.ts";
import { filestatOfFile } from "./filestat.ts";
import { insistWritable } from "./paths.ts";
import { find } from "./place.ts";
import { type NewTimes, timesOf } from "./times.ts";

/** Sees to it that the names in `directory` are on the disk. */
export function syncDirectory(directory: Directory): void {
  const { host } = find(directory, ".", true);
  const hostFd = openSync(host, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(hostFd);
  } finally {
    closeSync(hostFd);
  }
}

/** Sets the times of an open file, which must allow writing. */
export function setTimesOfFile(hostFd: number, times: NewTimes): void {
  futimesSync(hostFd, ...timesOf(filestatOfFile(hostFd), times));
}

/** Sets the times of an open directory. @throws {WasiError} EROFS. */
export function setTimesOfDirectory(
  directory: Directory,
  times: NewTimes,
): void {
  insistWritable(directory);
  const { host, filestat } = find(directory, ".", true);
  lutimesSync(host, ...timesOf(filestat, times));
}
