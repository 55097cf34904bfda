import { deepStrictEqual, match, strictEqual } from "node:assert";
import { withStarter } from "./starter.ts";

const TARGET = "https://deno.com/blog?page=2#top";

interface Added {
  readonly code: string;
  readonly link: string;
}

function post(url: string, body: string): Promise<Response> {
  return fetch(`${url}/links`, { method: "POST", body });
}

async function add(url: string, target: string): Promise<Added> {
  return await (await post(url, JSON.stringify({ url: target }))).json();
}

async function follow(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: "manual" });
  await answer.body?.cancel();
  return `${answer.status} ${answer.headers.get("location")}`;
}

async function list(url: string, query = ""): Promise<unknown> {
  return await (await fetch(`${url}/links${query}`)).json();
}

Deno.test("shortener sends to the URL of a code, also when the app was started again", async () => {
  let code = "";
  await withStarter("shortener", async ({ url }) => {
    deepStrictEqual(await list(url), []);
    const added = await add(url, TARGET);
    code = added.code;
    match(code, /^[2-9a-z]{6}$/);
    strictEqual(added.link, `${url}/${code}`);
    strictEqual(await follow(added.link), `302 ${TARGET}`);
  }, async ({ url }) => {
    strictEqual(await follow(`${url}/${code}`), `302 ${TARGET}`);
    deepStrictEqual(await list(url), [{ code, url: TARGET, follows: 2 }]);
    deepStrictEqual(await list(url, `?after=${code}`), []);
  });
});

Deno.test("shortener counts each of many that follow at once", () =>
  withStarter("shortener", async ({ url }) => {
    const { code, link } = await add(url, TARGET);
    await Promise.all(Array.from({ length: 20 }, () => follow(link)));
    deepStrictEqual(await list(url), [{ code, url: TARGET, follows: 20 }]);
  }));

const REFUSED = [
  "",
  "null",
  "{}",
  '{"url":1}',
  '{"url":"deno.com"}',
  '{"url":"javascript:alert(1)"}',
  JSON.stringify({ url: `https://deno.com/${"a".repeat(2048)}` }),
];

Deno.test("shortener refuses what is no URL, and knows no codes that it has not given", () =>
  withStarter("shortener", async ({ url }) => {
    for (const body of REFUSED) {
      const answer = await post(url, body);
      strictEqual(answer.status, 400, body);
      deepStrictEqual(await answer.json(), {
        error: 'Send {"url": "https://…"}',
      });
    }
    deepStrictEqual(await list(url), []);
    strictEqual(await follow(`${url}/nobody`), "404 null");
  }));
