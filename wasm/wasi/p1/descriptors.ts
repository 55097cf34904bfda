/**
 * Calls on descriptors, whatever they stand for.
 *
 * @module
 */

import { WasiError } from "../errors.ts";
import type { FileType } from "../files/filestat.ts";
import { FDFLAG, FDSTAT_BYTES, PRESTAT_BYTES, RIGHT, SUCCESS } from "./abi.ts";
import type { Descriptor } from "./descriptor.ts";
import { streamType } from "./files.ts";
import { filetypeOf } from "./filestat.ts";
import type { GuestMemory } from "./memory.ts";
import { rightsOf } from "./open.ts";
import type { Wasip1State } from "./state.ts";

const FDFLAGS = FDFLAG.APPEND | FDFLAG.DSYNC | FDFLAG.NONBLOCK | FDFLAG.RSYNC |
  FDFLAG.SYNC;

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
 * The host's descriptor keeps the flags it was opened with: ENOTSUP when it
 * should begin or cease to write through, or cease to append. A file that
 * begins to append later looks for its end at each write.
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
  const isAppending = descriptor.type === "file" && descriptor.isHostAppending;
  const fixed = FDFLAG.DSYNC | FDFLAG.RSYNC | FDFLAG.SYNC |
    (isAppending ? FDFLAG.APPEND : 0);
  if ((changed & fixed) !== 0) throw new WasiError("ENOTSUP");
  descriptor.flags = flags;
  return SUCCESS;
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
