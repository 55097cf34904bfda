/** Rewritten modules on disk: whole, trusted, bounded, or not there. */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";

import { rewrite } from "../instrument/rewrite.ts";
import { assemble } from "../instrument/testdata/text.ts";
import { saved, withStore } from "../testdata/core/store.ts";
import { ModuleStore } from "./module_store.ts";

const CAPS = { memoryBytesMax: 2 ** 20, tableEntriesMax: 10 };
const DIGEST = "ab".repeat(32);

const module = rewrite(
  await assemble(`(module (func (export "run")))`),
  CAPS,
);

const isWindows = Deno.build.os === "windows";

Deno.test("find() gives what another store saved, by digest and caps", async () => {
  await withStore(async ({ directory, open, said }) => {
    const entry = open().entry(DIGEST, CAPS);
    strictEqual(await entry.find(), undefined);
    await entry.save(module);
    deepStrictEqual(await open().entry(DIGEST, CAPS).find(), module);
    const roomier = { ...CAPS, memoryBytesMax: 2 ** 21 };
    strictEqual(await open().entry(DIGEST, roomier).find(), undefined);
    const other = "cd".repeat(32);
    strictEqual(await open().entry(other, CAPS).find(), undefined);
    strictEqual(await open().entry(DIGEST, CAPS, "linked").find(), undefined);
    deepStrictEqual(said, []);
    strictEqual((await saved(directory)).length, 1);
  });
});

Deno.test({
  name: "save() lets nobody else read or write",
  ignore: isWindows,
  fn: async () => {
    await withStore(async ({ directory, open }) => {
      await open().entry(DIGEST, CAPS).save(module);
      const [path] = await saved(directory);
      strictEqual((await Deno.stat(path!)).mode! & 0o777, 0o600);
      strictEqual((await Deno.stat(directory)).mode! & 0o777, 0o700);
    });
  },
});

/** What others, or a crash, make of an entry. */
const BREAKS: readonly (readonly [
  string,
  (path: string) => Promise<void>,
])[] = [
  ["is cut", (path) => Deno.truncate(path, 100)],
  ["is empty", (path) => Deno.truncate(path, 0)],
  ["has another byte", async (path) => {
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await Deno.writeFile(path, bytes);
  }],
  ["is another's", async (path) => {
    await Deno.writeTextFile(path, "not ours ".repeat(20));
  }],
];

for (const [what, damage] of BREAKS) {
  Deno.test(`find() ignores, tells of and lets replace an entry that ${what}`, async () => {
    await withStore(async ({ directory, open, said }) => {
      await open().entry(DIGEST, CAPS).save(module);
      const [path] = await saved(directory);
      await damage(path!);
      const entry = open().entry(DIGEST, CAPS);
      strictEqual(await entry.find(), undefined);
      match(said.join(), /^Cannot use the module cache: .* broken entry: /);
      await entry.save(module);
      deepStrictEqual(await entry.find(), module);
      strictEqual((await saved(directory)).length, 1);
    });
  });
}

Deno.test("find() ignores an entry under the name of another", async () => {
  await withStore(async ({ directory, open, said }) => {
    await open().entry(DIGEST, CAPS).save(module);
    const [path] = await saved(directory);
    const other = "cd".repeat(32);
    await Deno.rename(path!, path!.replace(DIGEST, other));
    strictEqual(await open().entry(other, CAPS).find(), undefined);
    strictEqual(said.length, 1);
  });
});

for (const mode of [0o620, 0o602, 0o666]) {
  Deno.test({
    name: `find() trusts no entry of mode ${mode.toString(8)}`,
    ignore: isWindows,
    fn: async () => {
      await withStore(async ({ directory, open, said }) => {
        await open().entry(DIGEST, CAPS).save(module);
        const [path] = await saved(directory);
        await Deno.chmod(path!, mode);
        strictEqual(await open().entry(DIGEST, CAPS).find(), undefined);
        match(said.join(), /Cannot trust what others can write: /);
      });
    },
  });
  Deno.test({
    name: `A store uses no directory of mode ${(mode + 0o110).toString(8)}`,
    ignore: isWindows,
    fn: async () => {
      await withStore(async ({ directory, open, said }) => {
        await open().entry(DIGEST, CAPS).save(module);
        await Deno.chmod(directory, mode | 0o100);
        const entry = open().entry(DIGEST, CAPS);
        strictEqual(await entry.find(), undefined);
        await entry.save(module);
        strictEqual(said.length, 2);
        match(said[0]!, /Cannot trust what others can write: /);
      });
    },
  });
}

Deno.test({
  name: "A store uses nothing that another user owns",
  // Only root can give files away.
  ignore: isWindows || Deno.uid() !== 0,
  fn: async () => {
    await withStore(async ({ directory, open, said }) => {
      await open().entry(DIGEST, CAPS).save(module);
      const [path] = await saved(directory);
      await Deno.chown(path!, 12_345, null);
      strictEqual(await open().entry(DIGEST, CAPS).find(), undefined);
      await Deno.chown(directory, 12_345, null);
      strictEqual(await open().entry(DIGEST, CAPS).find(), undefined);
      strictEqual(said.length, 2);
      match(said.join(), /another user owns: .*another user owns: /);
    });
  },
});

