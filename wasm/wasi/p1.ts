/**
 * WASI preview 1 for core modules that run as processes, on Deno.
 *
 * @module
 */

import * as descriptors from "./p1/descriptors.ts";
import { errnoOf, ProcessExit } from "./errors.ts";
import * as files from "./p1/files.ts";
import { GuestMemory } from "./p1/memory.ts";
import { pathOpen } from "./p1/open.ts";
import * as paths from "./p1/paths.ts";
import { pollOneoff } from "./p1/poll.ts";
import * as process from "./p1/process.ts";
import { fdReaddir } from "./p1/readdir.ts";
import { noSocket } from "./p1/sockets.ts";
import type { Wasip1State } from "./p1/state.ts";
import * as transfer from "./p1/transfer.ts";

export { ProcessExit } from "./errors.ts";
export type {
  WasiReader as Wasip1Reader,
  WasiStdio as Wasip1Stdio,
  WasiWriter as Wasip1Writer,
} from "./options.ts";
export { GuestMemory } from "./p1/memory.ts";
export { type Wasip1Options, Wasip1State } from "./p1/state.ts";

/** The module name under which guests import preview 1. */
export const WASIP1_MODULE = "wasi_snapshot_preview1";

/** An instance, as the host functions that are linked to it see it. */
export interface Wasip1Caller {
  /** The process that runs in the instance now. The host sets it before each run. */
  current: Wasip1State;
  /** The bytes of the instance's memory as it is now: another buffer after it grew. */
  memory(): ArrayBuffer;
}

/** The host functions of one instance. */
export interface Wasip1Imports {
  /** All 46 functions, by name. */
  readonly functions: Readonly<Record<string, Wasip1Function>>;
  /** Names of those that may return a promise: whoever links them makes them suspend their caller. */
  readonly suspending: ReadonlySet<string>;
}

/** A host function, as Wasm calls it. */
export type Wasip1Function = (
  ...args: (number | bigint)[]
) => number | Promise<number>;

// The parameters are those of the Wasm type, which the engine checks when it
// links: i32 as number, i64 as bigint.
type Handler = (
  state: Wasip1State,
  memory: GuestMemory,
  ...args: never[]
) => number | Promise<number>;

const HANDLERS: Readonly<Record<string, Handler>> = {
  args_get: process.argsGet,
  args_sizes_get: process.argsSizesGet,
  clock_res_get: process.clockResGet,
  clock_time_get: process.clockTimeGet,
  environ_get: process.environGet,
  environ_sizes_get: process.environSizesGet,
  fd_advise: files.fdAdvise,
  fd_allocate: files.fdAllocate,
  fd_close: descriptors.fdClose,
  fd_datasync: files.fdDatasync,
  fd_fdstat_get: descriptors.fdFdstatGet,
  fd_fdstat_set_flags: descriptors.fdFdstatSetFlags,
  fd_fdstat_set_rights: descriptors.fdFdstatSetRights,
  fd_filestat_get: files.fdFilestatGet,
  fd_filestat_set_size: files.fdFilestatSetSize,
  fd_filestat_set_times: files.fdFilestatSetTimes,
  fd_pread: transfer.fdPread,
  fd_prestat_dir_name: descriptors.fdPrestatDirName,
  fd_prestat_get: descriptors.fdPrestatGet,
  fd_pwrite: transfer.fdPwrite,
  fd_read: transfer.fdRead,
  fd_readdir: fdReaddir,
  fd_renumber: descriptors.fdRenumber,
  fd_seek: files.fdSeek,
  fd_sync: files.fdSync,
  fd_tell: files.fdTell,
  fd_write: transfer.fdWrite,
  path_create_directory: paths.pathCreateDirectory,
  path_filestat_get: paths.pathFilestatGet,
  path_filestat_set_times: paths.pathFilestatSetTimes,
  path_link: paths.pathLink,
  path_open: pathOpen,
  path_readlink: paths.pathReadlink,
  path_remove_directory: paths.pathRemoveDirectory,
  path_rename: paths.pathRename,
  path_symlink: paths.pathSymlink,
  path_unlink_file: paths.pathUnlinkFile,
  poll_oneoff: pollOneoff,
  proc_exit: process.procExit,
  proc_raise: process.procRaise,
  random_get: process.randomGet,
  sched_yield: process.schedYield,
  sock_accept: noSocket,
  sock_recv: noSocket,
  sock_send: noSocket,
  sock_shutdown: noSocket,
};

