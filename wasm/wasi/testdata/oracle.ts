/**
 * Calls of preview 1 on a directory, for hosts that should answer them alike.
 *
 * @module
 */

import fc from "fast-check";

import { FDFLAG, FSTFLAG, OFLAG, RIGHT } from "../p1/abi.ts";
import type { ProbeCall } from "./probe.ts";

const READ = RIGHT.FD_READ | RIGHT.FD_SEEK | RIGHT.FD_TELL |
  RIGHT.FD_FILESTAT_GET;
const READ_WRITE = READ | RIGHT.FD_WRITE | RIGHT.FD_ALLOCATE |
  RIGHT.FD_FILESTAT_SET_SIZE | RIGHT.FD_FILESTAT_SET_TIMES |
  RIGHT.FD_FDSTAT_SET_FLAGS | RIGHT.FD_SYNC | RIGHT.FD_DATASYNC |
  RIGHT.FD_ADVISE;
const ALL = (1 << 28) - 1;

function open(
  path: string,
  oflags: number,
  rights = READ_WRITE,
  { lookup = 1, flags = 0, fd = 3, inheriting = 0 } = {},
): ProbeCall {
  const out = { out: 4 };
  const base = `${rights}n`;
  // deno-fmt-ignore
  return ["path_open", fd, lookup, { path }, oflags, base, `${inheriting}n`, flags, out];
}

/**
 * Calls that are performed in this order: later rows build on earlier ones.
 *
 * Links are always followed to open them: Node.js does so whatever is asked. A
 * file that is opened is descriptor 4.
 */
