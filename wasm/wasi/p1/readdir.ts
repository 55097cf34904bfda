/**
 * Listing directories.
 *
 * @module
 */

import { WasiError } from "../errors.ts";
import { type Filestat, filestatOfPath } from "../files/filestat.ts";
import { DIRECTORY_ENTRIES_MAX } from "../files/limits.ts";
import { find } from "../files/place.ts";
import { DIRENT_BYTES, RIGHT, SUCCESS } from "./abi.ts";
import type { DirectoryDescriptor, Entry } from "./descriptor.ts";
import { filetypeOf } from "./filestat.ts";
import type { GuestMemory } from "./memory.ts";
import type { Wasip1State } from "./state.ts";

/**
 * `fd_readdir(fd, buf, buf_len, cookie) -> size`.
 *
 * The first call, with cookie 0, takes down the whole directory; the others go
 * on in what was taken down, so that a guest may remove what it has seen. It is
 * forgotten once the guest has had its end. An entry that does not fit is cut,
 * and the buffer is then full.
 *
 * Shape: `.`, `..`, then the others in the order of the host, but for those
 * whose name is not UTF-8: Deno has no path for them. A cookie is the index of
 * the next entry.
 */
export function fdReaddir(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  buffer: number,
  bufferLength: number,
  cookie: bigint,
  result: number,
): number {
  const directory = state.descriptors.directory(fd, RIGHT.FD_READDIR);
  const into = memory.bytes(buffer, bufferLength);
  memory.insist(result, 4);
  const entries = listingOf(state, directory, cookie);
  const start = Math.min(Number(BigInt.asUintN(64, cookie)), entries.length);
  const size = fill(into, entries, start);
  if (size < into.length) directory.listing = undefined;
  memory.setU32(result, size);
  return SUCCESS;
}

function listingOf(
  state: Wasip1State,
  directory: DirectoryDescriptor,
  cookie: bigint,
): readonly Entry[] {
  if (cookie === 0n) directory.listing = undefined;
  directory.listing ??= list(state, directory);
  return directory.listing;
}

function list(state: Wasip1State, directory: DirectoryDescriptor): Entry[] {
  const { host, filestat } = find(directory, ".", true);
  const left = DIRECTORY_ENTRIES_MAX - state.descriptors.entriesUnderWay;
  // What lies above the directory is none of the guest's business.
  const above = { ...filestat, ino: 0 };
  const entries = [entryOf(".", filestat), entryOf("..", above)];
  for (const { name } of Deno.readDirSync(host)) {
    if (entries.length >= left) throw new WasiError("ENOMEM");
    const found = filestatOfPath(`${host === "/" ? "" : host}/${name}`);
    // It may be gone by now.
    if (found !== undefined) entries.push(entryOf(name, found));
  }
  return entries;
}

function entryOf(name: string, { type, ino }: Filestat): Entry {
  return { name: new TextEncoder().encode(name), type, ino: BigInt(ino) };
}

function fill(
  into: Uint8Array,
  entries: readonly Entry[],
  start: number,
): number {
  let size = 0;
  for (let index = start; index < entries.length; index++) {
    if (size === into.length) break;
    const bytes = dirent(entries[index]!, index + 1);
    const fitting = bytes.subarray(0, into.length - size);
    into.set(fitting, size);
    size += fitting.length;
  }
  return size;
}

function dirent({ name, type, ino }: Entry, next: number): Uint8Array {
  const bytes = new Uint8Array(DIRENT_BYTES + name.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(next), true);
  view.setBigUint64(8, ino, true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, filetypeOf(type));
  bytes.set(name, DIRENT_BYTES);
  return bytes;
}