/** A host function that any instance can call: it is told for which process, and in which memory. */
export type Wasip1Call = (
  state: Wasip1State,
  memory: GuestMemory,
  ...args: never[]
) => number | Promise<number>;

/** All 46 functions, by name; see {@linkcode wasip1Imports}. */
export const WASIP1_CALLS: Readonly<Record<string, Wasip1Call>> = Object
  .fromEntries(
    Object.entries(HANDLERS).map((
      [name, handler],
    ) => [name, answering(handler)]),
  );

/** Names of the functions that may return a promise: whoever links them makes them suspend their caller. */
export const WASIP1_SUSPENDING: ReadonlySet<string> = new Set([
  "fd_read",
  "path_symlink",
  "poll_oneoff",
  "sock_accept",
  "sock_recv",
  "sock_send",
]);

/**
 * Makes the host functions of preview 1 for one instance.
 *
 * They keep nothing of a process, so that an instance can run many processes,
 * one after the other: what they know of it they find in `caller.current` at
 * each call. They answer a guest's mistakes with an error number and throw only
 * what ends the process: {@linkcode ProcessExit}, and the reason of a kill.
 *
 * A module can catch what an import throws. After an exit every call therefore
 * throws it again.
 *
 * @example A process that says hello
 * ```ts
 * import { wasip1Imports, Wasip1State } from "./p1.ts";
 * import { BUILT_IN_PROFILES } from "../capability.ts";
 * import { strictEqual } from "node:assert";
 *
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * const said: string[] = [];
 * const log = {
 *   write: (bytes: Uint8Array) => void said.push(new TextDecoder().decode(bytes)),
 * };
 * const state = new Wasip1State({
 *   args: ["hello"],
 *   env: new Map(),
 *   capability: BUILT_IN_PROFILES.get("sandboxed")!,
 *   stdio: {
 *     stdin: { read: () => Promise.resolve(null) },
 *     stdout: log,
 *     stderr: log,
 *   },
 *   now: Date.now,
 *   monotonic: () => performance.now(),
 *   random: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
 *   signal: new AbortController().signal,
 * });
 * const { functions } = wasip1Imports({
 *   current: state,
 *   memory: () => memory.buffer as ArrayBuffer,
 * });
 *
 * // What the guest does: a ciovec at 0 says that 5 bytes are at 16.
 * new Uint32Array(memory.buffer, 0, 2).set([16, 5]);
 * new TextEncoder().encodeInto("hello", new Uint8Array(memory.buffer, 16));
 * strictEqual(functions.fd_write!(1, 0, 1, 8), 0);
 * strictEqual(said.join(""), "hello");
 * state.close();
 * ```
 */
export function wasip1Imports(caller: Wasip1Caller): Wasip1Imports {
  const memory = new GuestMemory(() => caller.memory());
  const functions = Object.entries(WASIP1_CALLS).map(([name, call]) => {
    const bound: Wasip1Function = (...args) =>
      call(caller.current, memory, ...args as never[]);
    return [name, bound] as const;
  });
  return {
    functions: Object.fromEntries(functions),
    suspending: WASIP1_SUSPENDING,
  };
}

function answering(handler: Handler): Wasip1Call {
  return (state, memory, ...args) => {
    if (state.exitCode !== undefined) throw new ProcessExit(state.exitCode);
    try {
      const answer = handler(state, memory, ...args);
      if (typeof answer === "number") return answer;
      return answer.catch((error) => errnoUnlessKilled(state, error));
    } catch (error) {
      return errnoUnlessKilled(state, error);
    }
  };
}

// The reason of a kill is anything, also what looks like an error of the system.
function errnoUnlessKilled({ options }: Wasip1State, error: unknown): number {
  options.signal.throwIfAborted();
  return errnoOf(error);
}
