/**
 * Attributes of files, as preview 1 has them.
 *
 * @module
 */

import {
  type Filestat,
  type FileType,
  nanoseconds,
} from "../files/filestat.ts";
import { FILESTAT_BYTES, FILETYPE } from "./abi.ts";
import type { GuestMemory } from "./memory.ts";

/** What a standard stream has of attributes. */
export const NO_ATTRIBUTES: Omit<Filestat, "type"> = {
  dev: 0,
  ino: 0,
  nlink: 1,
  size: 0,
  atimeMs: 0,
  mtimeMs: 0,
  ctimeMs: 0,
};

const FILETYPES: Readonly<Record<FileType, number>> = {
  "unknown": FILETYPE.UNKNOWN,
  "block-device": FILETYPE.BLOCK_DEVICE,
  "character-device": FILETYPE.CHARACTER_DEVICE,
  "directory": FILETYPE.DIRECTORY,
  "symbolic-link": FILETYPE.SYMBOLIC_LINK,
  "regular-file": FILETYPE.REGULAR_FILE,
  "socket": FILETYPE.SOCKET_STREAM,
};

/** The number of a type. */
export function filetypeOf(type: FileType): number {
  return FILETYPES[type];
}

/** Stores a `filestat`. */
export function storeFilestat(
  memory: GuestMemory,
  pointer: number,
  filestat: Filestat,
): void {
  const at = memory.insist(pointer, FILESTAT_BYTES);
  memory.setU64(at, BigInt(filestat.dev));
  memory.setU64(at + 8, BigInt(filestat.ino));
  memory.setU64(at + 16, BigInt(filetypeOf(filestat.type)));
  memory.setU64(at + 24, BigInt(filestat.nlink));
  memory.setU64(at + 32, BigInt(filestat.size));
  memory.setU64(at + 40, nanoseconds(filestat.atimeMs));
  memory.setU64(at + 48, nanoseconds(filestat.mtimeMs));
  memory.setU64(at + 56, nanoseconds(filestat.ctimeMs));
}
