import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { createApp } from "./app_directory.ts";
import { CommandFailure } from "./errors.ts";
import { namesIn } from "./file.ts";
import { filesBelow, withDirectory } from "./testdata/recorder.ts";

const FILES = new Map([["a.txt", "one"], ["b/c.txt", "two"]]);

Deno.test("createApp() writes all files when nothing is there", async () => {
  await withDirectory({}, async (directory) => {
    await createApp(`${directory}/app`, FILES);
    deepStrictEqual(await filesBelow(directory), ["app/a.txt", "app/b/c.txt"]);
    strictEqual(await Deno.readTextFile(`${directory}/app/b/c.txt`), "two");
  });
});

Deno.test("createApp() fills a directory when it is empty", async () => {
  await withDirectory({}, async (directory) => {
    await Deno.mkdir(`${directory}/app`);
    await createApp(`${directory}/app`, FILES);
    deepStrictEqual(await namesIn(`${directory}/app`), ["a.txt", "b"]);
  });
});

for (const path of ["app/mine.txt", "app"]) {
  Deno.test(`createApp() touches nothing when ${path} is there`, async () => {
    await withDirectory({ [path]: "mine" }, async (directory) => {
      await rejects(
        createApp(`${directory}/app`, FILES),
        (error) =>
          error instanceof CommandFailure && error.exitCode === 1 &&
          error.message ===
            "Cannot create an app where something is already: app",
      );
      deepStrictEqual(await filesBelow(directory), [path]);
    });
  });
}

Deno.test("createApp() leaves nothing behind when it fails half-way", async () => {
  // The second file needs a directory where the first is.
  const impossible = new Map([["a", "one"], ["a/b", "two"]]);
  await withDirectory({}, async (directory) => {
    await rejects(createApp(`${directory}/app`, impossible));
    deepStrictEqual(await namesIn(directory), []);
  });
});
