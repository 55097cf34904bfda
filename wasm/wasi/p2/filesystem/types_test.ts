import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert";

import { DIRECTORY_ENTRIES_MAX } from "../../files/limits.ts";
import type { NewLink } from "../../files/new_link.ts";
import { OPEN_FILES_MAX, TRANSFER_BYTES_MAX } from "../limits.ts";
import { errorOf, FakeGuest, withDirectory } from "../testdata/guest.ts";
import {
  CREATE,
  FOLLOW,
  PLAIN,
  plant,
  READ,
  READ_WRITE,
  STAY,
} from "../testdata/plant.ts";
import { metadataHash } from "./stat.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function openAt(
  guest: FakeGuest,
  path: string,
  openFlags = PLAIN,
  flags: object = READ,
): unknown {
  return guest.file("open-at", guest.root(), FOLLOW, path, openFlags, flags);
}

Deno.test("a file is written and read by position, and by streams", () =>
  withDirectory((guest, host) => {
    const file = openAt(guest, "new", CREATE, READ_WRITE);
    strictEqual(guest.file("write", file, encoder.encode("hello"), 2n), 5n);
    deepStrictEqual(guest.file("read", file, 3n, 2n), [
      encoder.encode("hel"),
      false,
    ]);
    deepStrictEqual(guest.file("read", file, 9n, 5n), [
      encoder.encode("lo"),
      true,
    ]);
    const output = guest.file("write-via-stream", file, 1n);
    guest.call("io/streams [method]output-stream.check-write", output);
    guest.call(
      "io/streams [method]output-stream.write",
      output,
      encoder.encode("ab"),
    );
    guest.call(
      "io/streams [method]output-stream.write",
      output,
      encoder.encode("c"),
    );
    const end = guest.file("append-via-stream", file);
    guest.call(
      "io/streams [method]output-stream.blocking-write-and-flush",
      end,
      encoder.encode("!"),
    );
    strictEqual(
      Deno.readTextFileSync(`${host}/new`),
      "\0abcllo!",
    );
  }));

Deno.test("a stream goes on when the descriptor it came from was dropped", () =>
  withDirectory(async (guest, host) => {
    plant(host);
    const file = openAt(guest, "f");
    const input = guest.file("read-via-stream", file, 3n);
    guest.drop("filesystem/types descriptor", file);
    const read = () =>
      guest.call("io/streams [method]input-stream.read", input, 100n);
    strictEqual(decoder.decode(read()), "tent");
    deepStrictEqual(await errorOf(read), { tag: "closed" });
    guest.drop("io/streams input-stream", input);
  }));

Deno.test("a file is closed when its descriptor and its streams are dropped, and not before", () =>
  withDirectory((guest, host) => {
    plant(host);
    const before = openFds(host);
    const file = openAt(guest, "f");
    const input = guest.file("read-via-stream", file, 0n);
    guest.drop("filesystem/types descriptor", file);
    strictEqual(openFds(host), before + 1);
    guest.drop("io/streams input-stream", input);
    strictEqual(openFds(host), before);
  }));

Deno.test("the end of a process closes its files, whatever it left open", () =>
  withDirectory((guest, host) => {
    plant(host);
    const before = openFds(host);
    guest.file("read-via-stream", openAt(guest, "f"), 0n);
    strictEqual(openFds(host), before + 1);
    guest.close();
    strictEqual(openFds(host), before);
  }));

function openFds(host: string): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(host);
    } catch {
      // The descriptor of the listing itself has gone.
      return false;
    }
  }).length;
}

Deno.test("open-at is quota when a process has as many files open as it may", () =>
  withDirectory(async (guest, host) => {
    plant(host);
    const files = Array.from(
      { length: OPEN_FILES_MAX },
      () => openAt(guest, "f"),
    );
    strictEqual(await errorOf(() => openAt(guest, "f")), "quota");
    guest.drop("filesystem/types descriptor", files[0]);
    openAt(guest, "f");
  }));

