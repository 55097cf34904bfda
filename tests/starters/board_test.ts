import { deepStrictEqual, match, strictEqual } from "node:assert";
import type { Card } from "../../cli/templates/board/shared/board.ts";
import { EventClient } from "../serving/event_client.ts";
import { withStarter } from "./starter.ts";
import { Talker } from "./talker.ts";

async function send(
  method: string,
  url: string,
  body?: unknown,
): Promise<unknown> {
  const text = body === undefined ? null : JSON.stringify(body);
  const answer = await fetch(url, { method, body: text });
  return [answer.status, await answer.json()];
}

function card(id: number, text: string, isDone = false): Card {
  return { id, text, isDone };
}

Deno.test("board keeps cards, also when the app was started again", () =>
  withStarter("board", async ({ url }) => {
    deepStrictEqual(await send("GET", `${url}/cards`), [200, []]);
    for (const [at, text] of ["a", "b", "c"].entries()) {
      deepStrictEqual(
        await send("POST", `${url}/cards`, { text }),
        [201, card(at + 1, text)],
      );
    }
    deepStrictEqual(
      await send("PATCH", `${url}/cards/2`, { isDone: true }),
      [200, card(2, "b", true)],
    );
    deepStrictEqual(
      await send("DELETE", `${url}/cards/1`),
      [200, card(1, "a")],
    );
  }, async ({ url }) => {
    const left = [card(2, "b", true), card(3, "c")];
    deepStrictEqual(await send("GET", `${url}/cards`), [200, left]);
    deepStrictEqual(
      await send("POST", `${url}/cards`, { text: "d" }),
      [201, card(4, "d")],
    );
  }));

const REFUSED: readonly (readonly [string, string, unknown, number, string])[] =
  [
    ["POST", "/cards", undefined, 400, 'Send {"text": "…"}'],
    ["POST", "/cards", null, 400, 'Send {"text": "…"}'],
    ["POST", "/cards", { text: 1 }, 400, 'Send {"text": "…"}'],
    ["PATCH", "/cards/1", {}, 400, 'Send {"isDone": true}'],
    ["PATCH", "/cards/1", { isDone: true }, 404, "No such card"],
    ["DELETE", "/cards/none", undefined, 404, "No such card"],
  ];

Deno.test("board says what is wrong with a request", () =>
  withStarter("board", async ({ url }) => {
    for (const [method, path, body, status, error] of REFUSED) {
      deepStrictEqual(
        await send(method, `${url}${path}`, body),
        [status, { error }],
        `${method} ${path} ${JSON.stringify(body)}`,
      );
    }
  }));

Deno.test("board has its cards again when the store was killed", () =>
  withStarter("board", async ({ url, kill, logged }) => {
    await logged(/spawn +store#/);
    await send("POST", `${url}/cards`, { text: "a" });
    await kill("store");
    await logged(/restart +store/);
    await logged(/spawn +store#/);
    const cards = [card(1, "a")];
    deepStrictEqual(await send("GET", `${url}/cards`), [200, cards]);
  }));

Deno.test("board has a worker make a digest, which then ends", () =>
  withStarter("board", async ({ url, logged }) => {
    for (const text of ["Water plants", "water tea", "sleep"]) {
      await send("POST", `${url}/cards`, { text });
    }
    await send("PATCH", `${url}/cards/3`, { isDone: true });
    const words = [["water", 2], ["plants", 1], ["tea", 1], ["sleep", 1]];
    deepStrictEqual(
      await send("GET", `${url}/digest`),
      [200, { total: 3, done: 1, words }],
    );
    match(await logged(/exit +digest#/), /normal/);
  }));

Deno.test("board tells those in a room what one says, and nobody else", () =>
  withStarter("board", async ({ urls }) => {
    const at = urls.find((url) => url.startsWith("ws:"))!;
    const ann = new Talker(`${at}/rooms/garden?name=Ann`);
    strictEqual(await ann.hears(), "Ann has come");
    const eve = new Talker(`${at}/rooms/attic?name=Eve`);
    strictEqual(await eve.hears(), "Eve has come");
    const bob = new Talker(`${at}/rooms/garden?name=Bob`);
    strictEqual(await bob.hears(), "Bob has come");
    strictEqual(await ann.hears(), "Bob has come");
    ann.says("hello");
    for (const talker of [ann, bob]) {
      strictEqual(await talker.hears(), "Ann says: hello");
    }
    await bob.leaves();
    strictEqual(await ann.hears(), "Bob has gone");
    eve.says("anybody here?");
    strictEqual(await eve.hears(), "Eve says: anybody here?");
    await Promise.all([ann.leaves(), eve.leaves()]);
  }));

Deno.test("board tells those who listen of each change, also when the store was killed", () =>
  withStarter("board", async ({ url, urls, kill, logged }) => {
    await logged(/spawn +store#/);
    await send("POST", `${url}/cards`, { text: "a" });
    using feed = await EventClient.open(Number(new URL(urls[1]!).port));
    const hears = async (event: string, data: unknown) =>
      strictEqual(
        await feed.next(),
        `event: ${event}\ndata: ${JSON.stringify(data)}`,
      );
    await hears("cards", [card(1, "a")]);
    await send("POST", `${url}/cards`, { text: "b" });
    await hears("change", { type: "added", card: card(2, "b") });
    await kill("store");
    await logged(/spawn +store#/);
    await send("PATCH", `${url}/cards/2`, { isDone: true });
    await hears("change", { type: "moved", card: card(2, "b", true) });
    await send("DELETE", `${url}/cards/1`);
    await hears("change", { type: "removed", card: card(1, "a") });
    feed.close();
    await logged(/exit +feed#/);
  }));
