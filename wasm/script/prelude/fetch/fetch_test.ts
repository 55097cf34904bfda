import { deepStrictEqual, strictEqual } from "node:assert";

import { Guest, type GuestOptions } from "../../testdata/guest.ts";

const encoder = new TextEncoder();

/** What an asynchronous expression gives, or `throws` and the error. */
async function outcome(code: string, options: GuestOptions): Promise<unknown> {
  using guest = await Guest.create("", options);
  start(guest, code);
  await guest.settle();
  return guest.evaluate("outcome");
}

function start(guest: Guest, code: string): void {
  guest.evaluate(`(async () => ${code})().then(
    (value) => globalThis.outcome = value,
    (error) => globalThis.outcome = "throws " + error)`);
}

Deno.test("fetch() hands the request to the host", async () => {
  using guest = await Guest.create();
  start(
    guest,
    `fetch("http://a.test/b c#d", { method: "put", headers: { "X-A": "1" }, body: "é", redirect: "manual" })`,
  );
  deepStrictEqual(guest.fetches, [[
    {
      method: "PUT",
      url: "http://a.test/b%20c#d",
      headers: [["x-a", "1"], ["content-type", "text/plain;charset=UTF-8"]],
      redirect: "manual",
    },
    encoder.encode("é"),
  ]]);
});

Deno.test("fetch() without a body sends null", async () => {
  using guest = await Guest.create();
  start(guest, `fetch(new Request("http://a.test"))`);
  deepStrictEqual(guest.fetches[0]?.[1], null);
});

Deno.test("fetch() resolves with the answer", async () => {
  const text = await outcome(
    `{
      const response = await fetch("http://a.test");
      const { status, statusText, ok, type, url, redirected } = response;
      const headers = [...response.headers];
      return JSON.stringify([{ status, statusText, ok, type, url, redirected }, headers, await response.json()]);
    }`.replace(/^\{/, "(await (async () => {").replace(/\}$/, "})())"),
    {
      fetch: () => ({
        head: {
          status: 404,
          statusText: "Gone",
          headers: [["a", "1"], ["a", "2"]],
          url: "http://b.test/",
          redirected: true,
        },
        body: encoder.encode(`{"x":1}`),
      }),
    },
  );
  deepStrictEqual(JSON.parse(String(text)), [
    {
      status: 404,
      statusText: "Gone",
      ok: false,
      type: "default",
      url: "http://b.test/",
      redirected: true,
    },
    [["a", "1, 2"]],
    { x: 1 },
  ]);
});

Deno.test("fetch() gives immutable headers", async () => {
  const code = `(await fetch("http://a.test")).headers.set("a", "1")`;
  strictEqual(
    await outcome(code, { fetch: () => ({ head: {} }) }),
    "throws TypeError: Cannot change these headers: they are immutable",
  );
});

Deno.test("fetch() of several overlap and settle in any order", async () => {
  const text = await outcome(
    `(await Promise.all(["a", "b", "c"].map((name) => fetch("http://" + name + ".test").then((response) => response.text())))).join()`,
    {
      fetch: ({ url }) => ({
        head: {},
        body: encoder.encode(new URL(url).hostname),
      }),
    },
  );
  strictEqual(text, "a.test,b.test,c.test");
});

for (
  const call of [
    `fetch("/a")`,
    `fetch("http://a.test", { body: "x" })`,
    `fetch("http://a.test", { headers: { "a b": "" } })`,
  ]
) {
  Deno.test(`${call} rejects and asks nothing of the host`, async () => {
    using guest = await Guest.create();
    start(guest, `${call}.catch((error) => error.name)`);
    guest.drain();
    strictEqual(guest.evaluate("outcome"), "TypeError");
    strictEqual(guest.fetches.length, 0);
  });
}