// deno-fmt-ignore
export const CALLS: readonly ProbeCall[] = [
  ["args_sizes_get", { out: 4 }, { out: 4 }],
  ["environ_sizes_get", { out: 4 }, { out: 4 }],
  ["args_get", { out: 8 }, { out: 10 }],
  ["environ_get", { out: 4 }, { out: 11 }],
  ["clock_res_get", 9, { out: 8 }],
  ["clock_time_get", 9, "0n", { out: 8 }],
  ["fd_prestat_get", 3, { out: 8 }],
  ["fd_prestat_get", 0, { out: 8 }],
  ["fd_prestat_get", 9, { out: 8 }],
  ["fd_prestat_dir_name", 3, { buffer: 1 }],
  ["path_create_directory", 3, { path: "d" }],
  ["path_create_directory", 3, { path: "d" }],
  ["path_create_directory", 3, { path: "e/f" }],
  ["path_create_directory", 3, { path: "new/" }],
  ["path_create_directory", 9, { path: "x" }],
  open("f", OFLAG.CREAT),
  ["fd_write", 4, { data: ["hello", "", " world"] }, { out: 4 }],
  ["fd_tell", 4, { out: 8 }],
  ["fd_seek", 4, "-100n", 1, { out: 8 }],
  ["fd_seek", 4, "1n", 9, { out: 8 }],
  ["fd_seek", 4, "3n", 0, { out: 8 }],
  ["fd_read", 4, { room: [4, 4] }, { out: 4 }],
  ["fd_read", 4, { room: [] }, { out: 4 }],
  ["fd_seek", 4, "-2n", 2, { out: 8 }],
  ["fd_read", 4, { room: [4] }, { out: 4 }],
  ["fd_read", 4, { room: [4] }, { out: 4 }],
  ["fd_pread", 4, { room: [4] }, "1n", { out: 4 }],
  ["fd_pread", 4, { room: [4] }, "-1n", { out: 4 }],
  ["fd_pwrite", 4, { data: ["J"] }, "0n", { out: 4 }],
  ["fd_tell", 4, { out: 8 }],
  ["fd_allocate", 4, "0n", "100n"],
  ["fd_filestat_set_size", 4, "5n"],
  ["fd_filestat_set_size", 4, "-5n"],
  ["fd_advise", 4, "0n", "0n", 9],
  ["fd_advise", 4, "0n", "0n", 1],
  ["fd_advise", 3, "0n", "0n", 1],
  ["fd_sync", 4],
  ["fd_datasync", 4],
  ["fd_fdstat_set_flags", 4, FDFLAG.APPEND],
  ["fd_seek", 4, "0n", 0, { out: 8 }],
  ["fd_write", 4, { data: ["x"] }, { out: 4 }],
  ["fd_seek", 4, "0n", 1, { out: 8 }],
  ["fd_fdstat_set_flags", 4, 0],
  ["fd_fdstat_set_rights", 4, `${RIGHT.FD_READ}n`, "0n"],
  ["fd_fdstat_set_rights", 4, `${READ_WRITE}n`, "0n"],
  ["fd_write", 4, { data: ["x"] }, { out: 4 }],
  ["fd_seek", 4, "0n", 1, { out: 8 }],
  ["fd_tell", 4, { out: 8 }],
  ["fd_renumber", 4, 4],
  ["fd_renumber", 4, 50],
  ["fd_renumber", 50, 4],
  open("d", OFLAG.DIRECTORY, ALL & ~(RIGHT.FD_WRITE | RIGHT.FD_ALLOCATE | RIGHT.FD_DATASYNC | RIGHT.FD_FILESTAT_SET_SIZE), { inheriting: ALL }),
  ["fd_renumber", 5, 4],
  open("g", OFLAG.CREAT, READ_WRITE, { fd: 4 }),
  ["fd_close", 5],
  ["fd_close", 5],
  ["fd_close", 4],
  ["fd_close", -1],
  open("f", OFLAG.CREAT | OFLAG.EXCL),
  open("nope", 0),
  open("d", 0),
  open("d", OFLAG.CREAT, READ),
  open("f", OFLAG.DIRECTORY, READ),
  open("f/x", 0, READ),
  open("f/", 0, READ),
  open("d", 0, READ),
  ["fd_read", 4, { room: [4] }, { out: 4 }],
  ["fd_seek", 4, "0n", 0, { out: 8 }],
  ["fd_close", 4],
  ["path_symlink", { path: "f" }, 3, { path: "l" }],
  ["path_symlink", { path: "/etc" }, 3, { path: "absolute" }],
  ["path_symlink", { path: "loop" }, 3, { path: "loop" }],
  ["path_symlink", { path: "f" }, 3, { path: "d" }],
  open("loop", 0, READ),
  open("absolute", 0, READ),
  ["path_readlink", 3, { path: "l" }, { buffer: 10 }, { out: 4 }],
  ["path_readlink", 3, { path: "absolute" }, { buffer: 10 }, { out: 4 }],
  ["path_readlink", 3, { path: "f" }, { buffer: 10 }, { out: 4 }],
  ["path_unlink_file", 3, { path: "d" }],
  ["path_unlink_file", 3, { path: "none" }],
  ["path_remove_directory", 3, { path: "f" }],
  ["path_remove_directory", 3, { path: "none" }],
  ["path_remove_directory", 3, { path: "d" }],
  ["path_remove_directory", 3, { path: "l" }],
  ["path_rename", 3, { path: "f" }, 3, { path: "d" }],
  ["path_rename", 3, { path: "d" }, 3, { path: "f" }],
  ["path_rename", 3, { path: "none" }, 3, { path: "f" }],
  ["path_rename", 3, { path: "d" }, 3, { path: "d/k" }],
  ["path_link", 3, 0, { path: "f" }, 3, { path: "h" }],
  ["path_link", 3, 0, { path: "f" }, 3, { path: "h" }],
  ["path_link", 3, 0, { path: "d" }, 3, { path: "hd" }],
  ["path_filestat_set_times", 3, 0, { path: "f" }, "5000000000n", "7000000000n", FSTFLAG.ATIM | FSTFLAG.MTIM],
  ["fd_readdir", 9, { buffer: 30 }, "0n", { out: 4 }],
  ["fd_sync", 3],
  ["fd_datasync", 3],
  ["fd_seek", 3, "0n", 0, { out: 8 }],
  ["fd_read", 3, { room: [4] }, { out: 4 }],
  ["fd_write", 3, { data: ["x"] }, { out: 4 }],
  ["poll_oneoff", 0, 0, 0, 0],
  ["sock_accept", 99, 0, { out: 4 }],
  ["sched_yield"],
  open("f", 0, ALL),
  open("f", 0, -1),
];

const name = fc.constantFrom("a", "b", "c");
const path = fc.oneof(
  name,
  fc.tuple(name, name).map((names) => names.join("/")),
);
const fd = fc.integer({ min: 4, max: 7 });
const size = fc.integer({ min: 0, max: 40 });
const offset = size.map((bytes) => `${bytes}n`);
const text = fc.string({ unit: "grapheme-ascii", maxLength: 12 });
const oflags = fc.constantFrom(
  0,
  OFLAG.CREAT,
  OFLAG.CREAT | OFLAG.TRUNC,
  OFLAG.CREAT | OFLAG.EXCL,
  OFLAG.TRUNC,
  OFLAG.DIRECTORY,
);
const out = { out: 4 };