Deno.test("a file can only be used for what it was opened for", () =>
  withDirectory(async (guest, host) => {
    plant(host);
    const file = openAt(guest, "f");
    const written = openAt(guest, "f", PLAIN, { write: true });
    const bytes = new Uint8Array(1);
    strictEqual(
      await errorOf(() => guest.file("write", file, bytes, 0n)),
      "bad-descriptor",
    );
    strictEqual(
      await errorOf(() => guest.file("write-via-stream", file, 0n)),
      "bad-descriptor",
    );
    strictEqual(
      await errorOf(() => guest.file("set-size", file, 0n)),
      "invalid",
    );
    strictEqual(
      await errorOf(() => guest.file("read", written, 1n, 0n)),
      "bad-descriptor",
    );
    strictEqual(
      await errorOf(() => guest.file("read-via-stream", written, 0n)),
      "bad-descriptor",
    );
    strictEqual(
      await errorOf(() => guest.file("stat-at", file, FOLLOW, "x")),
      "not-directory",
    );
    strictEqual(
      await errorOf(() => guest.file("read-directory", file)),
      "not-directory",
    );
  }));

Deno.test("read refuses an offset that no file has, and returns no more than the bound", () =>
  withDirectory(async (guest, host) => {
    Deno.writeFileSync(`${host}/big`, new Uint8Array(TRANSFER_BYTES_MAX + 1));
    const file = openAt(guest, "big");
    strictEqual(
      await errorOf(() => guest.file("read", file, 1n, 2n ** 64n - 1n)),
      "invalid",
    );
    const [bytes, isAtEnd] = guest.file("read", file, 2n ** 64n - 1n, 0n);
    strictEqual(bytes.length, TRANSFER_BYTES_MAX);
    strictEqual(isAtEnd, false);
  }));

Deno.test("read of nothing is at the end, as in Wasmtime: the adapter of preview 1 asks again otherwise", () =>
  withDirectory((guest, host) => {
    plant(host);
    const file = openAt(guest, "f");
    deepStrictEqual(guest.file("read", file, 0n, 0n), [
      new Uint8Array(0),
      true,
    ]);
  }));

Deno.test("truncate and set-size change the length of a file", () =>
  withDirectory((guest, host) => {
    plant(host);
    const file = openAt(guest, "f", PLAIN, READ_WRITE);
    guest.file("set-size", file, 3n);
    strictEqual(Deno.readTextFileSync(`${host}/f`), "con");
    openAt(guest, "f", { ...PLAIN, truncate: true }, { write: true });
    strictEqual(Deno.readTextFileSync(`${host}/f`), "");
  }));

Deno.test("a file opened in a read-only preopen keeps its size and times", () =>
  withDirectory(async (guest, host) => {
    plant(host);
    const { mtime } = Deno.statSync(`${host}/f`);
    const file = openAt(guest, "f");
    const now = { tag: "now" };
    const resize = () => guest.file("set-size", file, 1n);
    const touch = () => guest.file("set-times", file, now, now);
    strictEqual(await errorOf(resize), "read-only");
    strictEqual(await errorOf(touch), "read-only");
    deepStrictEqual(Deno.statSync(`${host}/f`).mtime, mtime);
  }, { readOnly: true }));

Deno.test("stat tells what the host does", () =>
  withDirectory((guest, host) => {
    plant(host);
    const { mtime, size } = Deno.statSync(`${host}/f`);
    const stat = guest.file("stat-at", guest.root(), FOLLOW, "l");
    strictEqual(stat.type, "regular-file");
    strictEqual(stat.linkCount, 1n);
    strictEqual(stat.size, BigInt(size));
    const { seconds, nanoseconds } = stat.dataModificationTimestamp;
    strictEqual(
      Number(seconds) * 1_000 + Math.floor(nanoseconds / 1e6),
      mtime!.getTime(),
    );
    const link = guest.file("stat-at", guest.root(), STAY, "l");
    strictEqual(link.type, "symbolic-link");
    strictEqual(guest.file("stat", guest.root()).type, "directory");
    deepStrictEqual(guest.file("stat", openAt(guest, "f")), stat);
  }));

