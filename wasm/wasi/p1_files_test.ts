import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import {
  DIRENT_BYTES,
  ERRNO,
  FDFLAG,
  FILETYPE,
  FSTFLAG,
  OFLAG,
  RIGHT,
} from "./p1/abi.ts";
import { DIRECTORY_ENTRIES_MAX } from "./files/limits.ts";
import { OPEN_FILES_MAX, RANDOM_BYTES_MAX } from "./p1/limits.ts";
import {
  optionsFor,
  preopen,
  Probe,
  type ProbeCall,
  SIGNATURES,
} from "./testdata/probe.ts";

const READ = `${RIGHT.FD_READ | RIGHT.FD_SEEK | RIGHT.FD_TELL}n`;
const WRITE = `${RIGHT.FD_WRITE | RIGHT.FD_SEEK | RIGHT.FD_TELL}n`;
const SET = `${
  RIGHT.FD_FILESTAT_SET_SIZE | RIGHT.FD_FILESTAT_SET_TIMES | RIGHT.FD_READ
}n`;
const out = { out: 4 };

// deno-fmt-ignore
function open(path: string, oflags: number, rights: string, lookup = 1, fd = 3): ProbeCall {
  return ["path_open", fd, lookup, { path }, oflags, rights, "0n", 0, out];
}

async function withProbe(
  plant: (host: string) => void,
  run: (probe: Probe, host: string) => Promise<void>,
  readOnly = false,
): Promise<void> {
  const host = Deno.makeTempDirSync();
  plant(host);
  const probe = new Probe(optionsFor([preopen(host, readOnly)]));
  try {
    await run(probe, host);
  } finally {
    probe.state.close();
    Deno.removeSync(host, { recursive: true });
  }
}

function plantFile(host: string): void {
  Deno.writeTextFileSync(`${host}/f`, "content");
  Deno.mkdirSync(`${host}/d`);
  Deno.symlinkSync("f", `${host}/l`);
}

const TIMES = FSTFLAG.ATIM | FSTFLAG.MTIM;

// deno-fmt-ignore
const CHANGES: readonly ProbeCall[] = [
  open("f", 0, WRITE),
  open("f", OFLAG.TRUNC, READ),
  open("new", OFLAG.CREAT, READ),
  ["path_create_directory", 3, { path: "new" }],
  ["path_filestat_set_times", 3, 0, { path: "f" }, "0n", "0n", TIMES],
  ["path_link", 3, 0, { path: "f" }, 3, { path: "new" }],
  ["path_remove_directory", 3, { path: "d" }],
  ["path_rename", 3, { path: "f" }, 3, { path: "new" }],
  ["path_symlink", { path: "f" }, 3, { path: "new" }],
  ["path_unlink_file", 3, { path: "f" }],
  ["fd_filestat_set_times", 3, "0n", "0n", TIMES],
];

for (const call of CHANGES) {
  Deno.test(`${call[0]} ${call[4] ?? ""} changes nothing in a read-only preopen`, () =>
    withProbe(plantFile, async (probe, host) => {
      const before = Deno.statSync(`${host}/f`);
      strictEqual((await probe.call(...call)).errno, ERRNO.EROFS);
      const names = [...Deno.readDirSync(host)].map(({ name }) => name);
      deepStrictEqual(names.sort(), ["d", "f", "l"]);
      strictEqual(Deno.readTextFileSync(`${host}/f`), "content");
      deepStrictEqual(Deno.statSync(`${host}/f`).mtime, before.mtime);
    }, true));
}

Deno.test("a file opened in a read-only preopen keeps its size and times", () =>
  withProbe(plantFile, async (probe) => {
    const [opened, size, times, read] = await probe.perform([
      open("f", 0, SET),
      ["fd_filestat_set_size", 4, "1n"],
      ["fd_filestat_set_times", 4, "0n", "0n", TIMES],
      ["fd_read", 4, { room: [20] }, out],
    ]);
    strictEqual(opened!.errno, ERRNO.SUCCESS);
    strictEqual(size!.errno, ERRNO.EROFS);
    strictEqual(times!.errno, ERRNO.EROFS);
    strictEqual(read!.outs[1], "07000000");
  }, true));

