/**
 * Opening.
 *
 * @module
 */

import { closeSync, constants, ftruncateSync, openSync } from "node:fs";

import { errnoNameOf, WasiError } from "../errors.ts";
import type { Directory } from "./directory.ts";
import { type Filestat, filestatOfFile, isDirectory } from "./filestat.ts";
import { locate, type Place } from "./place.ts";

/** How something is opened. */
export interface Opening {
  /** Whether a link at the end of the path is followed. */
  readonly follow: boolean;
  /** Whether a file is made when nothing is there. */
  readonly create: boolean;
  /** Whether only a directory will do. */
  readonly directory: boolean;
  /** With `create`: whether only a new file will do. */
  readonly exclusive: boolean;
  /** Whether a file loses its content. */
  readonly truncate: boolean;
  /** Whether it is read from; else it may be all the same. */
  readonly read: boolean;
  /** Whether it is written to. */
  readonly write: boolean;
  /** Whether the host appends whatever is written. */
  readonly append: boolean;
  /** Whether the host writes through: nothing, the content, or the attributes too. */
  readonly sync: "none" | "data" | "all";
}

/** What was opened. */
export type Opened =
  | { readonly type: "directory"; readonly directory: Directory }
  | {
    readonly type: "file";
    /** Descriptor of the host, which is now the caller's to close. */
    readonly hostFd: number;
    /** Whether it lies in a preopen that denies writing. */
    readonly readOnly: boolean;
    /** Opens it again; see {@linkcode openAgain}. */
    readonly origin: Origin;
  };

/** Where an open file was found, and how it was opened. */
export interface Origin {
  /** Its path on the host then. */
  readonly host: string;
  /** How. */
  readonly opening: Opening;
}

/**
 * Opens the regular file or the directory at `path`.
 *
 * Pipes, devices and sockets that lie in a preopen answer ENOTSUP: a read could
 * hold the thread for ever.
 *
 * @throws {WasiError} As `locate` throws; EEXIST, EISDIR, ENOTDIR, EROFS, ELOOP
 * for a link that is not followed, EAGAIN when something else took the name.
 */
export function open(
  directory: Directory,
  path: string,
  opening: Opening,
): Opened {
  const place = locate(directory, path, opening.follow);
  if (place.filestat !== undefined) return openFound(place, opening);
  // 1. Two guests find that a file is missing. 2. One creates it. 3. The other
  // may not create it any more, though it did not ask for a new one: it looks
  // again, and opens what is there.
  try {
    return create(place, opening);
  } catch (error) {
    if (opening.exclusive || errnoNameOf(error) !== "EEXIST") throw error;
  }
  const appeared = locate(directory, path, opening.follow);
  if (appeared.filestat === undefined) throw new WasiError("EAGAIN");
  return openFound(appeared, opening);
}

function create(place: Place, opening: Opening): Opened {
  if (!opening.create) throw new WasiError("ENOENT");
  const { readOnly } = place.root;
  if (readOnly) throw new WasiError("EROFS");
  if (place.mustBeDirectory) throw new WasiError("EISDIR");
  const flags = constants.O_CREAT | constants.O_EXCL | hostFlags(opening);
  const { host } = place;
  const hostFd = openSync(host, flags);
  return { type: "file", hostFd, readOnly, origin: { host, opening } };
}

function openFound(place: Place, opening: Opening): Opened {
  const { filestat, root, names } = place;
  if (opening.create && opening.exclusive) throw new WasiError("EEXIST");
  if (filestat?.type === "symbolic-link") throw new WasiError("ELOOP");
  const isChanging = opening.write || opening.truncate;
  if (isDirectory(filestat)) {
    if (isChanging || opening.create) throw new WasiError("EISDIR");
    return { type: "directory", directory: { root, names } };
  }
  if (opening.directory) throw new WasiError("ENOTDIR");
  if (root.readOnly && isChanging) throw new WasiError("EROFS");
  return openFile(place, opening);
}

function openFile(place: Place, opening: Opening): Opened {
  insistRegular(place.filestat);
  const { host, root: { readOnly } } = place;
  const hostFd = openSync(host, hostFlags(opening));
  try {
    insistSame(filestatOfFile(hostFd), place.filestat);
    if (opening.truncate) ftruncateSync(hostFd, 0);
  } catch (error) {
    // The descriptor has no owner yet.
    closeSync(hostFd);
    throw error;
  }
  return { type: "file", hostFd, readOnly, origin: { host, opening } };
}

/**
 * Opens the file behind `hostFd` once more, as it was opened, but that the host
 * does not append to it.
 *
 * @returns Another descriptor of the host, which is the caller's to close;
 * `hostFd` stays as it is.
 * @throws {WasiError} EAGAIN, another file has its name now; ENOENT, none has.
 */
export function openAgain(hostFd: number, { host, opening }: Origin): number {
  const flags = hostFlags({ ...opening, append: false });
  const again = openSync(host, flags);
  try {
    // Whatever the path leads to now, it is a file that the guest has already.
    insistSame(filestatOfFile(again), filestatOfFile(hostFd));
  } catch (error) {
    // The descriptor has no owner yet.
    closeSync(again);
    throw error;
  }
  return again;
}

function insistRegular(filestat: Filestat | undefined): void {
  if (filestat?.type !== "regular-file") throw new WasiError("ENOTSUP");
}

// Between the look and the opening something else may have taken the name.
function insistSame(opened: Filestat, found: Filestat | undefined): void {
  insistRegular(opened);
  if (opened.ino !== found?.ino || opened.dev !== found.dev) {
    throw new WasiError("EAGAIN");
  }
}

// A link or a pipe that took the name since it was looked up is neither
// followed nor waited for. Where permissions are limited to paths Deno follows
// links before it opens: then `insistSame` finds another file.
function hostFlags(opening: Opening): number {
  return constants.O_NOFOLLOW | constants.O_NONBLOCK | access(opening) |
    (opening.append ? constants.O_APPEND : 0) | SYNC_FLAGS[opening.sync];
}

const SYNC_FLAGS = {
  none: 0,
  data: constants.O_DSYNC,
  all: constants.O_SYNC,
} as const;

function access({ read, write, truncate }: Opening): number {
  if (!write && !truncate) return constants.O_RDONLY;
  return read ? constants.O_RDWR : constants.O_WRONLY;
}
