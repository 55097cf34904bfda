import { match, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import type { Io } from "./io.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

const FILES = {
  "rusm.toml": `[node]\nstore = "data/store.db"\n`,
  "value.txt": "from a file",
};

async function rusm(
  cwd: string,
  words: string,
  overrides: Partial<Io> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const recorder = record(cwd, overrides);
  const code = await main(words.split(" "), recorder.io);
  return { code, stdout: recorder.stdout(), stderr: recorder.stderr() };
}

Deno.test("rusm kv sets, gets, lists and removes values", async () => {
  await withDirectory(FILES, async (cwd) => {
    const piped = () => Promise.resolve(new TextEncoder().encode("piped"));
    const set = await rusm(cwd, "kv set links/a/b", { readInput: piped });
    strictEqual(set.stdout, "set links/a/b (5 B)\n");
    await rusm(cwd, "kv set links/c value.txt");
    await rusm(cwd, "kv set other/c value.txt");

    strictEqual((await rusm(cwd, "kv get links/a/b")).stdout, "piped");
    strictEqual((await rusm(cwd, "kv get links/c")).stdout, "from a file");
    const got = await rusm(cwd, "kv get links/c copy.txt");
    strictEqual(got.stdout, "wrote 11 B to copy.txt\n");
    strictEqual(await Deno.readTextFile(`${cwd}/copy.txt`), "from a file");

    strictEqual((await rusm(cwd, "kv buckets")).stdout, "links\nother\n");
    strictEqual((await rusm(cwd, "kv list links")).stdout, "a/b\nc\n");
    const json = await rusm(cwd, "kv list links --prefix a --json");
    strictEqual(json.stdout, `["a/b"]\n`);
    strictEqual((await rusm(cwd, "kv list none --json")).stdout, "[]\n");

    strictEqual((await rusm(cwd, "kv rm links/c")).stdout, "removed links/c\n");
    const again = await rusm(cwd, "kv rm links/c");
    strictEqual(again.stdout, "no value at links/c\n");
    strictEqual(again.code, 0);
  });
});

Deno.test("rusm kv get fails when there is no value", async () => {
  await withDirectory(FILES, async (cwd) => {
    await rusm(cwd, "kv set links/a value.txt");
    const { code, stdout, stderr } = await rusm(cwd, "kv get links/b");
    strictEqual(code, 1);
    strictEqual(stdout, "");
    strictEqual(stderr, "no value at links/b\n");
  });
});

Deno.test("rusm kv works while another has the store open", async () => {
  await withDirectory(FILES, async (cwd) => {
    const { openStore } = await import("@rusm/serve");
    await rusm(cwd, "kv set links/a value.txt");
    const store = await openStore(`${cwd}/data/store.db`);
    await store.set("links", "b", new Uint8Array(3));
    strictEqual((await rusm(cwd, "kv list links")).stdout, "a\nb\n");
    await rusm(cwd, "kv rm links/b");
    strictEqual(await store.exists("links", "b"), false);
    await store.close();
  });
});

/** A command line, its exit code, and what it says. */
const WRONG: readonly (readonly [string, number, RegExp])[] = [
  ["kv", 2, /Missing <action>/],
  ["kv gett links/a", 2, /Unknown action "gett": did you mean "get"/],
  ["kv get", 2, /Missing <bucket>\/<key> behind get/],
  ["kv list", 2, /Missing <bucket> behind list/],
  ["kv get links", 2, /Expected <bucket>\/<key>: links/],
  ["kv get links/", 2, /Expected <bucket>\/<key>: links\//],
  ["kv rm links/a b", 2, /Unexpected argument: b/],
  ["kv get links/a", 1, /Nothing is stored: data\/store\.db/],
  ["kv set links/a missing.txt", 1, /missing\.txt/],
];

for (const [words, code, message] of WRONG) {
  Deno.test(`rusm ${words} says what is wrong`, async () => {
    await withDirectory(FILES, async (cwd) => {
      const result = await rusm(cwd, words);
      match(result.stderr, message);
      strictEqual(result.code, code);
    });
  });
}

Deno.test("rusm kv says what a manifest without a store lacks", async () => {
  await withDirectory({ "rusm.toml": "" }, async (cwd) => {
    const { code, stderr } = await rusm(cwd, "kv buckets");
    strictEqual(code, 2);
    match(stderr, /No store in rusm\.toml\nAdd `store = /);
  });
});