// deno-fmt-ignore
const ERRORS = [
  // the host's   guest's        cause
  ["NotCapable",  "TypeError",    "NotCapable"],
  ["Error",       "TypeError",    "Error"],
  ["TypeError",   "TypeError",    "undefined"],
  ["TimeoutError", "TimeoutError", "undefined"],
] as const;

for (const [name, guestName, cause] of ERRORS) {
  Deno.test(`fetch() rejects with ${guestName} when the host reports ${name}`, async () => {
    const code = `fetch("http://a.test").catch((error) =>
      [error.name, error.message, String(error.cause?.name), error instanceof TypeError || error instanceof DOMException].join())`;
    const fetch = () => {
      const error = new Error("Cannot reach a.test");
      error.name = name;
      throw error;
    };
    strictEqual(
      await outcome(code, { fetch }),
      `${guestName},Cannot reach a.test,${cause},true`,
    );
  });
}

Deno.test("fetch() rejects with TypeError when the host refuses at once", async () => {
  const code = `fetch("http://a.test").catch((error) =>
    [error.name, error.message, error.cause.name].join())`;
  strictEqual(
    await outcome(code, { refused: ["fetchStart"] }),
    "TypeError,Cannot do more of this: fetchStart,RangeError",
  );
});

Deno.test("fetch() rejects with the stack of its caller", async () => {
  const code =
    `(async function caller() { await fetch("http://a.test") })().catch((error) => error.stack)`;
  const stack = await outcome(code, {
    fetch: () => {
      throw new Deno.errors.NotCapable("no");
    },
  });
  const lines = String(stack).trim().split("\n");
  strictEqual(lines[0]?.replace(/:\d+:\d+/, ""), "at caller (guest.js)");
  deepStrictEqual(lines.filter((line) => !line.includes("guest.js")), []);
});

Deno.test("fetch() rejects with the reason when it is aborted under way", async () => {
  using guest = await Guest.create();
  guest.evaluate(`const controller = new AbortController()`);
  start(guest, `fetch("http://a.test", { signal: controller.signal })`);
  guest.drain();
  guest.evaluate(`controller.abort(new RangeError("enough"))`);
  guest.drain();
  strictEqual(guest.evaluate("outcome"), "throws RangeError: enough");
  strictEqual(guest.aborted.length, 1);
});

Deno.test("fetch() ignores an answer that comes after it was aborted", async () => {
  using guest = await Guest.create();
  guest.evaluate(`const controller = new AbortController()`);
  start(guest, `fetch("http://a.test", { signal: controller.signal })`);
  guest.evaluate(`controller.abort()`);
  guest.enter("settle", guest.aborted[0], null, "{}", null);
  strictEqual(
    guest.evaluate("outcome"),
    "throws AbortError: The signal has been aborted",
  );
});

Deno.test("fetch() does not start when it is aborted before", async () => {
  using guest = await Guest.create();
  start(guest, `fetch("http://a.test", { signal: AbortSignal.abort("why") })`);
  guest.drain();
  strictEqual(guest.evaluate("outcome"), "throws why");
  strictEqual(guest.fetches.length, 0);
});

Deno.test("fetch() is not aborted any more when it has its answer", async () => {
  using guest = await Guest.create("", {
    fetch: () => ({ head: { status: 201 } }),
  });
  guest.evaluate(`const controller = new AbortController()`);
  start(
    guest,
    `(await fetch("http://a.test", { signal: controller.signal })).status`,
  );
  guest.drain();
  guest.evaluate(`controller.abort()`);
  deepStrictEqual([guest.evaluate("outcome"), guest.aborted], [201, []]);
});

Deno.test("fetch() times out with the signal", async () => {
  using guest = await Guest.create();
  start(guest, `fetch("http://a.test", { signal: AbortSignal.timeout(10) })`);
  guest.drain();
  strictEqual(
    guest.evaluate("outcome"),
    "throws TimeoutError: Signal timed out.",
  );
  strictEqual(guest.aborted.length, 1);
});