Deno.test("path_link and path_rename take nothing out of a read-only preopen", async () => {
  const host = Deno.makeTempDirSync();
  Deno.mkdirSync(`${host}/fixed`);
  Deno.mkdirSync(`${host}/free`);
  Deno.writeTextFileSync(`${host}/fixed/f`, "content");
  const probe = new Probe(optionsFor([
    { host: `${host}/fixed`, guest: "/fixed", readOnly: true },
    { host: `${host}/free`, guest: "/free", readOnly: false },
  ]));
  try {
    const results = await probe.perform([
      ["path_link", 3, 0, { path: "f" }, 4, { path: "f" }],
      ["path_rename", 3, { path: "f" }, 4, { path: "f" }],
    ]);
    deepStrictEqual(results.map(({ errno }) => errno), [
      ERRNO.EROFS,
      ERRNO.EROFS,
    ]);
    deepStrictEqual([...Deno.readDirSync(`${host}/free`)], []);
  } finally {
    probe.state.close();
    Deno.removeSync(host, { recursive: true });
  }
});

// deno-fmt-ignore
const OUTWARD: readonly [call: ProbeCall, errno: number][] = [
  [["path_symlink", { path: "../x" }, 3, { path: "new" }],    ERRNO.ENOTCAPABLE],
  [["path_symlink", { path: "../../x" }, 3, { path: "d/n" }], ERRNO.ENOTCAPABLE],
  [["path_symlink", { path: "/etc" }, 3, { path: "new" }],    ERRNO.EPERM],
  [["path_readlink", 3, { path: "abs" }, { buffer: 20 }, out], ERRNO.ENOTCAPABLE],
  [["path_filestat_get", 3, 1, { path: "abs" }, { out: 64 }], ERRNO.ENOTCAPABLE],
  [["path_filestat_set_times", 3, 1, { path: "abs" }, "0n", "0n", TIMES], ERRNO.ENOTCAPABLE],
  [["path_link", 3, 1, { path: "abs" }, 3, { path: "new" }],  ERRNO.ENOTCAPABLE],
  [["path_rename", 3, { path: "f" }, 3, { path: "out/f" }],   ERRNO.ENOTCAPABLE],
  [["path_unlink_file", 3, { path: "out/secret" }],           ERRNO.ENOTCAPABLE],
  [["path_create_directory", 3, { path: "out/new" }],         ERRNO.ENOTCAPABLE],
  [["path_remove_directory", 3, { path: "../d" }],            ERRNO.ENOTCAPABLE],
  [open("abs", 0, READ),                                      ERRNO.ENOTCAPABLE],
  [open("out/secret", OFLAG.TRUNC, WRITE),                    ERRNO.ENOTCAPABLE],
  [open("dangling", OFLAG.CREAT, WRITE),                      ERRNO.ENOTCAPABLE],
  [open("l", 0, READ, 0),                                     ERRNO.ELOOP],
  [["path_remove_directory", 3, { path: "." }],               ERRNO.EINVAL],
  [["path_remove_directory", 3, { path: "d/." }],             ERRNO.EINVAL],
  [["path_rename", 3, { path: "." }, 3, { path: "d/n" }],     ERRNO.EINVAL],
  [["path_rename", 3, { path: "d" }, 3, { path: "." }],       ERRNO.EINVAL],
  [["path_rename", 3, { path: "f" }, 3, { path: "new/" }],    ERRNO.ENOTDIR],
];

for (const [call, errno] of OUTWARD) {
  Deno.test(`${JSON.stringify(call).slice(0, 70)} is ${errno}`, () =>
    withProbe((host) => {
      Deno.mkdirSync(`${host}/in`);
      plantFile(`${host}/in`);
      Deno.writeTextFileSync(`${host}/secret`, "secret");
      Deno.symlinkSync(`${host}/secret`, `${host}/in/abs`);
      Deno.symlinkSync("..", `${host}/in/out`);
      Deno.symlinkSync("../new", `${host}/in/dangling`);
    }, async (_, host) => {
      const probe = new Probe(optionsFor([preopen(`${host}/in`)]));
      strictEqual((await probe.call(...call)).errno, errno);
      probe.state.close();
      const beside = [...Deno.readDirSync(host)].map(({ name }) => name);
      deepStrictEqual(beside.sort(), ["in", "secret"]);
      strictEqual(Deno.readTextFileSync(`${host}/secret`), "secret");
    }));
}

