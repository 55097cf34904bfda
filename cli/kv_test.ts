import { deepStrictEqual, match, strictEqual } from "node:assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "@rusm/serve";
import { main } from "./command_line.ts";
import type { Io } from "./io.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

const FILES = {
  "rusm.toml": `[node]\nstore = "data/store.db"\n`,
  "value.txt": "from a file",
};

const BYTE = Uint8Array.of(1);

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
    await rusm(cwd, "kv set links/a value.txt");
    const store = await openStore(`${cwd}/data/store.db`);
    await store.set("links", "b", new Uint8Array(3));
    strictEqual((await rusm(cwd, "kv list links")).stdout, "a\nb\n");
    await rusm(cwd, "kv rm links/b");
    strictEqual(await store.exists("links", "b"), false);
    await store.close();
  });
});

const API = `
  exports.default = async (request, { params: { key } }) => {
    const bucket = kv.bucket("links");
    if (request.method === "PUT") bucket.set(key, await request.text());
    const value = bucket.get(key);
    return new Response(value, { status: value === null ? 404 : 200 });
  };`;

const SERVING = {
  "rusm.toml": `[node]
store = "data/store.db"
[log]
level = "off"
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
routes = { "GET /:key" = "api", "PUT /:key" = "api" }
[components.api]
capability = "trusted"
`,
  "wasm/api.js": API,
};

/** Runs `rusm serve` in `cwd` until `test`, which gets its address, is over. */
async function withServing(
  cwd: string,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const stop = Promise.withResolvers<"SIGTERM">();
  // A second signal would end it at once.
  const signals = [stop.promise, new Promise<never>(() => {})].values();
  const listenForStop = () => ({
    next: () => signals.next().value!,
    close: () => {},
  });
  const served = Promise.withResolvers<string>();
  const { io } = record(cwd, { listenForStop });
  const write = (text: string) => {
    const [, url] = /try: curl (\S+)\n/.exec(text) ?? [];
    if (url !== undefined) served.resolve(new URL(url).origin);
  };
  const ended = main(["serve"], { ...io, stdout: { ...io.stdout, write } });
  try {
    await test(await served.promise);
  } finally {
    stop.resolve("SIGTERM");
    strictEqual(await ended, 0);
  }
}

async function put(url: string, value: string): Promise<number> {
  const { status, body } = await fetch(url, { method: "PUT", body: value });
  await body?.cancel();
  return status;
}

Deno.test("rusm kv and the guests of a node that runs see what the other has written", async () => {
  await withDirectory(SERVING, async (cwd) => {
    await withServing(cwd, async (url) => {
      strictEqual(await put(`${url}/a`, "of a guest"), 200);
      strictEqual((await rusm(cwd, "kv get links/a")).stdout, "of a guest");
      strictEqual((await rusm(cwd, "kv buckets --json")).stdout, '["links"]\n');

      const readInput = () =>
        Promise.resolve(new TextEncoder().encode("piped"));
      await rusm(cwd, "kv set links/b", { readInput });
      strictEqual(await (await fetch(`${url}/b`)).text(), "piped");
      const list = await rusm(cwd, "kv list links --json");
      strictEqual(list.stdout, '["a","b"]\n');

      await rusm(cwd, "kv rm links/a");
      const gone = await fetch(`${url}/a`);
      await gone.body?.cancel();
      strictEqual(gone.status, 404);
    });
  });
});

Deno.test("rusm kv and the guests of a node that runs can write at the same time", async () => {
  await withDirectory(SERVING, async (cwd) => {
    await withServing(cwd, async (url) => {
      const readInput = () => Promise.resolve(new Uint8Array(1));
      const numbers = Array.from({ length: 20 }, (_, nth) => nth);
      const [codes, statuses] = await Promise.all([
        Promise.all(
          numbers.map(async (nth) =>
            (await rusm(cwd, `kv set links/rusm-${nth}`, { readInput })).code
          ),
        ),
        Promise.all(numbers.map((nth) => put(`${url}/guest-${nth}`, "x"))),
      ]);
      deepStrictEqual([...new Set(codes)], [0]);
      deepStrictEqual([...new Set(statuses)], [200]);
      const { stdout } = await rusm(cwd, "kv list links --json");
      strictEqual(JSON.parse(stdout).length, 40);
    });
  });
});

Deno.test("rusm kv lists more than a store does at once", async () => {
  await withDirectory(FILES, async (cwd) => {
    await rusm(cwd, "kv set links/a value.txt");
    const store = await openStore(`${cwd}/data/store.db`);
    const keys = Array.from({ length: 25_000 }, (_, nth) => `${1e6 + nth}`);
    await Promise.all(keys.map((key) => store.set("many", key, BYTE)));
    await store.close();
    const json = await rusm(cwd, "kv list many --json");
    deepStrictEqual(JSON.parse(json.stdout), keys);
    const { stdout } = await rusm(cwd, "kv list many");
    strictEqual(stdout, `${keys.join("\n")}\n`);
  });
});

Deno.test("rusm kv says what to do when another keeps the store for itself", async () => {
  await withDirectory(FILES, async (cwd) => {
    await rusm(cwd, "kv set links/a value.txt");
    const other = new DatabaseSync(`${cwd}/data/store.db`);
    other.exec("BEGIN IMMEDIATE");
    const { code, stderr } = await rusm(cwd, "kv set links/a value.txt");
    other.close();
    strictEqual(code, 1);
    match(
      stderr,
      /^kv failed: Cannot use the store data\/store\.db: database is locked\nAnother program/,
    );
  });
});

Deno.test("rusm kv says what to do when the store is full", async () => {
  const manifest = `[node]\nstore = "data/store.db"\nstore_max_mb = 1\n`;
  await withDirectory({ "rusm.toml": manifest }, async (cwd) => {
    const readInput = () => Promise.resolve(new Uint8Array(600_000));
    await rusm(cwd, "kv set links/a", { readInput });
    const { code, stderr } = await rusm(cwd, "kv set links/b", { readInput });
    strictEqual(code, 1);
    match(stderr, /: database or disk is full\nMake room by `rusm kv rm`/);
    await rusm(cwd, "kv rm links/a");
    strictEqual((await rusm(cwd, "kv set links/b", { readInput })).code, 0);
  });
});

Deno.test("rusm kv says what to do when the store is damaged", async () => {
  await withDirectory(FILES, async (cwd) => {
    const readInput = () => Promise.resolve(new Uint8Array(9_000));
    await rusm(cwd, "kv set links/a", { readInput });
    const path = `${cwd}/data/store.db`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.fill(0xff, 4_096));
    const { code, stderr } = await rusm(cwd, "kv get links/a");
    strictEqual(code, 1);
    match(stderr, /malformed\nStop the node, .*\n {2}sqlite3 <file> \.recover/);
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
