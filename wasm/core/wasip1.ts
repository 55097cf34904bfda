/**
 * The import module `wasi_snapshot_preview1`, for processes.
 *
 * @module
 */

import {
  WASIP1_CALLS,
  WASIP1_MODULE,
  WASIP1_SUSPENDING,
  type Wasip1Call,
} from "../wasi/p1.ts";
import type { HostModule } from "./host_modules.ts";
import type { HostFunction } from "./slot.ts";

export { WASIP1_MODULE };

const I32 = Array<"i32">(9).fill("i32");

// Those that take nothing but 32-bit integers, and how many.
// deno-fmt-ignore
const NARROW = {
  args_get: 2, args_sizes_get: 2, clock_res_get: 2, environ_get: 2, environ_sizes_get: 2,
  fd_close: 1, fd_datasync: 1, fd_fdstat_get: 2, fd_fdstat_set_flags: 2, fd_filestat_get: 2,
  fd_prestat_dir_name: 3, fd_prestat_get: 2, fd_read: 4, fd_renumber: 2, fd_sync: 1, fd_tell: 2,
  fd_write: 4, path_create_directory: 3, path_filestat_get: 5, path_link: 7, path_readlink: 6,
  path_remove_directory: 3, path_rename: 6, path_symlink: 5, path_unlink_file: 3, poll_oneoff: 4,
  proc_raise: 1, random_get: 2, sched_yield: 0, sock_accept: 3, sock_recv: 6, sock_send: 5,
  sock_shutdown: 2,
} as const;

const WIDE = {
  clock_time_get: "(i32, i64, i32) -> i32",
  fd_advise: "(i32, i64, i64, i32) -> i32",
  fd_allocate: "(i32, i64, i64) -> i32",
  fd_fdstat_set_rights: "(i32, i64, i64) -> i32",
  fd_filestat_set_size: "(i32, i64) -> i32",
  fd_filestat_set_times: "(i32, i64, i64, i32) -> i32",
  fd_pread: "(i32, i32, i32, i64, i32) -> i32",
  fd_pwrite: "(i32, i32, i32, i64, i32) -> i32",
  fd_readdir: "(i32, i32, i32, i64, i32) -> i32",
  fd_seek: "(i32, i64, i32, i32) -> i32",
  path_filestat_set_times: "(i32, i32, i32, i32, i64, i64, i32) -> i32",
  path_open: "(i32, i32, i32, i32, i32, i64, i64, i32, i32) -> i32",
  proc_exit: "(i32) -> ()",
} as const;

function narrowTypes(): Record<string, string> {
  const types = Object.entries(NARROW).map(([name, count]) => [
    name,
    `(${I32.slice(0, count).join(", ")}) -> i32`,
  ]);
  return Object.fromEntries(types);
}

function functionOf(name: string, call: Wasip1Call): HostFunction {
  const host: HostFunction = (slot, ...args) =>
    call(slot.guest.wasip1, slot.wasip1Memory, ...args);
  if (!WASIP1_SUSPENDING.has(name)) return host;
  return (slot, ...args) => {
    const errno = host(slot, ...args);
    return errno instanceof Promise ? slot.guest.wait(errno) : errno;
  };
}

/** The module. */
export const WASIP1: HostModule = {
  functions: Object.fromEntries(
    Object.entries(WASIP1_CALLS).map((
      [name, call],
    ) => [name, functionOf(name, call)]),
  ),
  suspending: WASIP1_SUSPENDING,
  types: { ...narrowTypes(), ...WIDE },
};
