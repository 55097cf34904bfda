/**
 * Opening.
 *
 * @module
 */

import { closeSync, constants, ftruncateSync, openSync } from "node:fs";

import {
  DIRECTORY_RIGHTS,
  ERRNO,
  FDFLAG,
  FILE_RIGHTS,
  FILETYPE,
  LOOKUP_SYMLINK_FOLLOW,
  OFLAG,
  RIGHT,
  SUCCESS,
} from "./abi.ts";
import type { Descriptor, DirectoryDescriptor } from "./descriptor.ts";
import { errnoOf, WasiError } from "./errors.ts";
import { type Filestat, filestatOfFile } from "./filestat.ts";
import type { GuestMemory } from "./memory.ts";
import { isDirectory, locate, type Place } from "./place.ts";
import type { Wasip1State } from "./state.ts";

/** What the guest asks of one opening. */
interface Wanted {
  readonly oflags: number;
  readonly rights: number;
  readonly inheriting: number;
  readonly flags: number;
  readonly isWriting: boolean;
}

const MAKES_DIRECTORY = OFLAG.CREAT | OFLAG.DIRECTORY;
const MAKES_NEW = OFLAG.CREAT | OFLAG.EXCL;

/**
 * `path_open(fd, lookupflags, path, oflags, rights, inheriting, fdflags) -> fd`.
 *
 * Opens regular files and directories. Pipes, devices and sockets that lie in a
 * preopen answer ENOTSUP: a read could hold the thread for ever. A file is
 * opened for writing when the guest asks for the right to write or to allocate.
 */
export function pathOpen(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  lookupFlags: number,
  path: number,
  pathLength: number,
  oflags: number,
  rights: bigint,
  inheriting: bigint,
  flags: number,
  result: number,
): number {
  const wanted = wantedOf(oflags, rights, inheriting, flags);
  const directory = insistAllowed(state, fd, wanted);
  memory.insist(result, 4);
  state.descriptors.insistRoom();
  const guestPath = memory.path(path, pathLength);
  const follow = (lookupFlags & LOOKUP_SYMLINK_FOLLOW) !== 0;
  const opened = openAgain(directory, guestPath, follow, wanted);
  memory.setU32(result, state.descriptors.add(opened));
  return SUCCESS;
}

function wantedOf(
  oflags: number,
  rights: bigint,
  inheriting: bigint,
  flags: number,
): Wanted {
  if ((oflags & MAKES_DIRECTORY) === MAKES_DIRECTORY) {
    throw new WasiError("EINVAL");
  }
  const low = rightsOf(rights);
  const isWriting = (low & (RIGHT.FD_WRITE | RIGHT.FD_ALLOCATE)) !== 0;
  return {
    oflags,
    rights: low,
    inheriting: rightsOf(inheriting),
    flags,
    isWriting,
  };
}

/** Rights as a set of bits. @throws {WasiError} ENOTCAPABLE, there are some that no descriptor has. */
export function rightsOf(rights: bigint): number {
  const known = BigInt(DIRECTORY_RIGHTS | FILE_RIGHTS);
  if ((BigInt.asUintN(64, rights) & ~known) !== 0n) {
    throw new WasiError("ENOTCAPABLE");
  }
  return Number(rights);
}

function insistAllowed(
  state: Wasip1State,
  fd: number,
  { oflags, rights, inheriting, flags }: Wanted,
): DirectoryDescriptor {
  const isCreating = (oflags & OFLAG.CREAT) !== 0;
  const isCutting = (oflags & OFLAG.TRUNC) !== 0;
  const isSyncing = (flags & (FDFLAG.RSYNC | FDFLAG.SYNC)) !== 0;
  const directory = state.descriptors.directory(
    fd,
    RIGHT.PATH_OPEN | (isCreating ? RIGHT.PATH_CREATE_FILE : 0) |
      (isCutting ? RIGHT.PATH_FILESTAT_SET_SIZE : 0),
  );
  const passedOn = rights | inheriting | (isSyncing ? RIGHT.FD_SYNC : 0) |
    ((flags & FDFLAG.DSYNC) === 0 ? 0 : RIGHT.FD_DATASYNC);
  if ((passedOn & ~directory.inheriting) !== 0) {
    throw new WasiError("ENOTCAPABLE");
  }
  return directory;
}

