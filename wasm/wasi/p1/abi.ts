/**
 * Numbers and layouts of `wasi_snapshot_preview1`.
 *
 * @see WASI `legacy/preview1/docs.md`, the source of every number here.
 *
 * @module
 */

import { ERRNO } from "../errno.ts";

export { ERRNO };

/** What a call returns when nothing failed. */
export const SUCCESS: number = ERRNO.SUCCESS;

/** What can be done with a descriptor: bits of a set. */
export const RIGHT = {
  FD_DATASYNC: 1 << 0,
  FD_READ: 1 << 1,
  FD_SEEK: 1 << 2,
  FD_FDSTAT_SET_FLAGS: 1 << 3,
  FD_SYNC: 1 << 4,
  FD_TELL: 1 << 5,
  FD_WRITE: 1 << 6,
  FD_ADVISE: 1 << 7,
  FD_ALLOCATE: 1 << 8,
  PATH_CREATE_DIRECTORY: 1 << 9,
  PATH_CREATE_FILE: 1 << 10,
  PATH_LINK_SOURCE: 1 << 11,
  PATH_LINK_TARGET: 1 << 12,
  PATH_OPEN: 1 << 13,
  FD_READDIR: 1 << 14,
  PATH_READLINK: 1 << 15,
  PATH_RENAME_SOURCE: 1 << 16,
  PATH_RENAME_TARGET: 1 << 17,
  PATH_FILESTAT_GET: 1 << 18,
  PATH_FILESTAT_SET_SIZE: 1 << 19,
  PATH_FILESTAT_SET_TIMES: 1 << 20,
  FD_FILESTAT_GET: 1 << 21,
  FD_FILESTAT_SET_SIZE: 1 << 22,
  FD_FILESTAT_SET_TIMES: 1 << 23,
  PATH_SYMLINK: 1 << 24,
  PATH_REMOVE_DIRECTORY: 1 << 25,
  PATH_UNLINK_FILE: 1 << 26,
  POLL_FD_READWRITE: 1 << 27,
} as const;

/** Rights that mean something for a regular file. */
export const FILE_RIGHTS: number = RIGHT.FD_DATASYNC | RIGHT.FD_READ |
  RIGHT.FD_SEEK | RIGHT.FD_FDSTAT_SET_FLAGS | RIGHT.FD_SYNC | RIGHT.FD_TELL |
  RIGHT.FD_WRITE | RIGHT.FD_ADVISE | RIGHT.FD_ALLOCATE |
  RIGHT.FD_FILESTAT_GET | RIGHT.FD_FILESTAT_SET_SIZE |
  RIGHT.FD_FILESTAT_SET_TIMES | RIGHT.POLL_FD_READWRITE;

/** Rights that mean something for a directory. */
export const DIRECTORY_RIGHTS: number = RIGHT.FD_FDSTAT_SET_FLAGS |
  RIGHT.FD_SYNC | RIGHT.FD_ADVISE | RIGHT.PATH_CREATE_DIRECTORY |
  RIGHT.PATH_CREATE_FILE | RIGHT.PATH_LINK_SOURCE | RIGHT.PATH_LINK_TARGET |
  RIGHT.PATH_OPEN | RIGHT.FD_READDIR | RIGHT.PATH_READLINK |
  RIGHT.PATH_RENAME_SOURCE | RIGHT.PATH_RENAME_TARGET |
  RIGHT.PATH_FILESTAT_GET | RIGHT.PATH_FILESTAT_SET_SIZE |
  RIGHT.PATH_FILESTAT_SET_TIMES | RIGHT.FD_FILESTAT_GET |
  RIGHT.FD_FILESTAT_SET_TIMES | RIGHT.PATH_SYMLINK |
  RIGHT.PATH_UNLINK_FILE | RIGHT.PATH_REMOVE_DIRECTORY |
  RIGHT.POLL_FD_READWRITE;

/** What a descriptor or an entry of a directory is. */
export const FILETYPE = {
  UNKNOWN: 0,
  BLOCK_DEVICE: 1,
  CHARACTER_DEVICE: 2,
  DIRECTORY: 3,
  REGULAR_FILE: 4,
  SOCKET_STREAM: 6,
  SYMBOLIC_LINK: 7,
} as const;

/** Flags of a descriptor: bits of a set. */
export const FDFLAG = {
  APPEND: 1,
  DSYNC: 2,
  NONBLOCK: 4,
  RSYNC: 8,
  SYNC: 16,
} as const;

/** What `path_open` does besides opening: bits of a set. */
export const OFLAG = { CREAT: 1, DIRECTORY: 2, EXCL: 4, TRUNC: 8 } as const;

/** Whether the last name of a path is followed when it is a symbolic link. */
export const LOOKUP_SYMLINK_FOLLOW = 1;

/** Which times are set, and to what: bits of a set. */
export const FSTFLAG = { ATIM: 1, ATIM_NOW: 2, MTIM: 4, MTIM_NOW: 8 } as const;

/** From where `fd_seek` counts. */
export const WHENCE = { SET: 0, CUR: 1, END: 2 } as const;

/** Clocks; the two of CPU time, 2 and 3, are not supported. */
export const CLOCK = { REALTIME: 0, MONOTONIC: 1 } as const;

/** What a subscription waits for, and what an event reports. */
export const EVENTTYPE = { CLOCK: 0, FD_READ: 1, FD_WRITE: 2 } as const;

/** The timeout of a clock subscription is an instant, not a span. */
export const SUBCLOCK_ABSTIME = 1;

/** `iovec` and `ciovec`: `buf u32 @0, buf_len u32 @4`. */
export const IOVEC_BYTES = 8;

/** `fdstat`: `filetype u8 @0, flags u16 @2, base u64 @8, inheriting u64 @16`. */
export const FDSTAT_BYTES = 24;

/** `filestat`: eight fields, all u64 but `filetype u8 @16`. */
export const FILESTAT_BYTES = 64;

/** `dirent`: `next u64 @0, ino u64 @8, namlen u32 @16, type u8 @20`; the name follows. */
export const DIRENT_BYTES = 24;

/** `prestat`: `tag u8 @0, name_len u32 @4`. */
export const PRESTAT_BYTES = 8;

/**
 * `subscription`: `userdata u64 @0, tag u8 @8`, then for a clock
 * `id u32 @16, timeout u64 @24, precision u64 @32, flags u16 @40`, else
 * `fd u32 @16`.
 */
export const SUBSCRIPTION_BYTES = 48;

/** `event`: `userdata u64 @0, error u16 @8, type u8 @10, nbytes u64 @16, flags u16 @24`. */
export const EVENT_BYTES = 32;
