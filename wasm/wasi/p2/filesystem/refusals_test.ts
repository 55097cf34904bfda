import { deepStrictEqual, strictEqual } from "node:assert";

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

// What each call on a preopen is refused with. `f` is a file, `d` a directory
// with something in it, `l` a link to `f`, `out` one to a path of the host.
// deno-fmt-ignore
const REFUSED: readonly [method: string, args: readonly unknown[], code: string][] = [
  ["open-at", [FOLLOW, "../f", PLAIN, READ],                          "not-permitted"],
  ["open-at", [FOLLOW, "/etc/passwd", PLAIN, READ],                   "not-permitted"],
  ["open-at", [FOLLOW, "out", PLAIN, READ],                           "not-permitted"],
  ["open-at", [FOLLOW, "d/../../f", PLAIN, READ],                     "not-permitted"],
  ["open-at", [STAY, "l", PLAIN, READ],                               "loop"],
  ["open-at", [FOLLOW, "loop", PLAIN, READ],                          "loop"],
  ["open-at", [FOLLOW, "none", PLAIN, READ],                          "no-entry"],
  ["open-at", [FOLLOW, "", PLAIN, READ],                              "no-entry"],
  ["open-at", [FOLLOW, "f/x", PLAIN, READ],                           "not-directory"],
  ["open-at", [FOLLOW, "f", { ...PLAIN, directory: true }, READ],     "not-directory"],
  ["open-at", [FOLLOW, "d", PLAIN, READ_WRITE],                       "is-directory"],
  ["open-at", [FOLLOW, "f", { ...CREATE, exclusive: true }, READ],    "exist"],
  ["open-at", [FOLLOW, "d", { ...CREATE, directory: true }, READ],    "invalid"],
  ["open-at", [FOLLOW, "d", { ...PLAIN, directory: true, truncate: true }, READ], "invalid"],
  ["open-at", [FOLLOW, "x\0y", PLAIN, READ],                          "invalid"],
  ["open-at", [FOLLOW, "x".repeat(5_000), PLAIN, READ],               "name-too-long"],
  ["open-at", [FOLLOW, "\u{1f600}/".repeat(1_000), PLAIN, READ],      "name-too-long"],
  ["create-directory-at", ["d"],                                      "exist"],
  ["create-directory-at", ["none/x"],                                 "no-entry"],
  ["create-directory-at", ["../x"],                                   "not-permitted"],
  ["remove-directory-at", ["d"],                                      "not-empty"],
  ["remove-directory-at", ["f"],                                      "not-directory"],
  ["remove-directory-at", ["."],                                      "invalid"],
  ["unlink-file-at", ["d"],                                           "is-directory"],
  ["unlink-file-at", ["none"],                                        "no-entry"],
  ["readlink-at", ["f"],                                              "invalid"],
  ["readlink-at", ["out"],                                            "not-permitted"],
  ["symlink-at", ["/etc/passwd", "new"],                              "not-permitted"],
  ["symlink-at", ["../x", "new"],                                     "not-permitted"],
  ["symlink-at", ["f", "l"],                                          "exist"],
  ["stat-at", [FOLLOW, "out"],                                        "not-permitted"],
  ["stat-at", [FOLLOW, "none"],                                       "no-entry"],
  ["metadata-hash-at", [FOLLOW, "none"],                              "no-entry"],
  ["set-times-at", [FOLLOW, "none", { tag: "now" }, { tag: "now" }],  "no-entry"],
  ["set-times-at", [FOLLOW, "f", { tag: "timestamp", val: { seconds: 0n, nanoseconds: 1_000_000_000 } }, { tag: "now" }], "invalid"],
  ["set-times-at", [FOLLOW, "f", { tag: "timestamp", val: { seconds: 2n ** 63n, nanoseconds: 0 } }, { tag: "now" }], "overflow"],
  ["read", [1n, 0n],                                                  "bad-descriptor"],
  ["write", [new Uint8Array(1), 0n],                                  "bad-descriptor"],
  ["read-via-stream", [0n],                                           "bad-descriptor"],
  ["write-via-stream", [0n],                                          "bad-descriptor"],
  ["append-via-stream", [],                                           "bad-descriptor"],
  ["set-size", [0n],                                                  "bad-descriptor"],
  ["advise", [0n, 0n, "normal"],                                      "bad-descriptor"],
];

for (const [method, args, code] of REFUSED) {
  const shown = args.map((each) =>
    typeof each === "string" ? each.slice(0, 12) : ""
  ).join(" ").trim();
  Deno.test(`descriptor.${method} ${shown} is ${code}`, () =>
    withDirectory(async (guest, host) => {
      plant(host);
      strictEqual(
        await errorOf(() => guest.file(method, guest.root(), ...args)),
        code,
      );
    }));
}

// deno-fmt-ignore
const CHANGES: readonly [method: string, args: readonly unknown[]][] = [
  ["open-at", [FOLLOW, "new", CREATE, READ]],
  ["open-at", [FOLLOW, "f", PLAIN, READ_WRITE]],
  ["open-at", [FOLLOW, "f", { ...PLAIN, truncate: true }, READ]],
  ["open-at", [FOLLOW, "d", PLAIN, { read: true, mutateDirectory: true }]],
  ["create-directory-at", ["new"]],
  ["remove-directory-at", ["d"]],
  ["unlink-file-at", ["f"]],
  ["symlink-at", ["f", "new"]],
  ["set-times-at", [FOLLOW, "f", { tag: "now" }, { tag: "now" }]],
  ["set-times", [{ tag: "now" }, { tag: "now" }]],
];

for (const [method, args] of CHANGES) {
  Deno.test(`descriptor.${method} ${args[1] ?? args[0]} changes nothing in a read-only preopen`, () =>
    withDirectory(async (guest, host) => {
      plant(host);
      const before = Deno.statSync(`${host}/f`);
      const names = () => [...Deno.readDirSync(host)].map(({ name }) => name);
      const namesBefore = names();
      const error = await errorOf(() =>
        guest.file(method, guest.root(), ...args)
      );
      strictEqual(error, "read-only");
      deepStrictEqual(names(), namesBefore);
      strictEqual(Deno.readTextFileSync(`${host}/f`), "content");
      deepStrictEqual(Deno.statSync(`${host}/f`).mtime, before.mtime);
    }, { readOnly: true }));
}

for (const method of ["link-at", "rename-at"]) {
  Deno.test(`descriptor.${method} takes nothing out of a read-only preopen`, async () => {
    const host = Deno.makeTempDirSync();
    Deno.mkdirSync(`${host}/fixed`);
    Deno.mkdirSync(`${host}/free`);
    Deno.writeTextFileSync(`${host}/fixed/f`, "content");
    const guest = new FakeGuest({
      preopens: [
        { host: `${host}/fixed`, guest: "/fixed", readOnly: true },
        { host: `${host}/free`, guest: "/free", readOnly: false },
      ],
    });
    const [[fixed], [free]] = guest.call("filesystem/preopens get-directories");
    const flags = method === "link-at" ? [STAY] : [];
    for (const [from, to] of [[fixed, free], [free, fixed]]) {
      const move = () => guest.file(method, from, ...flags, "f", to, "f");
      strictEqual(await errorOf(move), "read-only");
    }
    guest.close();
    Deno.removeSync(host, { recursive: true });
  });
}