Deno.test("a link that was moved up leads nowhere", () =>
  withProbe(plantFile, async (probe) => {
    const results = await probe.perform([
      ["path_symlink", { path: "../f" }, 3, { path: "d/l" }],
      open("d/l", 0, READ),
      ["path_rename", 3, { path: "d/l" }, 3, { path: "up" }],
      open("up", 0, READ),
    ]);
    deepStrictEqual(results.map(({ errno }) => errno), [
      ERRNO.SUCCESS,
      ERRNO.SUCCESS,
      ERRNO.SUCCESS,
      ERRNO.ENOTCAPABLE,
    ]);
  }));

Deno.test("path_open refuses a pipe, and does not wait for it", () =>
  withProbe((host) => {
    new Deno.Command("mkfifo", { args: [`${host}/pipe`] }).outputSync();
  }, async (probe) => {
    strictEqual(
      (await probe.call(...open("pipe", 0, READ))).errno,
      ERRNO.ENOTSUP,
    );
    strictEqual(
      (await probe.call(...open("pipe", 0, WRITE))).errno,
      ERRNO.ENOTSUP,
    );
  }));

Deno.test("path_symlink is ENOTCAPABLE where writing is limited to paths", () =>
  withProbe(plantFile, async (probe, host) => {
    const { state } = await Deno.permissions.query({ name: "write" });
    strictEqual(state, "granted");
    const script = new URL("./testdata/symlink.ts", import.meta.url).pathname;
    const { stdout } = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        `--allow-read=${host}`,
        `--allow-write=${host}`,
        "--no-check",
        script,
        host,
      ],
    }).outputSync();
    strictEqual(new TextDecoder().decode(stdout), `${ERRNO.ENOTCAPABLE}\n`);
    strictEqual(probe.state.exitCode, undefined);
  }));

Deno.test("rights that were dropped are missed by calls, and not given back", () =>
  withProbe(plantFile, async (probe) => {
    const results = await probe.perform([
      ["fd_fdstat_set_rights", 3, `${RIGHT.PATH_OPEN}n`, `${RIGHT.FD_READ}n`],
      ["path_unlink_file", 3, { path: "f" }],
      open("new", OFLAG.CREAT, "0n"),
      open("f", 0, WRITE),
      open("f", 0, `${RIGHT.FD_READ}n`),
      ["fd_tell", 4, { out: 8 }],
      ["fd_fdstat_set_rights", 3, `${RIGHT.PATH_UNLINK_FILE}n`, "0n"],
      ["fd_fdstat_set_rights", 3, `${1n << 40n}n`, "0n"],
    ]);
    deepStrictEqual(results.map(({ errno }) => errno), [
      ERRNO.SUCCESS,
      ERRNO.ENOTCAPABLE,
      ERRNO.ENOTCAPABLE,
      ERRNO.ENOTCAPABLE,
      ERRNO.SUCCESS,
      ERRNO.ENOTCAPABLE,
      ERRNO.ENOTCAPABLE,
      ERRNO.ENOTCAPABLE,
    ]);
  }));

Deno.test("fd_fdstat_set_flags is ENOTSUP for what the host's descriptor cannot", () =>
  withProbe(plantFile, async (probe) => {
    const rights = `${RIGHT.FD_WRITE | RIGHT.FD_FDSTAT_SET_FLAGS}n`;
    const append = FDFLAG.APPEND;
    const results = await probe.perform([
      ["path_open", 3, 1, { path: "f" }, 0, rights, "0n", append, out],
      ["fd_fdstat_set_flags", 4, append | FDFLAG.SYNC],
      ["fd_fdstat_set_flags", 4, append | FDFLAG.NONBLOCK],
      ["fd_fdstat_set_flags", 4, 32],
      ["fd_fdstat_get", 4, { out: 24 }],
    ]);
    deepStrictEqual(results.map(({ errno }) => errno), [
      ERRNO.SUCCESS,
      ERRNO.ENOTSUP,
      ERRNO.SUCCESS,
      ERRNO.EINVAL,
      ERRNO.SUCCESS,
    ]);
    strictEqual(results.at(-1)!.outs[0]!.slice(4, 8), "0500");
  }));

