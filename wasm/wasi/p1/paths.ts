/**
 * Calls on paths, but for opening.
 *
 * A preopen that denies writing answers EROFS, as POSIX has it for a file
 * system that is mounted so: libraries then tell what is wrong. Its rights say
 * what the guest may ask, which it can drop, and lead to ENOTCAPABLE.
 *
 * @module
 */

import { lutimesSync } from "node:fs";

import { FILETYPE, LOOKUP_SYMLINK_FOLLOW, RIGHT, SUCCESS } from "./abi.ts";
import type { DirectoryDescriptor } from "./descriptor.ts";
import { WasiError } from "./errors.ts";
import { storeFilestat } from "./filestat.ts";
import type { GuestMemory } from "./memory.ts";
import {
  find,
  insistInside,
  isDirectory,
  locate,
  type Place,
} from "./place.ts";
import type { Wasip1State } from "./state.ts";
import { insistOneChoice, timesOf } from "./times.ts";

/** `path_create_directory(fd, path) -> ()`. */
export function pathCreateDirectory(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  path: number,
  pathLength: number,
): number {
  const directory = writable(state, fd, RIGHT.PATH_CREATE_DIRECTORY);
  const place = locate(directory, memory.path(path, pathLength), false);
  if (place.filestat !== undefined) throw new WasiError("EEXIST");
  Deno.mkdirSync(place.host);
  return SUCCESS;
}

function writable(
  state: Wasip1State,
  fd: number,
  rights: number,
): DirectoryDescriptor {
  const directory = state.descriptors.directory(fd, rights);
  if (directory.root.readOnly) throw new WasiError("EROFS");
  return directory;
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
  const { filestat } = find(directory, guestPath, isFollowing(flags));
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
  insistOneChoice(which);
  const directory = writable(state, fd, RIGHT.PATH_FILESTAT_SET_TIMES);
  const guestPath = memory.path(path, pathLength);
  const { host, filestat } = find(directory, guestPath, isFollowing(flags));
  const wanted = { atime, mtime, which, nowMs: state.options.now() };
  lutimesSync(host, ...timesOf(filestat, wanted));
  return SUCCESS;
}

/**
 * `path_link(old_fd, old_lookupflags, old_path, new_fd, new_path) -> ()`.
 *
 * A link makes a file appear in another preopen, with what that one allows, so
 * both must allow writing.
 */
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
  const from = writable(state, oldFd, RIGHT.PATH_LINK_SOURCE);
  const to = writable(state, newFd, RIGHT.PATH_LINK_TARGET);
  const source = memory.path(oldPath, oldPathLength);
  const { host } = find(from, source, isFollowing(flags));
  const place = locate(to, memory.path(newPath, newPathLength), false);
  insistNew(place);
  Deno.linkSync(host, place.host);
  return SUCCESS;
}

function insistNew(place: Place): void {
  if (place.filestat !== undefined) throw new WasiError("EEXIST");
  if (place.mustBeDirectory) throw new WasiError("ENOENT");
}

/**
 * `path_readlink(fd, path, buf, buf_len) -> size`: what does not fit is cut.
 * An absolute target names a path of the host, so it is not told.
 */
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
  const place = find(directory, memory.path(path, pathLength), false);
  if (place.filestat.type !== FILETYPE.SYMBOLIC_LINK) {
    throw new WasiError("EINVAL");
  }
  const target = Deno.readLinkSync(place.host);
  if (target.startsWith("/")) throw new WasiError("ENOTCAPABLE");
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
  const directory = writable(state, fd, RIGHT.PATH_REMOVE_DIRECTORY);
  const place = find(directory, memory.path(path, pathLength), false);
  if (place.isDot) throw new WasiError("EINVAL");
  if (!isDirectory(place.filestat)) throw new WasiError("ENOTDIR");
  Deno.removeSync(place.host);
  return SUCCESS;
}

/** `path_rename(fd, old_path, new_fd, new_path) -> ()`. */
export function pathRename(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  oldPath: number,
  oldPathLength: number,
  newFd: number,
  newPath: number,
  newPathLength: number,
): number {
  const from = writable(state, fd, RIGHT.PATH_RENAME_SOURCE);
  const to = writable(state, newFd, RIGHT.PATH_RENAME_TARGET);
  const source = locate(from, memory.path(oldPath, oldPathLength), false);
  const target = locate(to, memory.path(newPath, newPathLength), false);
  if (source.filestat === undefined) throw new WasiError("ENOENT");
  if (source.isDot || target.isDot) throw new WasiError("EINVAL");
  const mustBeDirectory = source.mustBeDirectory || target.mustBeDirectory;
  if (mustBeDirectory && !isDirectory(source.filestat)) {
    throw new WasiError("ENOTDIR");
  }
  Deno.renameSync(source.host, target.host);
  return SUCCESS;
}

/**
 * `path_symlink(old_path, fd, new_path) -> ()`.
 *
 * ENOTCAPABLE where the Worker's permissions are limited to paths: Deno does
 * not make links then.
 */
export function pathSymlink(
  state: Wasip1State,
  memory: GuestMemory,
  oldPath: number,
  oldPathLength: number,
  fd: number,
  newPath: number,
  newPathLength: number,
): number {
  const directory = writable(state, fd, RIGHT.PATH_SYMLINK);
  const target = memory.path(oldPath, oldPathLength);
  const place = locate(directory, memory.path(newPath, newPathLength), false);
  if (target === "") throw new WasiError("ENOENT");
  insistInside(place.names.slice(0, -1), target);
  insistNew(place);
  Deno.symlinkSync(target, place.host);
  return SUCCESS;
}

/** `path_unlink_file(fd, path) -> ()`. */
export function pathUnlinkFile(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  path: number,
  pathLength: number,
): number {
  const directory = writable(state, fd, RIGHT.PATH_UNLINK_FILE);
  const place = find(directory, memory.path(path, pathLength), false);
  if (isDirectory(place.filestat)) throw new WasiError("EISDIR");
  Deno.removeSync(place.host);
  return SUCCESS;
}
