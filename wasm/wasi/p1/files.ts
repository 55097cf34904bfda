/**
 * Calls on open files, but for reading and writing.
 *
 * @module
 */

import { fdatasyncSync, fsyncSync, ftruncateSync } from "node:fs";

import { WasiError } from "../errors.ts";
import {
  setTimesOfDirectory,
  setTimesOfFile,
  syncDirectory,
} from "../files/changes.ts";
import {
  type Filestat,
  filestatOfFile,
  type FileType,
} from "../files/filestat.ts";
import { statAt } from "../files/paths.ts";
import { insistOffset } from "../files/transfer.ts";
import { RIGHT, SUCCESS, WHENCE } from "./abi.ts";
import type { DirectoryDescriptor, FileDescriptor } from "./descriptor.ts";
import { NO_ATTRIBUTES, storeFilestat } from "./filestat.ts";
import type { GuestMemory } from "./memory.ts";
import type { Wasip1State } from "./state.ts";
import { newTimes } from "./times.ts";

const ADVICE_MAX = 5;

/** `fd_advise(fd, offset, len, advice) -> ()`. Advice is checked, and not taken. */
export function fdAdvise(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
  offset: bigint,
  length: bigint,
  advice: number,
): number {
  const descriptor = state.descriptors.get(fd, RIGHT.FD_ADVISE);
  if (descriptor.type === "directory") throw new WasiError("EBADF");
  if (advice >>> 0 > ADVICE_MAX || offset < 0n || length < 0n) {
    throw new WasiError("EINVAL");
  }
  return SUCCESS;
}

/**
 * `fd_allocate(fd, offset, len) -> ()`. Makes the file long enough, and leaves
 * holes: Deno cannot reserve room on the disk.
 */
export function fdAllocate(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
  offset: bigint,
  length: bigint,
): number {
  const file = changeable(state, fd, RIGHT.FD_ALLOCATE);
  if (length === 0n) throw new WasiError("EINVAL");
  const end = insistOffset(offset) + insistOffset(length);
  if (end > Number.MAX_SAFE_INTEGER) throw new WasiError("EFBIG");
  if (end > filestatOfFile(file.hostFd).size) ftruncateSync(file.hostFd, end);
  return SUCCESS;
}

function changeable(
  state: Wasip1State,
  fd: number,
  rights: number,
): FileDescriptor {
  const file = state.descriptors.file(fd, rights);
  if (file.readOnly) throw new WasiError("EROFS");
  return file;
}

/** `fd_datasync(fd) -> ()`. */
export function fdDatasync(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
): number {
  const { hostFd } = state.descriptors.file(fd, RIGHT.FD_DATASYNC);
  fdatasyncSync(hostFd);
  return SUCCESS;
}

/** `fd_sync(fd) -> ()`. Of a directory too: then its names are on the disk. */
export function fdSync(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
): number {
  const descriptor = state.descriptors.get(fd, RIGHT.FD_SYNC);
  if (descriptor.type === "file") fsyncSync(descriptor.hostFd);
  else if (descriptor.type === "directory") syncDirectory(descriptor);
  return SUCCESS;
}

/** `fd_filestat_get(fd) -> filestat`. */
export function fdFilestatGet(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  result: number,
): number {
  const descriptor = state.descriptors.get(fd, RIGHT.FD_FILESTAT_GET);
  const filestat = descriptor.type === "stream"
    ? { type: streamType(state), ...NO_ATTRIBUTES }
    : filestatOf(descriptor);
  storeFilestat(memory, result, filestat);
  return SUCCESS;
}

/** The file type of a standard stream. Libraries take a character device for a terminal. */
export function streamType({ options }: Wasip1State): FileType {
  const { isTerminal = false } = options.stdio;
  return isTerminal ? "character-device" : "unknown";
}

function filestatOf(
  descriptor: FileDescriptor | DirectoryDescriptor,
): Filestat {
  if (descriptor.type === "file") return filestatOfFile(descriptor.hostFd);
  return statAt(descriptor, ".", true);
}

/** `fd_filestat_set_size(fd, size) -> ()`. */
export function fdFilestatSetSize(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
  size: bigint,
): number {
  const file = changeable(state, fd, RIGHT.FD_FILESTAT_SET_SIZE);
  ftruncateSync(file.hostFd, insistOffset(size));
  return SUCCESS;
}

/** `fd_filestat_set_times(fd, atim, mtim, fstflags) -> ()`. */
export function fdFilestatSetTimes(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
  atime: bigint,
  mtime: bigint,
  which: number,
): number {
  const times = newTimes(state, atime, mtime, which);
  const rights = RIGHT.FD_FILESTAT_SET_TIMES;
  const descriptor = state.descriptors.get(fd, rights);
  if (descriptor.type === "directory") setTimesOfDirectory(descriptor, times);
  else setTimesOfFile(changeable(state, fd, rights).hostFd, times);
  return SUCCESS;
}

/** `fd_seek(fd, offset, whence) -> filesize`. */
export function fdSeek(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  offset: bigint,
  whence: number,
  result: number,
): number {
  const file = state.descriptors.file(fd, seekRights(offset, whence));
  memory.insist(result, 8);
  file.position = insistOffset(BigInt(originOf(file, whence)) + offset);
  memory.setU64(result, BigInt(file.position));
  return SUCCESS;
}

// Asking where a file is at takes less than going elsewhere.
function seekRights(offset: bigint, whence: number): number {
  return offset === 0n && whence === WHENCE.CUR ? RIGHT.FD_TELL : RIGHT.FD_SEEK;
}

function originOf(
  { position, hostFd }: FileDescriptor,
  whence: number,
): number {
  switch (whence) {
    case WHENCE.SET:
      return 0;
    case WHENCE.CUR:
      return position;
    case WHENCE.END:
      return filestatOfFile(hostFd).size;
    default:
      throw new WasiError("EINVAL");
  }
}

/** `fd_tell(fd) -> filesize`. */
export function fdTell(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  result: number,
): number {
  const { position } = state.descriptors.file(fd, RIGHT.FD_TELL);
  memory.setU64(result, BigInt(position));
  return SUCCESS;
}
