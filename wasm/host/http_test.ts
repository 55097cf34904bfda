import { deepStrictEqual, rejects, strictEqual } from "node:assert";

import { defineProfile, type ProfileTable } from "../capability.ts";
import { FETCHED_BYTES_MAX } from "../limits.ts";
import type { FetchHead } from "../script/ops.ts";
import { fetchFor } from "./http.ts";

async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  test: (origin: string) => Promise<void>,
): Promise<void> {
  // Stops without waiting for answers that never come.
  const controller = new AbortController();
  const { signal } = controller;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal },
    handler,
  );
  try {
    await test(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    controller.abort();
    await server.finished;
  }
}

function head(url: string, more: Partial<FetchHead> = {}): FetchHead {
  return { method: "GET", url, headers: [], redirect: "follow", ...more };
}

function fetchAs(
  table: ProfileTable,
  request: FetchHead,
  body: Uint8Array | null = null,
  signal = new AbortController().signal,
) {
  return fetchFor(defineProfile("p", table), request, body, signal);
}

Deno.test("fetchFor() sends method, headers and body, and reads the whole answer", async () => {
  const seen: unknown[] = [];
  await withServer(async (request) => {
    seen.push(request.method, request.headers.get("x-a"));
    seen.push(await request.text());
    return new Response("hello", { status: 201, headers: { "x-b": "c" } });
  }, async (origin) => {
    const request = head(`${origin}/p?q`, {
      method: "PUT",
      headers: [["x-a", "1"], ["x-a", "2"]],
    });
    const sent = new TextEncoder().encode("body");
    const answer = await fetchAs({ network: true }, request, sent);
    deepStrictEqual(seen, ["PUT", "1, 2", "body"]);
    strictEqual(new TextDecoder().decode(answer.body!), "hello");
    const { status, url, redirected, headers } = answer.head;
    deepStrictEqual([status, url, redirected], [201, `${origin}/p?q`, false]);
    strictEqual(new Map(headers).get("x-b"), "c");
  });
});

Deno.test("fetchFor() follows redirects, or does not", async () => {
  await withServer(
    (request) =>
      new URL(request.url).pathname === "/from"
        ? Response.redirect(new URL("/to", request.url), 302)
        : new Response("there"),
    async (origin) => {
      const followed = await fetchAs({ network: true }, head(`${origin}/from`));
      deepStrictEqual(
        [followed.head.url, followed.head.redirected],
        [`${origin}/to`, true],
      );
      const manual = head(`${origin}/from`, { redirect: "manual" });
      const stayed = await fetchAs({ network: true }, manual);
      strictEqual(stayed.head.status, 302);
      const strict = head(`${origin}/from`, { redirect: "error" });
      await rejects(fetchAs({ network: true }, strict), TypeError);
    },
  );
});

// deno-fmt-ignore
const REFUSED: [table: ProfileTable, url: string, error: string, message?: string][] = [
  [{}, "http://a.test/", "NotCapable", 'Cannot fetch: profile "p" does not grant network'],
  [{ network: [] }, "http://a.test/", "NotCapable", 'Cannot fetch: profile "p" does not grant the host a.test'],
  [{ network: ["a.test"] }, "http://b.test/", "NotCapable", 'Cannot fetch: profile "p" does not grant the host b.test'],
  [{ network: ["a.test:81"] }, "http://a.test/", "NotCapable", 'Cannot fetch: profile "p" does not grant the host a.test'],
  [{ network: ["a.test:81"] }, "http://a.test:82/", "NotCapable", 'Cannot fetch: profile "p" does not grant the host a.test:82'],
  [{ network: ["a.test:80"] }, "https://a.test/", "NotCapable", 'Cannot fetch: profile "p" does not grant the host a.test'],
  [{ network: ["a.test"] }, "http://x.a.test/", "NotCapable"],
  [{ network: ["a.test"] }, "http://a.test.b.test/", "NotCapable"],
  [{ network: ["a.test"] }, "http://a.test@b.test/", "NotCapable"],
  [{ network: true }, "file:///etc/passwd", "TypeError", "Cannot fetch a scheme but http and https: file:///etc/passwd"],
  [{ network: true }, "data:,x", "TypeError"],
  [{ network: true }, "blob:http://a.test/x", "TypeError"],
  [{ network: true }, "ftp://a.test/", "TypeError"],
  [{ network: true }, "no URL", "TypeError"],
];

for (const [table, url, name, message] of REFUSED) {
  Deno.test({
    name: `fetchFor() with ${
      JSON.stringify(table)
    } refuses ${url} before it asks anyone`,
    // Whatever would reach the network is refused by Deno, by another message.
    permissions: { net: false },
    fn: () =>
      rejects(fetchAs(table, head(url)), { name, ...message && { message } }),
  });
}

for (const withPort of [false, true]) {
  Deno.test(`fetchFor() reaches a host of its list, ${withPort ? "with" : "without"} a port`, async () => {
    await withServer(() => new Response("ok"), async (origin) => {
      const host = withPort ? new URL(origin).host : "127.0.0.1";
      const { body } = await fetchAs({ network: [host] }, head(origin));
      strictEqual(new TextDecoder().decode(body!), "ok");
    });
  });
}

Deno.test("fetchFor() stops reading a body that is too large", async () => {
  let isCancelled = false;
  const chunk = new Uint8Array(1024 * 1024);
  await withServer(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(chunk),
        cancel: () => void (isCancelled = true),
      }),
    ), async (origin) => {
    await rejects(fetchAs({ network: true }, head(`${origin}/`)), {
      name: "RangeError",
      message:
        `Cannot fetch a body of more than ${FETCHED_BYTES_MAX} bytes: ${origin}/`,
    });
  });
  strictEqual(isCancelled, true);
});

Deno.test("fetchFor() ends when it is aborted, before and while the body comes", async () => {
  const stalled = Promise.withResolvers<void>();
  await withServer((request) => {
    if (new URL(request.url).pathname === "/never") {
      stalled.resolve();
      return new Promise(() => {});
    }
    stalled.resolve();
    return new Response(new ReadableStream({ start() {} }));
  }, async (origin) => {
    for (const path of ["/never", "/stream"]) {
      const controller = new AbortController();
      const { signal } = controller;
      const answer = fetchAs(
        { network: true },
        head(origin + path),
        null,
        signal,
      );
      await stalled.promise;
      controller.abort();
      await rejects(answer, { name: "AbortError" });
    }
  });
});

Deno.test("fetchFor() gives no body for an answer without one", async () => {
  await withServer(
    () => new Response(null, { status: 204 }),
    async (origin) => {
      strictEqual((await fetchAs({ network: true }, head(origin))).body, null);
    },
  );
});
