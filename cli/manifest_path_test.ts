import { deepStrictEqual, rejects } from "node:assert";
import { CommandFailure } from "./errors.ts";
import { findManifest } from "./manifest_path.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

function find(cwd: string, config?: string) {
  const values = new Map(config === undefined ? [] : [["config", config]]);
  const args = {
    operands: [],
    values,
    lists: new Map<string, string[]>(),
    flags: new Set<string>(),
    rest: [],
  };
  return findManifest(args, record(cwd).io);
}

Deno.test("findManifest() takes rusm.toml when nothing is named", async () => {
  await withDirectory({ "rusm.toml": "" }, async (directory) => {
    deepStrictEqual(await find(directory), {
      path: `${directory}/rusm.toml`,
      directory,
      exists: true,
    });
  });
});

Deno.test("findManifest() does without rusm.toml when nothing is named", async () => {
  await withDirectory({}, async (directory) => {
    deepStrictEqual(await find(directory), {
      path: `${directory}/rusm.toml`,
      directory,
      exists: false,
    });
  });
});

Deno.test("findManifest() takes the directory of what is named", async () => {
  await withDirectory({ "app/my.toml": "", "b/x": "" }, async (directory) => {
    deepStrictEqual(await find(`${directory}/b`, "../app/my.toml"), {
      path: `${directory}/app/my.toml`,
      directory: `${directory}/app`,
      exists: true,
    });
  });
});

Deno.test("findManifest() rejects when what is named is missing", async () => {
  await withDirectory({}, async (directory) => {
    await rejects(
      find(directory, "my.toml"),
      new CommandFailure("Cannot find the manifest: my.toml", { exitCode: 2 }),
    );
  });
});