Deno.test("set-times sets one time, both, or neither", () =>
  withDirectory((guest, host) => {
    plant(host);
    const file = openAt(guest, "f");
    const at = (seconds: bigint) => ({
      tag: "timestamp",
      val: { seconds, nanoseconds: 500_000_000 },
    });
    guest.file("set-times", file, at(100n), at(200n));
    deepStrictEqual(timesOf(host), [100_500, 200_500]);
    guest.file("set-times", file, { tag: "no-change" }, at(300n));
    deepStrictEqual(timesOf(host), [100_500, 300_500]);
    guest.file("set-times-at", guest.root(), FOLLOW, "l", at(400n), {
      tag: "no-change",
    });
    deepStrictEqual(timesOf(host), [400_500, 300_500]);
    const before = Date.now();
    guest.file("set-times", file, { tag: "now" }, { tag: "no-change" });
    ok(timesOf(host)[0]! >= before - 1_000);
  }));

function timesOf(host: string): number[] {
  const { atime, mtime } = Deno.statSync(`${host}/f`);
  return [atime!.getTime(), mtime!.getTime()];
}

Deno.test("read-directory lists all but dots, as it was when it was asked", () =>
  withDirectory((guest, host) => {
    plant(host);
    const stream = guest.file("read-directory", guest.root());
    Deno.removeSync(`${host}/f`);
    const next = () =>
      guest.call(
        "filesystem/types [method]directory-entry-stream.read-directory-entry",
        stream,
      );
    const entries = [];
    for (let entry = next(); entry !== undefined; entry = next()) {
      entries.push(entry);
    }
    deepStrictEqual(
      entries.sort((one, other) => one.name < other.name ? -1 : 1),
      [
        { type: "directory", name: "d" },
        { type: "regular-file", name: "f" },
        { type: "symbolic-link", name: "l" },
        { type: "symbolic-link", name: "loop" },
        { type: "symbolic-link", name: "out" },
      ],
    );
    strictEqual(next(), undefined);
    guest.drop("filesystem/types directory-entry-stream", stream);
  }));

Deno.test("read-directory is insufficient-memory when too many entries are under way, and drop gives them back", () =>
  withDirectory(async (guest, host) => {
    plant(host);
    const list = () => guest.file("read-directory", guest.root());
    const listings = Math.floor(DIRECTORY_ENTRIES_MAX / 5);
    const streams = Array.from({ length: listings }, list);
    strictEqual(await errorOf(list), "insufficient-memory");
    guest.drop("filesystem/types directory-entry-stream", streams[0]);
    guest.call(
      "filesystem/types [method]directory-entry-stream.read-directory-entry",
      list(),
    );
    strictEqual(await errorOf(list), "insufficient-memory");
    const next = () =>
      guest.call(
        "filesystem/types [method]directory-entry-stream.read-directory-entry",
        streams[1],
      );
    while (next() !== undefined);
    list();
  }));

Deno.test("links, renames and removals do what they say", () =>
  withDirectory((guest, host) => {
    plant(host);
    const root = guest.root();
    guest.file("link-at", root, STAY, "f", root, "hard");
    strictEqual(Deno.statSync(`${host}/hard`).nlink, 2);
    guest.file("rename-at", root, "hard", root, "d/moved");
    strictEqual(Deno.readTextFileSync(`${host}/d/moved`), "content");
    guest.file("unlink-file-at", root, "d/moved");
    guest.file("symlink-at", root, "../f", "d/up");
    strictEqual(guest.file("readlink-at", root, "d/up"), "../f");
    guest.file("create-directory-at", root, "e");
    guest.file("remove-directory-at", root, "e");
    guest.file("unlink-file-at", root, "l");
    deepStrictEqual(
      [...Deno.readDirSync(host)].map(({ name }) => name).sort(),
      ["d", "f", "loop", "out"],
    );
  }));

Deno.test("metadata-hash and is-same-object tell files apart, and know them again", () =>
  withDirectory((guest, host) => {
    plant(host);
    const root = guest.root();
    const one = openAt(guest, "f");
    const other = openAt(guest, "d/inner");
    const hash = guest.file("metadata-hash", one);
    deepStrictEqual(guest.file("metadata-hash-at", root, FOLLOW, "l"), hash);
    notStrictEqual(guest.file("metadata-hash", other).lower, hash.lower);
    notStrictEqual(
      guest.file("metadata-hash-at", root, STAY, "l").lower,
      hash.lower,
    );
    strictEqual(guest.file("is-same-object", one, openAt(guest, "l")), true);
    strictEqual(guest.file("is-same-object", one, other), false);
    Deno.writeTextFileSync(`${host}/f`, "longer than it was");
    deepStrictEqual(guest.file("metadata-hash", one), hash);
  }));

