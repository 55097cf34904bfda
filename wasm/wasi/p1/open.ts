/**
 * Opening.
 *
 * @module
 */

import { WasiError } from "../errors.ts";
import { open, type Opened, type Opening } from "../files/open.ts";
import {
  DIRECTORY_RIGHTS,
  FDFLAG,
  FILE_RIGHTS,
  LOOKUP_SYMLINK_FOLLOW,
  OFLAG,
  RIGHT,
  SUCCESS,
} from "./abi.ts";
import type { Descriptor, DirectoryDescriptor } from "./descriptor.ts";
import type { GuestMemory } from "./memory.ts";
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

/**
 * `path_open(fd, lookupflags, path, oflags, rights, inheriting, fdflags) -> fd`.
 *
 * Opens regular files and directories. A file is opened for writing when the
 * guest asks for the right to write or to allocate.
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
  const opened = open(directory, guestPath, openingOf(wanted, follow));
  memory.setU32(result, state.descriptors.add(descriptorOf(opened, wanted)));
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

function openingOf(
  { oflags, rights, flags, isWriting }: Wanted,
  follow: boolean,
): Opening {
  return {
    follow,
    create: (oflags & OFLAG.CREAT) !== 0,
    directory: (oflags & OFLAG.DIRECTORY) !== 0,
    exclusive: (oflags & OFLAG.EXCL) !== 0,
    truncate: (oflags & OFLAG.TRUNC) !== 0,
    read: (rights & RIGHT.FD_READ) !== 0,
    write: isWriting,
    append: (flags & FDFLAG.APPEND) !== 0,
    sync: syncOf(flags),
  };
}

function syncOf(flags: number): Opening["sync"] {
  if ((flags & (FDFLAG.SYNC | FDFLAG.RSYNC)) !== 0) return "all";
  return (flags & FDFLAG.DSYNC) === 0 ? "none" : "data";
}

function descriptorOf(
  opened: Opened,
  { rights, inheriting, flags }: Wanted,
): Descriptor {
  if (opened.type === "directory") {
    return {
      ...opened.directory,
      type: "directory",
      rights: rights & DIRECTORY_RIGHTS,
      inheriting,
      flags,
      preopenPath: undefined,
      listing: undefined,
    };
  }
  return {
    ...opened,
    rights: rights & FILE_RIGHTS,
    inheriting: inheriting & FILE_RIGHTS,
    flags,
    position: 0,
    isHostAppending: (flags & FDFLAG.APPEND) !== 0,
  };
}