const APPENDING: ProbeCall = [
  ...["path_open", 3, 1, { path: "f" }, 0] as const,
  ...[`${RIGHT.FD_WRITE | RIGHT.FD_SEEK | RIGHT.FD_FDSTAT_SET_FLAGS}n`, "0n"],
  ...[FDFLAG.APPEND, out],
];

Deno.test("fd_fdstat_set_flags lets a file cease to append, and begin again", () =>
  withProbe(plantFile, async (probe, host) => {
    const before = hostDescriptors();
    const write = (text: string): ProbeCall => [
      "fd_write",
      4,
      { data: [text] },
      out,
    ];
    const results = await probe.perform([
      APPENDING,
      write("A"),
      ["fd_fdstat_set_flags", 4, 0],
      ["fd_pwrite", 4, { data: ["B"] }, "0n", out],
      ["fd_seek", 4, "1n", 0, { out: 8 }],
      write("C"),
      ["fd_fdstat_set_flags", 4, FDFLAG.APPEND],
      write("D"),
      ["fd_fdstat_set_flags", 4, 0],
    ]);
    deepStrictEqual(results.map(({ errno }) => errno), Array(9).fill(0));
    strictEqual(Deno.readTextFileSync(`${host}/f`), "BCntentAD");
    await probe.call("fd_close", 4);
    strictEqual(hostDescriptors(), before);
  }));

// deno-fmt-ignore
const MOVED: readonly [what: string, move: (host: string) => void, errno: number][] = [
  ["has no name any more",  (host) => Deno.removeSync(`${host}/f`), ERRNO.ENOENT],
  ["has lost its name",     (host) => {
    Deno.renameSync(`${host}/f`, `${host}/moved`);
    Deno.writeTextFileSync(`${host}/f`, "other");
  }, ERRNO.EAGAIN],
];

for (const [what, move, errno] of MOVED) {
  Deno.test(`fd_fdstat_set_flags leaves a file appending that ${what}`, () =>
    withProbe(plantFile, async (probe, host) => {
      await probe.call(...APPENDING);
      const before = hostDescriptors();
      move(host);
      const set = await probe.call("fd_fdstat_set_flags", 4, 0);
      strictEqual(set.errno, errno);
      strictEqual(hostDescriptors(), before);
      const { outs } = await probe.call("fd_fdstat_get", 4, { out: 24 });
      strictEqual(outs[0]!.slice(4, 8), "0100");
    }));
}

// Each lies next to no number of seconds, at both sides of a millisecond.
const TIMES_SET = [
  [1_795_265_371_552_000_000n, 1_795_265_371_552],
  [1_795_265_371_551_999_900n, 1_795_265_371_551],
  [1_795_265_371_551_000_001n, 1_795_265_371_551],
  [1_000_000n, 1],
] as const;

for (const [time, ms] of TIMES_SET) {
  Deno.test(`a file that is set to ${time} ns is of ${ms} ms`, () =>
    withProbe(plantFile, async (probe, host) => {
      const times = [`${time}n`, `${time}n`, TIMES];
      const [, , byFd] = await probe.perform([
        ["path_filestat_set_times", 3, 0, { path: "d" }, ...times],
        open("f", 0, SET),
        ["fd_filestat_set_times", 4, ...times],
      ]);
      strictEqual(byFd!.errno, ERRNO.SUCCESS);
      for (const name of ["d", "f"]) {
        const { atime, mtime } = Deno.statSync(`${host}/${name}`);
        deepStrictEqual([atime!.getTime(), mtime!.getTime()], [ms, ms]);
      }
    }));
}

Deno.test("path_filestat_set_times leaves the other time at its millisecond", () =>
  withProbe(plantFile, async (probe, host) => {
    for (let index = 0; index < 50; index++) {
      const ms = 1_795_265_371_000 + index;
      Deno.utimeSync(`${host}/f`, new Date(ms), new Date(ms));
      const times = ["0n", "0n", FSTFLAG.MTIM];
      const path = { path: "f" };
      await probe.call("path_filestat_set_times", 3, 0, path, ...times);
      strictEqual(Deno.statSync(`${host}/f`).atime!.getTime(), ms);
    }
  }));