Deno.test("metadataHash() does not show the numbers of the host", () => {
  const filestat = { dev: 7, ino: 7 } as Parameters<typeof metadataHash>[0];
  const { lower, upper } = metadataHash(filestat);
  ok(lower !== 7n && upper !== 7n && lower !== upper);
  ok(lower < 2n ** 64n && upper < 2n ** 64n);
});

Deno.test("is-same-object is false for a directory that is not there any more", () =>
  withDirectory((guest, host) => {
    plant(host);
    const directory = openAt(guest, "d", { ...PLAIN, directory: true });
    Deno.removeSync(`${host}/d`, { recursive: true });
    strictEqual(guest.file("is-same-object", directory, directory), false);
  }));

Deno.test("get-flags and get-type tell what a descriptor is", () =>
  withDirectory((guest, host) => {
    plant(host);
    const file = openAt(guest, "f", PLAIN, READ_WRITE);
    strictEqual(guest.file("get-type", file), "regular-file");
    deepStrictEqual(guest.file("get-flags", file), {
      ...READ_WRITE,
      mutateDirectory: false,
    });
    strictEqual(guest.file("get-type", guest.root()), "directory");
    deepStrictEqual(guest.file("get-flags", guest.root()), {
      read: true,
      mutateDirectory: true,
    });
  }));

Deno.test("a directory cannot be left through one that was opened", () =>
  withDirectory(async (guest, host) => {
    plant(host);
    const inner = openAt(guest, "d", { ...PLAIN, directory: true });
    const path = (name: string) => () =>
      guest.file("open-at", inner, FOLLOW, name, PLAIN, READ);
    strictEqual(await errorOf(path("../f")), "not-permitted");
    // Something else takes its place.
    Deno.renameSync(`${host}/d`, `${host}/moved`);
    Deno.symlinkSync("/etc", `${host}/d`);
    strictEqual(await errorOf(path("passwd")), "no-entry");
  }));

Deno.test("pipes in a preopen are not opened", () =>
  withDirectory(async (guest, host) => {
    new Deno.Command("mkfifo", { args: [`${host}/pipe`] }).outputSync();
    strictEqual(await errorOf(() => openAt(guest, "pipe")), "unsupported");
  }));

Deno.test("sync waits for the disk, and fails with a code", () =>
  withDirectory(async (guest, host) => {
    plant(host);
    const file = openAt(guest, "f");
    await guest.file("sync", file);
    await guest.file("sync-data", file);
    await guest.file("sync", guest.root());
    const directory = openAt(guest, "d");
    Deno.removeSync(`${host}/d`, { recursive: true });
    strictEqual(
      await errorOf(() => guest.file("sync-data", directory)),
      "no-entry",
    );
  }));

Deno.test("a process without preopens has no directories", () => {
  const guest = new FakeGuest();
  deepStrictEqual(guest.call("filesystem/preopens get-directories"), []);
  guest.close();
});

Deno.test("symlink-at waits for whoever makes the link, and tells why it was not made", () =>
  withDirectory(async (_, host) => {
    plant(host);
    const asked: NewLink[] = [];
    const answers = [undefined, "ENOTCAPABLE"] as const;
    const guest = new FakeGuest({
      preopens: [{ host, guest: "/", readOnly: false }],
      makeLink: (link) => Promise.resolve(answers[asked.push(link) - 1]),
    });
    const root = guest.root();
    await guest.file("symlink-at", root, "f", "d/new");
    strictEqual(
      await errorOf(() => guest.file("symlink-at", root, "../f", "d/new")),
      "not-permitted",
    );
    guest.close();
    deepStrictEqual(asked, [
      { root: host, path: "d/new", target: "f" },
      { root: host, path: "d/new", target: "../f" },
    ]);
  }));
