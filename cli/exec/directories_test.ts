import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { CommandFailure, EXIT_MISUSED, UsageError } from "../errors.ts";
import { withDirectory } from "../testdata/recorder.ts";
import { findPreopens, readDirectory } from "./directories.ts";

const READ: readonly [string, string, string, boolean][] = [
  // word           host       guest      readOnly
  ["data", "data", "/data", true],
  ["data:rw", "data", "/data", false],
  [".", ".", "/", true],
  ["./a/b/", "./a/b/", "/a/b", true],
  ["../a", "../a", "/a", true],
  ["/srv/data", "/srv/data", "/srv/data", true],
  ["data::/", "data", "/", true],
  ["data::/x:rw", "data", "/x", false],
  ["data::x", "data", "x", true],
  ["data::fs.dir:rw", "data", "fs.dir", false],
  ["data::.", "data", ".", true],
  ["data::/a/../b//c/", "data", "/b/c", true],
  ["a:b::/c", "a:b", "/c", true],
  ["a::/b::c", "a", "/b::c", true],
  ["a:rw::/b", "a:rw", "/b", true],
  ["a:RW", "a:RW", "/a:RW", true],
];

for (const [word, host, guest, readOnly] of READ) {
  Deno.test(`readDirectory() reads ${word}`, () => {
    deepStrictEqual(readDirectory(word), { host, guest, readOnly });
  });
}

const REFUSED = [
  ["", "Missing HOST in --dir: "],
  ["::/x", "Missing HOST in --dir: ::/x"],
  [":rw", "Missing HOST in --dir: :rw"],
  ["x::", "Missing GUEST in --dir: x::"],
  ["x:::rw", "Missing GUEST in --dir: x:::rw"],
] as const;

for (const [word, message] of REFUSED) {
  Deno.test(`readDirectory() refuses "${word}"`, () => {
    throws(() => readDirectory(word), new UsageError(message));
  });
}

Deno.test("findPreopens() finds directories below the working one", async () => {
  await withDirectory({ "a/b/x": "", "y": "" }, async (directory) => {
    deepStrictEqual(await findPreopens([".", "a/b::/c:rw"], directory), [
      { host: directory, guest: "/", readOnly: true },
      { host: `${directory}/a/b`, guest: "/c", readOnly: false },
    ]);
  });
});

Deno.test("findPreopens() follows a link", async () => {
  await withDirectory({ "a/x": "" }, async (directory) => {
    await Deno.symlink("a", `${directory}/link`);
    const [preopen] = await findPreopens(["link"], directory);
    strictEqual(preopen?.host, `${directory}/a`);
    strictEqual(preopen.guest, "/link");
  });
});

Deno.test("findPreopens() refuses two directories with one path", async () => {
  await rejects(
    findPreopens(["a", "b::/c", "d::/a/"], "/"),
    new UsageError("Cannot show two directories as one: /a"),
  );
});

const MISSING = [
  ["none", "Cannot find the directory: none"],
  ["none::/x:rw", "Cannot find the directory: none"],
  ["file", "Cannot use as a directory: file"],
] as const;

for (const [word, message] of MISSING) {
  Deno.test(`findPreopens() refuses ${word} when it is no directory`, async () => {
    await withDirectory({ file: "" }, async (directory) => {
      await rejects(
        findPreopens([word], directory),
        new CommandFailure(message, { exitCode: EXIT_MISUSED }),
      );
    });
  });
}