Deno.test("path_open is EMFILE past the bound, and close() gives all back", () =>
  withProbe(plantFile, async (probe) => {
    const before = hostDescriptors();
    const free = OPEN_FILES_MAX - 4;
    const calls = Array.from({ length: free + 1 }, () => open("f", 0, READ));
    const results = await probe.perform(calls);
    strictEqual(results.at(-2)!.errno, ERRNO.SUCCESS);
    strictEqual(results.at(-1)!.errno, ERRNO.EMFILE);
    strictEqual(hostDescriptors(), before + free);
    probe.state.close();
    strictEqual(hostDescriptors(), before);
    strictEqual((await probe.call("fd_close", 4)).errno, ERRNO.EBADF);
  }));

function hostDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

Deno.test("a failed path_open leaves no descriptor of the host behind", () =>
  withProbe(plantFile, async (probe) => {
    const before = hostDescriptors();
    const at = ["path_open", 3, 1, { path: "f" }, 0, READ, "0n", 0, -4];
    strictEqual((await probe.call(...at)).errno, ERRNO.EFAULT);
    strictEqual((await probe.call(...open("d", 0, WRITE))).errno, ERRNO.EISDIR);
    strictEqual(hostDescriptors(), before);
  }));

Deno.test("fd_readdir shows every entry once, however small the buffer", () =>
  withProbe((host) => {
    for (let index = 0; index < 50; index++) {
      Deno.writeTextFileSync(`${host}/file-${index}`, "");
    }
    Deno.mkdirSync(`${host}/d`);
  }, async (probe, host) => {
    const expected = [...Deno.readDirSync(host)].map((entry) =>
      `${
        entry.isFile ? FILETYPE.REGULAR_FILE : FILETYPE.DIRECTORY
      } ${entry.name}`
    );
    for (const size of [40, 100, 4_096]) {
      const entries = await listAll(probe, size);
      deepStrictEqual(entries.slice(0, 2), ["3 .", "3 .."]);
      deepStrictEqual(entries.slice(2).sort(), expected.sort());
    }
  }));

// Shape: type and name, in the order of the calls.
async function listAll(probe: Probe, size: number): Promise<string[]> {
  const entries: string[] = [];
  let cookie = 0n;
  while (true) {
    const args = [3, { buffer: size }, `${cookie}n`, out];
    const { errno, outs: [bytes, used] } = await probe.call(
      "fd_readdir",
      ...args,
    );
    strictEqual(errno, ERRNO.SUCCESS);
    const length = littleEndian(used!);
    const whole = wholeEntries(fromHex(bytes!).subarray(0, length));
    for (const entry of whole) entries.push(`${entry.type} ${entry.name}`);
    cookie = whole.at(-1)?.next ?? cookie;
    if (length < size) return entries;
  }
}

