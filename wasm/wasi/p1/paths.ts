/**
 * Calls on paths, but for opening.
 *
 * The rights of a descriptor say what the guest may ask, which it can drop, and
 * lead to ENOTCAPABLE; a preopen that denies writing leads to EROFS.
 *
 * @module
 */

import * as files from "../files/paths.ts";
import { LOOKUP_SYMLINK_FOLLOW, RIGHT, SUCCESS } from "./abi.ts";
import { storeFilestat } from "./filestat.ts";
import type { GuestMemory } from "./memory.ts";
import type { Wasip1State } from "./state.ts";
import { newTimes } from "./times.ts";

/** `path_create_directory(fd, path) -> ()`. */
export function pathCreateDirectory(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  path: number,
  pathLength: number,
): number {
  const rights = RIGHT.PATH_CREATE_DIRECTORY;
  const directory = state.descriptors.directory(fd, rights);
  files.createDirectory(directory, memory.path(path, pathLength));
  return SUCCESS;
}

/** `path_filestat_get(fd, lookupflags, path) -> filestat`. */
export function pathFilestatGet(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  flags: number,
  path: number,
  pathLength: number,
  result: number,
): number {
  const directory = state.descriptors.directory(fd, RIGHT.PATH_FILESTAT_GET);
  const guestPath = memory.path(path, pathLength);
  const filestat = files.statAt(directory, guestPath, isFollowing(flags));
  storeFilestat(memory, result, filestat);
  return SUCCESS;
}

function isFollowing(flags: number): boolean {
  return (flags & LOOKUP_SYMLINK_FOLLOW) !== 0;
}

/** `path_filestat_set_times(fd, lookupflags, path, atim, mtim, fstflags) -> ()`. */
export function pathFilestatSetTimes(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  flags: number,
  path: number,
  pathLength: number,
  atime: bigint,
  mtime: bigint,
  which: number,
): number {
  const times = newTimes(state, atime, mtime, which);
  const rights = RIGHT.PATH_FILESTAT_SET_TIMES;
  const directory = state.descriptors.directory(fd, rights);
  const guestPath = memory.path(path, pathLength);
  files.setTimesAt(directory, guestPath, isFollowing(flags), times);
  return SUCCESS;
}

/** `path_link(old_fd, old_lookupflags, old_path, new_fd, new_path) -> ()`. */
export function pathLink(
  state: Wasip1State,
  memory: GuestMemory,
  oldFd: number,
  flags: number,
  oldPath: number,
  oldPathLength: number,
  newFd: number,
  newPath: number,
  newPathLength: number,
): number {
  const source = {
    directory: state.descriptors.directory(oldFd, RIGHT.PATH_LINK_SOURCE),
    path: memory.path(oldPath, oldPathLength),
  };
  const target = {
    directory: state.descriptors.directory(newFd, RIGHT.PATH_LINK_TARGET),
    path: memory.path(newPath, newPathLength),
  };
  files.link(source, isFollowing(flags), target);
  return SUCCESS;
}

/** `path_readlink(fd, path, buf, buf_len) -> size`: what does not fit is cut. */
export function pathReadlink(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  path: number,
  pathLength: number,
  buffer: number,
  bufferLength: number,
  result: number,
): number {
  const directory = state.descriptors.directory(fd, RIGHT.PATH_READLINK);
  const into = memory.bytes(buffer, bufferLength);
  memory.insist(result, 4);
  const target = files.readLink(directory, memory.path(path, pathLength));
  const bytes = new TextEncoder().encode(target).subarray(0, into.length);
  into.set(bytes);
  memory.setU32(result, bytes.length);
  return SUCCESS;
}

/** `path_remove_directory(fd, path) -> ()`. */
export function pathRemoveDirectory(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  path: number,
  pathLength: number,
): number {
  const rights = RIGHT.PATH_REMOVE_DIRECTORY;
  const directory = state.descriptors.directory(fd, rights);
  files.removeDirectory(directory, memory.path(path, pathLength));
  return SUCCESS;
}

/** `path_rename(fd, old_path, new_fd, new_path) -> ()`. */
export function pathRename(
  state: Wasip1State,
  memory: GuestMemory,
  oldFd: number,
  oldPath: number,
  oldPathLength: number,
  newFd: number,
  newPath: number,
  newPathLength: number,
): number {
  const source = {
    directory: state.descriptors.directory(oldFd, RIGHT.PATH_RENAME_SOURCE),
    path: memory.path(oldPath, oldPathLength),
  };
  const target = {
    directory: state.descriptors.directory(newFd, RIGHT.PATH_RENAME_TARGET),
    path: memory.path(newPath, newPathLength),
  };
  files.rename(source, target);
  return SUCCESS;
}

/** `path_symlink(old_path, fd, new_path) -> ()`. Waits for whoever makes it. */
export function pathSymlink(
  state: Wasip1State,
  memory: GuestMemory,
  oldPath: number,
  oldPathLength: number,
  fd: number,
  newPath: number,
  newPathLength: number,
): number | Promise<number> {
  const directory = state.descriptors.directory(fd, RIGHT.PATH_SYMLINK);
  const target = memory.path(oldPath, oldPathLength);
  const path = memory.path(newPath, newPathLength);
  const { makeLink } = state.options;
  const made = files.symlink(directory, target, path, makeLink);
  return made instanceof Promise ? made.then(() => SUCCESS) : SUCCESS;
}

/** `path_unlink_file(fd, path) -> ()`. */
export function pathUnlinkFile(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  path: number,
  pathLength: number,
): number {
  const directory = state.descriptors.directory(fd, RIGHT.PATH_UNLINK_FILE);
  files.unlinkFile(directory, memory.path(path, pathLength));
  return SUCCESS;
}