/** Any call on a few names. */
export const anyCall: fc.Arbitrary<ProbeCall> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(path, oflags, fc.constantFrom(READ, READ_WRITE)).map((
      [where, flags, rights],
    ) => open(where, flags, flags & OFLAG.TRUNC ? READ_WRITE : rights)),
  },
  fc.tuple(path, oflags).map(([where, flags]) =>
    open(where, flags, READ_WRITE, { flags: FDFLAG.APPEND })
  ),
  fc.tuple(fd, text, text).map((
    [to, one, two],
  ) => ["fd_write", to, { data: [one, two] }, out]),
  fc.tuple(fd, text, offset).map((
    [to, one, at],
  ) => ["fd_pwrite", to, { data: [one] }, at, out]),
  fc.tuple(fd, size).map((
    [from, room],
  ) => ["fd_read", from, { room: [room, 3] }, out]),
  fc.tuple(fd, size, offset).map((
    [from, room, at],
  ) => ["fd_pread", from, { room: [room] }, at, out]),
  fc.tuple(fd, fc.integer({ min: -20, max: 40 }), fc.nat(2)).map((
    [of, by, whence],
  ) => ["fd_seek", of, `${by}n`, whence, { out: 8 }]),
  fd.map((of) => ["fd_tell", of, { out: 8 }]),
  fd.map((of) => ["fd_close", of]),
  fd.map((of) => ["fd_filestat_get", of, { out: 64 }]),
  fd.map((of) => ["fd_fdstat_get", of, { out: 24 }]),
  fc.tuple(path, fc.nat(1)).map((
    [where, lookup],
  ) => ["path_filestat_get", 3, lookup, { path: where }, { out: 64 }]),
  fc.tuple(fd, fd).filter(([from, to]) => from !== to)
    .map(([from, to]) => ["fd_renumber", from, to]),
  fc.tuple(fd, offset).map(([of, to]) => ["fd_filestat_set_size", of, to]),
  fc.tuple(fd, offset, offset).map((
    [of, at, long],
  ) => ["fd_allocate", of, at, long === "0n" ? "1n" : long]),
  path.map((where) => ["path_create_directory", 3, { path: where }]),
  path.map((where) => ["path_remove_directory", 3, { path: where }]),
  path.map((where) => ["path_unlink_file", 3, { path: where }]),
  fc.tuple(path, path).map((
    [from, to],
  ) => ["path_rename", 3, { path: from }, 3, { path: to }]),
  fc.tuple(path, path).map((
    [from, to],
  ) => ["path_link", 3, 0, { path: from }, 3, { path: to }]),
  fc.tuple(name, path).map((
    [target, where],
  ) => ["path_symlink", { path: target }, 3, { path: where }]),
  path.map((
    where,
  ) => ["path_readlink", 3, { path: where }, { buffer: 8 }, out]),
);

/** Runs `run` with two new directories. */
export function inTwoDirectories<Result>(
  run: (ours: string, theirs: string) => Result,
): Promise<Awaited<Result>> {
  return inDirectory((base) => {
    Deno.mkdirSync(`${base}/ours`);
    Deno.mkdirSync(`${base}/theirs`);
    return run(`${base}/ours`, `${base}/theirs`);
  });
}

async function inDirectory<Result>(
  run: (base: string) => Result,
): Promise<Awaited<Result>> {
  const base = Deno.makeTempDirSync();
  try {
    return await run(base);
  } finally {
    Deno.removeSync(base, { recursive: true });
  }
}

// Shape/** What is in a directory. Shape: one line an entry, sorted by path: path, type, target or content. */
export function tree(directory: string, under = ""): string[] {
  return [...Deno.readDirSync(`${directory}/${under}`)].flatMap((entry) => {
    const where = `${under}${entry.name}`;
    const host = `${directory}/${where}`;
    if (entry.isSymlink) return `${where} -> ${Deno.readLinkSync(host)}`;
    if (entry.isFile) return `${where} ${Deno.readTextFileSync(host)}`;
    return [`${where}/`, ...tree(directory, `${where}/`)];
  }).sort();
}
