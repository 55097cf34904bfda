import { strictEqual } from "node:assert";
import { systemHost } from "@rusm/otp";
import { withDirectory } from "../testdata/recorder.ts";
import { Changes } from "./changes.ts";
import { Watcher } from "./watcher.ts";

/** Calls `test` with a watcher of `a` with all below, and of the directory itself. */
async function withWatcher(
  test: (
    directory: string,
    seen: (path: string) => Promise<void>,
    update: () => Promise<boolean>,
  ) => Promise<void>,
): Promise<void> {
  await withDirectory({ "a/b/c.ts": "1" }, async (directory) => {
    const changes = new Changes(systemHost());
    const watcher = new Watcher(changes);
    const watched = { deep: [`${directory}/a`], flat: [directory] };
    const update = () => watcher.update(watched);
    strictEqual(await update(), true);
    // Never ends when nothing comes: then the test does not either.
    async function seen(path: string): Promise<void> {
      for (;;) {
        const batch = await changes.next();
        if (batch!.paths.has(`${directory}/${path}`)) return;
      }
    }
    await test(directory, seen, update);
    changes.close();
    await watcher.close();
  });
}

/** How a file is saved, and the path that is told. */
const SAVES: readonly (readonly [
  string,
  (directory: string) => Promise<void>,
  string,
])[] = [
  ["written", (directory) => {
    return Deno.writeTextFile(`${directory}/a/b/c.ts`, "2");
  }, "a/b/c.ts"],
  ["put in its place", async (directory) => {
    await Deno.writeTextFile(`${directory}/a/b/c.ts~`, "2");
    await Deno.rename(`${directory}/a/b/c.ts~`, `${directory}/a/b/c.ts`);
  }, "a/b/c.ts"],
  ["moved away and written anew", async (directory) => {
    await Deno.rename(`${directory}/a/b/c.ts`, `${directory}/a/b/c.ts~`);
    await Deno.writeTextFile(`${directory}/a/b/c.ts`, "2");
  }, "a/b/c.ts"],
  ["removed", (directory) => Deno.remove(`${directory}/a/b/c.ts`), "a/b/c.ts"],
  ["made in a new directory", async (directory) => {
    await Deno.mkdir(`${directory}/a/new`);
    await Deno.writeTextFile(`${directory}/a/new/d.ts`, "2");
  }, "a/new"],
  ["moved with its directory", (directory) => {
    return Deno.rename(`${directory}/a/b`, `${directory}/b`);
  }, "a/b"],
  ["made beside", (directory) => {
    return Deno.writeTextFile(`${directory}/rusm.toml`, "2");
  }, "rusm.toml"],
];

for (const [what, save, path] of SAVES) {
  Deno.test(`Watcher tells of a file that is ${what}`, async () => {
    await withWatcher(async (directory, seen) => {
      await save(directory);
      await seen(path);
    });
  });
}

Deno.test("Watcher.update() watches a directory that was made again", async () => {
  await withWatcher(async (directory, seen, update) => {
    await Deno.remove(`${directory}/a`, { recursive: true });
    await seen("a");
    await update();
    await Deno.mkdir(`${directory}/a/b`, { recursive: true });
    await seen("a");
    await update();
    await Deno.writeTextFile(`${directory}/a/b/c.ts`, "3");
    await seen("a/b/c.ts");
  });
});

Deno.test("Watcher.update() says whether something else is watched", async () => {
  const watcher = new Watcher({ add() {}, addAll() {} });
  await withDirectory({ "a/b": "" }, async (directory) => {
    const watched = { deep: [`${directory}/a`], flat: [directory] };
    strictEqual(await watcher.update(watched), true);
    strictEqual(await watcher.update(watched), false);
    const more = { ...watched, flat: [directory, `${directory}/a`] };
    strictEqual(await watcher.update(more), true);
    const none = { deep: [`${directory}/none`], flat: [] };
    strictEqual(await watcher.update(none), true);
    await watcher.close();
  });
});