// 1. Two guests find that a file is missing. 2. One creates it. 3. The other
// may not create it any more, though it did not ask for a new one: it looks
// again, and opens what is there.
function openAgain(
  directory: DirectoryDescriptor,
  path: string,
  follow: boolean,
  wanted: Wanted,
): Descriptor {
  const place = locate(directory, path, follow);
  if (place.filestat !== undefined) return openFound(place, wanted);
  try {
    return create(place, wanted);
  } catch (error) {
    const isNew = (wanted.oflags & OFLAG.EXCL) !== 0;
    if (isNew || errnoOf(error) !== ERRNO.EEXIST) throw error;
  }
  const appeared = locate(directory, path, follow);
  if (appeared.filestat === undefined) throw new WasiError("EAGAIN");
  return openFound(appeared, wanted);
}

function create(place: Place, wanted: Wanted): Descriptor {
  if ((wanted.oflags & OFLAG.CREAT) === 0) throw new WasiError("ENOENT");
  if (place.root.readOnly) throw new WasiError("EROFS");
  if (place.mustBeDirectory) throw new WasiError("EISDIR");
  const hostFd = openSync(
    place.host,
    hostFlags(wanted) | constants.O_CREAT | constants.O_EXCL,
  );
  return fileDescriptor(hostFd, place, wanted);
}

function openFound(place: Place, wanted: Wanted): Descriptor {
  const { filestat, root } = place;
  if ((wanted.oflags & MAKES_NEW) === MAKES_NEW) throw new WasiError("EEXIST");
  if (filestat?.type === FILETYPE.SYMBOLIC_LINK) throw new WasiError("ELOOP");
  const isChanging = wanted.isWriting || (wanted.oflags & OFLAG.TRUNC) !== 0;
  if (isDirectory(filestat)) {
    const isCreating = (wanted.oflags & OFLAG.CREAT) !== 0;
    if (isChanging || isCreating) throw new WasiError("EISDIR");
    return directoryDescriptor(place, wanted);
  }
  if ((wanted.oflags & OFLAG.DIRECTORY) !== 0) throw new WasiError("ENOTDIR");
  if (root.readOnly && isChanging) throw new WasiError("EROFS");
  return openFile(place, wanted);
}

function directoryDescriptor(place: Place, wanted: Wanted): Descriptor {
  return {
    type: "directory",
    rights: wanted.rights & DIRECTORY_RIGHTS,
    inheriting: wanted.inheriting,
    flags: wanted.flags,
    root: place.root,
    names: place.names,
    preopenPath: undefined,
    listing: undefined,
  };
}

function openFile(place: Place, wanted: Wanted): Descriptor {
  insistRegular(place.filestat);
  const hostFd = openSync(place.host, hostFlags(wanted));
  try {
    insistSame(filestatOfFile(hostFd), place.filestat);
    if ((wanted.oflags & OFLAG.TRUNC) !== 0) ftruncateSync(hostFd, 0);
  } catch (error) {
    // The descriptor has no owner yet.
    closeSync(hostFd);
    throw error;
  }
  return fileDescriptor(hostFd, place, wanted);
}

function insistRegular(filestat: Filestat | undefined): void {
  if (filestat?.type !== FILETYPE.REGULAR_FILE) throw new WasiError("ENOTSUP");
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
function hostFlags({ oflags, rights, flags, isWriting }: Wanted): number {
  const isReading = (rights & RIGHT.FD_READ) !== 0;
  const isCutting = (oflags & OFLAG.TRUNC) !== 0;
  return constants.O_NOFOLLOW | constants.O_NONBLOCK |
    access(isReading, isWriting || isCutting) |
    ((flags & FDFLAG.APPEND) === 0 ? 0 : constants.O_APPEND) |
    ((flags & FDFLAG.DSYNC) === 0 ? 0 : constants.O_DSYNC) |
    ((flags & (FDFLAG.SYNC | FDFLAG.RSYNC)) === 0 ? 0 : constants.O_SYNC);
}

function access(isReading: boolean, isWriting: boolean): number {
  if (!isWriting) return constants.O_RDONLY;
  return isReading ? constants.O_RDWR : constants.O_WRONLY;
}

function fileDescriptor(
  hostFd: number,
  place: Place,
  wanted: Wanted,
): Descriptor {
  return {
    type: "file",
    rights: wanted.rights & FILE_RIGHTS,
    inheriting: wanted.inheriting & FILE_RIGHTS,
    flags: wanted.flags,
    hostFd,
    position: 0,
    isHostAppending: (wanted.flags & FDFLAG.APPEND) !== 0,
    readOnly: place.root.readOnly,
  };
}
