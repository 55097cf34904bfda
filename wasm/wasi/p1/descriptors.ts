/**
 * Calls on descriptors, whatever they stand for.
 *
 * @module
 */

import { closeSync } from "node:fs";

import { WasiError } from "../errors.ts";
import type { FileType } from "../files/filestat.ts";
import { openAgain } from "../files/open.ts";
import { FDFLAG, FDSTAT_BYTES, PRESTAT_BYTES, RIGHT, SUCCESS } from "./abi.ts";
import type { Descriptor, FileDescriptor } from "./descriptor.ts";
import { streamType } from "./files.ts";
import { filetypeOf } from "./filestat.ts";
import type { GuestMemory } from "./memory.ts";
import { rightsOf } from "./open.ts";
import type { Wasip1State } from "./state.ts";

const FDFLAGS = FDFLAG.APPEND | FDFLAG.DSYNC | FDFLAG.NONBLOCK | FDFLAG.RSYNC |
  FDFLAG.SYNC;
const FIXED_FDFLAGS = FDFLAG.DSYNC | FDFLAG.RSYNC | FDFLAG.SYNC;

/** `fd_close(fd) -> ()`. */
export function fdClose(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
): number {
  state.descriptors.close(fd);
  return SUCCESS;
}

/** `fd_fdstat_get(fd) -> fdstat`. */
export function fdFdstatGet(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  result: number,
): number {
  const descriptor = state.descriptors.get(fd);
  const at = memory.insist(result, FDSTAT_BYTES);
  memory.setU16(at, filetypeOf(typeOf(state, descriptor)));
  memory.setU16(at + 2, descriptor.flags);
  memory.setU32(at + 4, 0);
  memory.setU64(at + 8, BigInt(descriptor.rights));
  memory.setU64(at + 16, BigInt(descriptor.inheriting));
  return SUCCESS;
}

function typeOf(state: Wasip1State, descriptor: Descriptor): FileType {
  switch (descriptor.type) {
    case "directory":
      return "directory";
    case "file":
      return "regular-file";
    case "stream":
      return streamType(state);
  }
}

/**
 * `fd_fdstat_set_flags(fd, flags) -> ()`.
 *
 * ENOTSUP when it should begin or cease to write through: the host's descriptor
 * keeps the flags it was opened with. A file that ceases to append is opened
 * again, so it must still have its name: else ENOENT, or EAGAIN when another
 * has it. One that begins to append later looks for its end at each write: what
 * others append between the look and the write is overwritten.
 */
export function fdFdstatSetFlags(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
  flags: number,
): number {
  const descriptor = state.descriptors.get(fd, RIGHT.FD_FDSTAT_SET_FLAGS);
  if ((flags & ~FDFLAGS) !== 0) throw new WasiError("EINVAL");
  const changed = descriptor.flags ^ flags;
  if ((changed & FIXED_FDFLAGS) !== 0) throw new WasiError("ENOTSUP");
  const mayAppend = (flags & FDFLAG.APPEND) !== 0;
  if (descriptor.type === "file" && !mayAppend) ceaseToAppend(descriptor);
  descriptor.flags = flags;
  return SUCCESS;
}

function ceaseToAppend(file: FileDescriptor): void {
  if (!file.isHostAppending) return;
  const appending = file.hostFd;
  file.hostFd = openAgain(appending, file.origin);
  file.isHostAppending = false;
  closeSync(appending);
}

/** `fd_fdstat_set_rights(fd, base, inheriting) -> ()`. Rights can only be dropped. */
export function fdFdstatSetRights(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
  base: bigint,
  inheriting: bigint,
): number {
  const descriptor = state.descriptors.get(fd);
  const rights = rightsOf(base);
  const passedOn = rightsOf(inheriting);
  const gained = (rights & ~descriptor.rights) |
    (passedOn & ~descriptor.inheriting);
  if (gained !== 0) throw new WasiError("ENOTCAPABLE");
  descriptor.rights = rights;
  descriptor.inheriting = passedOn;
  return SUCCESS;
}

/** `fd_prestat_get(fd) -> prestat`. */
export function fdPrestatGet(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  result: number,
): number {
  const path = preopenPath(state, fd);
  const at = memory.insist(result, PRESTAT_BYTES);
  memory.setU32(at, 0);
  memory.setU32(at + 4, path.length);
  return SUCCESS;
}

function preopenPath(state: Wasip1State, fd: number): Uint8Array {
  const descriptor = state.descriptors.get(fd);
  const isPreopen = descriptor.type === "directory" &&
    descriptor.preopenPath !== undefined;
  if (!isPreopen) throw new WasiError("EINVAL");
  return new TextEncoder().encode(descriptor.preopenPath);
}

/** `fd_prestat_dir_name(fd, path, path_len) -> ()`. @throws {WasiError} ENAMETOOLONG, it does not fit. */
export function fdPrestatDirName(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  path: number,
  pathLength: number,
): number {
  const name = preopenPath(state, fd);
  if (pathLength >>> 0 < name.length) throw new WasiError("ENAMETOOLONG");
  memory.bytes(path, name.length).set(name);
  return SUCCESS;
}

/** `fd_renumber(fd, to) -> ()`. */
export function fdRenumber(
  state: Wasip1State,
  _memory: GuestMemory,
  from: number,
  to: number,
): number {
  state.descriptors.renumber(from, to);
  return SUCCESS;
}