function wholeEntries(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: { next: bigint; type: number; name: string }[] = [];
  let at = 0;
  while (at + DIRENT_BYTES <= bytes.length) {
    const end = at + DIRENT_BYTES + view.getUint32(at + 16, true);
    if (end > bytes.length) break;
    const name = new TextDecoder().decode(
      bytes.subarray(at + DIRENT_BYTES, end),
    );
    const type = view.getUint8(at + 20);
    entries.push({ next: view.getBigUint64(at, true), type, name });
    at = end;
  }
  return entries;
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function littleEndian(text: string): number {
  return new DataView(fromHex(text).buffer).getUint32(0, true);
}

Deno.test("fd_readdir goes on in what it took down while entries are removed", () =>
  withProbe((host) => {
    for (let index = 0; index < 20; index++) {
      Deno.writeTextFileSync(`${host}/file-${index}`, "");
    }
  }, async (probe, host) => {
    const first = await probe.call("fd_readdir", 3, { buffer: 200 }, "0n", out);
    const seen = wholeEntries(fromHex(first.outs[0]!));
    for (const { name } of seen.slice(2)) Deno.removeSync(`${host}/${name}`);
    const args = [3, { buffer: 4_096 }, `${seen.at(-1)!.next}n`, out];
    const rest = await probe.call("fd_readdir", ...args);
    const bytes = fromHex(rest.outs[0]!).subarray(
      0,
      littleEndian(rest.outs[1]!),
    );
    strictEqual(seen.length + wholeEntries(bytes).length, 22);
  }));

Deno.test("fd_readdir is ENOMEM when too many entries are under way", () =>
  withProbe((host) => {
    Deno.mkdirSync(`${host}/d`);
    for (let index = 0; index < 298; index++) {
      Deno.writeTextFileSync(`${host}/d/${index}`, "");
    }
  }, async (probe) => {
    const count = Math.ceil(DIRECTORY_ENTRIES_MAX / 300);
    const rights = `${RIGHT.FD_READDIR}n`;
    const results = await probe.perform(
      Array.from({ length: count }, (_, index) => [
        open("d", OFLAG.DIRECTORY, rights),
        ["fd_readdir", index + 4, { buffer: 30 }, "0n", out],
      ]).flat() as ProbeCall[],
    );
    strictEqual(results.at(-3)!.errno, ERRNO.SUCCESS);
    strictEqual(results.at(-1)!.errno, ERRNO.ENOMEM);
    const again = ["fd_readdir", 5, { buffer: 30 }, "0n", out];
    await probe.call("fd_close", 4);
    strictEqual((await probe.call(...again)).errno, ERRNO.SUCCESS);
  }));

Deno.test("path_filestat_get tells type, size and times in milliseconds", () =>
  withProbe(plantFile, async (probe, host) => {
    Deno.utimeSync(`${host}/f`, new Date(1_000), new Date(2_345));
    const args = [3, 1, { path: "l" }, { out: 64 }];
    const { outs } = await probe.call("path_filestat_get", ...args);
    const view = new DataView(fromHex(outs[0]!).buffer);
    strictEqual(view.getUint8(16), FILETYPE.REGULAR_FILE);
    strictEqual(view.getBigUint64(24, true), 1n);
    strictEqual(view.getBigUint64(32, true), 7n);
    strictEqual(view.getBigUint64(40, true), 1_000_000_000n);
    strictEqual(view.getBigUint64(48, true), 2_345_000_000n);
  }));

Deno.test("path_filestat_set_times sets one time, leaves the other, and knows now", () =>
  withProbe(plantFile, async (probe, host) => {
    Deno.utimeSync(`${host}/f`, new Date(1_000), new Date(2_000));
    const set = (which: number) =>
      probe.call(
        "path_filestat_set_times",
        3,
        0,
        { path: "f" },
        "9000000000n",
        "9000000000n",
        which,
      );
    strictEqual((await set(FSTFLAG.MTIM)).errno, ERRNO.SUCCESS);
    const { atime, mtime } = Deno.statSync(`${host}/f`);
    deepStrictEqual([atime, mtime], [new Date(1_000), new Date(9_000)]);
    strictEqual((await set(FSTFLAG.ATIM_NOW)).errno, ERRNO.SUCCESS);
    ok(Deno.statSync(`${host}/f`).atime! > new Date(1_000_000));
    strictEqual(
      (await set(FSTFLAG.MTIM | FSTFLAG.MTIM_NOW)).errno,
      ERRNO.EINVAL,
    );
  }));

// A value for each kind of parameter: small ones hit descriptors and pointers.
const i32 = fc.oneof(
  fc.integer({ min: -2, max: 9 }),
  fc.integer({ min: 0, max: 262_144 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);
const i64 = fc.oneof(
  fc.integer({ min: -2, max: 9 }).map(BigInt),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
).map((value) => `${value}n`);
const hostile = fc.constantFrom(...Object.keys(SIGNATURES))
  .filter((name) => name !== "proc_exit" && name !== "poll_oneoff")
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      ...[...SIGNATURES[name]!].map((letter) => letter === "i" ? i32 : i64),
    )
  );

Deno.test("no argument makes a call do anything but answer an error number", () =>
  withProbe(plantFile, (probe) =>
    fc.assert(
      fc.asyncProperty(hostile, async (call) => {
        const { errno } = await probe.call(...call);
        ok(errno >= ERRNO.SUCCESS && errno <= ERRNO.ENOTCAPABLE, `${errno}`);
      }),
      { numRuns: 3_000 },
    )));

Deno.test("random_get is EINVAL past the bound, and fills what is below", () =>
  withProbe(plantFile, async (probe) => {
    const past = await probe.call("random_get", 0, RANDOM_BYTES_MAX + 1);
    strictEqual(past.errno, ERRNO.EINVAL);
    const { outs } = await probe.call("random_get", { buffer: 100_000 });
    ok(/[1-9a-f]/.test(outs[0]!.slice(-64)));
  }));
