/** An app in TypeScript: a resident service, and handlers that call it. */

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { withApp } from "./served.ts";

const MANIFEST = `
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"

[serve.routes]
"GET /items" = "api#list"
"PUT /items/:key" = "api#put"
"GET /other" = "api#anything"
"POST /crash" = "api#crash"
"POST /theft" = "api#steal"

[components.store]
resident = true

[components.api]
`;

const STORE = `
const items = new Map();
exports.put = (key, value) => items.set(key, value).size;
exports.entries = function* () { yield* items; };
exports.crash = () => { Process.exit("on purpose"); };
`;

const API = `
const { connect } = require("@rusm/wasm/guest");
exports.put = async (request, { params }) =>
  Response.json(await connect("store").put(params.key, await request.text()));
exports.list = async () => {
  const entries = [];
  for await (const entry of connect("store").entries()) entries.push(entry);
  return Response.json(entries);
};
exports.crash = async () => {
  try { await connect("store").withTimeout(500).crash(); }
  catch (error) { return new Response(error.message); }
};
exports.steal = () => {
  const before = Process.whereis("store");
  connect("store").cast.crash();
  for (;;) {
    const isMine = Process.register("store");
    const now = Process.whereis("store");
    if (now !== null && now !== before) return Response.json({ isMine });
  }
};
exports.default = (_, { action }) => new Response(action);
`;

async function withStore(
  test: (
    url: string,
    logged: (pattern: RegExp) => Promise<string>,
  ) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/wasm`);
    await Deno.writeTextFile(`${directory}/wasm/store.js`, STORE);
    await Deno.writeTextFile(`${directory}/wasm/api.js`, API);
    await withApp(
      MANIFEST,
      ({ url, logged }) => test(url, logged),
      { directory },
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function put(url: string, key: string, body: string): Promise<unknown> {
  const answer = await fetch(`${url}/items/${key}`, { method: "PUT", body });
  return await answer.json();
}

async function list(url: string): Promise<unknown> {
  return await (await fetch(`${url}/items`)).json();
}

Deno.test("handlers in TypeScript call a resident by its name, from the first request on", () =>
  withStore(async (url) => {
    deepStrictEqual(await list(url), []);
    const puts = ["a", "b", "c"].map((key) => put(url, key, `${key}!`));
    deepStrictEqual((await Promise.all(puts)).toSorted(), [1, 2, 3]);
    const entries = await list(url) as string[][];
    deepStrictEqual(entries.toSorted(), [["a", "a!"], ["b", "b!"], [
      "c",
      "c!",
    ]]);
    const other = await fetch(`${url}/other`);
    strictEqual(await other.text(), "anything");
  }));

Deno.test("a resident in TypeScript is found again when it was started again", () =>
  withStore(async (url, logged) => {
    await logged(/spawn +store#/);
    strictEqual(await put(url, "a", "1"), 1);
    const crash = await fetch(`${url}/crash`, { method: "POST" });
    match(await crash.text(), /^timeout$/);
    await logged(/restart +store/);
    await logged(/spawn +store#/);
    deepStrictEqual(await list(url), []);
    strictEqual(await put(url, "b", "2"), 1);
  }));

Deno.test("a resident in TypeScript keeps its name from others while it is started again", () =>
  withStore(async (url) => {
    strictEqual(await put(url, "a", "1"), 1);
    for (let times = 0; times < 3; times++) {
      const theft = await fetch(`${url}/theft`, { method: "POST" });
      deepStrictEqual(await theft.json(), { isMine: false });
    }
    strictEqual(await put(url, "b", "2"), 1);
  }));