Deno.test("A store whose directory cannot be made is none, and says so", async () => {
  await withStore(async ({ directory, said }) => {
    await Deno.writeTextFile(directory, "a file");
    const store = new ModuleStore({
      directory,
      debug: (text) => said.push(text),
    });
    const entry = store.entry(DIGEST, CAPS);
    strictEqual(await entry.find(), undefined);
    await entry.save(module);
    strictEqual(said.length, 2);
    match(said[0]!, /^Cannot use the module cache: /);
  });
});

Deno.test({
  name: "A store is none without permission",
  permissions: { read: true, write: false, sys: true },
  fn: async () => {
    const said: string[] = [];
    const store = new ModuleStore({
      directory: new URL("nowhere", import.meta.url).pathname,
      debug: (text) => said.push(text),
    });
    const entry = store.entry(DIGEST, CAPS);
    strictEqual(await entry.find(), undefined);
    await entry.save(module);
    match(said[0]!, /^Cannot use the module cache: Requires write access/);
  },
});

Deno.test("save() removes what was used longest ago when there is too much, and what killed processes left", async () => {
  await withStore(async ({ directory, open }) => {
    const digests = ["aa", "bb", "cc", "dd"].map((each) => each.repeat(32));
    const kinds = ["", "linked-12", `linked-${"ff".repeat(32)}`, ""];
    for (const [nth, digest] of digests.entries()) {
      await open().entry(digest, CAPS, kinds[nth]).save(module);
      const path = (await saved(directory)).find((path) =>
        path.includes(digest)
      )!;
      // The first was used last.
      const at = new Date(Date.now() - (nth === 0 ? 0 : (9 - nth) * 60_000));
      await Deno.utime(path, at, at);
    }
    const [first] = await saved(directory);
    const { size } = await Deno.stat(first!);
    const drafts = ["old", "new"].map((age) => {
      const id = crypto.randomUUID();
      return { age, path: `${first}.${id}.tmp` };
    });
    for (const { age, path } of drafts) {
      await Deno.writeTextFile(path, age);
      const at = new Date(Date.now() - (age === "old" ? 2 : 0) * 3_600_000);
      await Deno.utime(path, at, at);
    }
    await Deno.writeTextFile(`${directory}/mine.rusm`, "not an entry");
    await open(3 * size).entry("ee".repeat(32), CAPS).save(module);
    const left = (await saved(directory)).map((path) =>
      path.slice(directory.length + 1, directory.length + 3)
    );
    deepStrictEqual(left, ["aa", "aa", "dd", "ee", "mi"]);
    strictEqual((await saved(directory)).includes(drafts[1]!.path), true);
  });
});

Deno.test("save() keeps nothing that is larger than all may be", async () => {
  await withStore(async ({ directory, open }) => {
    await open(100).entry(DIGEST, CAPS).save(module);
    deepStrictEqual(await saved(directory), []);
  });
});

Deno.test("find() makes young what it uses", async () => {
  await withStore(async ({ directory, open }) => {
    await open().entry(DIGEST, CAPS).save(module);
    const [path] = await saved(directory);
    const longAgo = new Date(Date.now() - 48 * 3_600_000);
    await Deno.utime(path!, longAgo, longAgo);
    deepStrictEqual(await open().entry(DIGEST, CAPS).find(), module);
    const { mtime } = await Deno.stat(path!);
    ok(mtime!.getTime() > longAgo.getTime() + 3_600_000);
  });
});

Deno.test("Stores of one directory at the same time find all of an entry, or nothing", async () => {
  await withStore(async ({ directory, open, said }) => {
    const work = Array.from({ length: 40 }, async (_, nth) => {
      const entry = open().entry(DIGEST, CAPS);
      const found = await entry.find();
      if (found !== undefined) deepStrictEqual(found, module);
      if (nth % 2 === 0) await entry.save(module);
      const later = await entry.find();
      if (later !== undefined) deepStrictEqual(later, module);
    });
    await Promise.all(work);
    deepStrictEqual(said, []);
    strictEqual((await saved(directory)).length, 1);
  });
});

Deno.test("A process that is killed while it saves leaves no broken entry", async () => {
  await withStore(async ({ directory, open, said }) => {
    const program = new URL("../testdata/core/saver.ts", import.meta.url);
    for (let round = 0; round < 3; round++) {
      const saver = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", program.href, directory],
        stdout: "piped",
      }).spawn();
      const reader = saver.stdout.getReader();
      await reader.read();
      saver.kill("SIGKILL");
      await reader.cancel();
      await saver.status;
      for (const nth of [0, 1, 2, 3]) {
        await open().entry(`${nth}`.repeat(64), CAPS).find();
      }
    }
    deepStrictEqual(said, []);
    ok((await saved(directory)).length > 0);
  });
});
