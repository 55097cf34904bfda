import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import {
  exists,
  namesIn,
  replaceFile,
  shorten,
  shortenAll,
  stat,
} from "./file.ts";
import { withDirectory } from "./testdata/recorder.ts";

Deno.test("exists() tells what is there from what is not", async () => {
  await withDirectory({ "a.txt": "" }, async (directory) => {
    strictEqual(await exists(`${directory}/a.txt`), true);
    strictEqual(await exists(`${directory}/b.txt`), false);
  });
});

Deno.test("stat() rejects when a file is in the path's way", async () => {
  await withDirectory({ "a.txt": "" }, async (directory) => {
    await rejects(stat(`${directory}/a.txt/b`), Deno.errors.NotADirectory);
  });
});

Deno.test("namesIn() sorts, and answers undefined when there is none", async () => {
  await withDirectory({ "b": "", "a/c": "" }, async (directory) => {
    deepStrictEqual(await namesIn(directory), ["a", "b"]);
    strictEqual(await namesIn(`${directory}/none`), undefined);
  });
});

Deno.test("replaceFile() writes over a file when there is one", async () => {
  await withDirectory({ "a.txt": "old" }, async (directory) => {
    await replaceFile(`${directory}/a.txt`, "new");
    strictEqual(await Deno.readTextFile(`${directory}/a.txt`), "new");
    deepStrictEqual(await namesIn(directory), ["a.txt"]);
  });
});

Deno.test("replaceFile() leaves no draft when it cannot replace", async () => {
  await withDirectory({ "a.txt/b": "" }, async (directory) => {
    await rejects(replaceFile(`${directory}/a.txt`, "new"));
    deepStrictEqual(await namesIn(directory), ["a.txt"]);
  });
});

const PATHS = [
  ["/app/a/b.ts", "a/b.ts"],
  ["/app", "/app"],
  ["/apple/a.ts", "/apple/a.ts"],
  ["/other/a.ts", "/other/a.ts"],
  ["https://example.com/a.ts", "https://example.com/a.ts"],
] as const;

for (const [path, expected] of PATHS) {
  Deno.test(`shorten() answers ${expected} when in /app and given ${path}`, () => {
    strictEqual(shorten(path, "/app"), expected);
  });
}

Deno.test("shortenAll() shortens each path when a text holds several", () => {
  strictEqual(
    shortenAll("/app/a.ts and /app/b/c.ts, not /apple/d.ts", "/app"),
    "a.ts and b/c.ts, not /apple/d.ts",
  );
});
