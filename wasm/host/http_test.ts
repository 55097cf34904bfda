import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";

import { defineProfile, type ProfileTable } from "../capability.ts";
import { REDIRECTS_MAX } from "../limits.ts";
import type { FetchedHead, FetchHead } from "../script/ops.ts";
import { type Exchange, openExchange } from "./http.ts";

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

function open(table: ProfileTable, request: FetchHead): Exchange {
  return openExchange(defineProfile("p", table), request);
}

/** An answer, read to its end. */
async function fetchAs(
  table: ProfileTable,
  request: FetchHead,
  body: Uint8Array | null = null,
): Promise<{ head: FetchedHead; text: string }> {
  const exchange = open(table, request);
  const head = await exchange.send(body);
  return { head, text: await readText(exchange) };
}

async function readText(exchange: Exchange): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const chunk = await exchange.read();
    if (chunk === null) return text + decoder.decode();
    text += decoder.decode(chunk, { stream: true });
  }
}

Deno.test("openExchange() sends method, headers and body, and reads the whole answer", async () => {
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
    strictEqual(answer.text, "hello");
    const { status, url, redirected, headers } = answer.head;
    deepStrictEqual([status, url, redirected], [201, `${origin}/p?q`, false]);
    strictEqual(new Map(headers).get("x-b"), "c");
  });
});

Deno.test("openExchange() follows redirects, or does not", async () => {
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
    name: `openExchange() with ${
      JSON.stringify(table)
    } refuses ${url} before it asks anyone`,
    // Whatever would reach the network is refused by Deno, by another message.
    permissions: { net: false },
    fn: () =>
      rejects(fetchAs(table, head(url)), { name, ...message && { message } }),
  });
}

for (const withPort of [false, true]) {
  Deno.test(`openExchange() reaches a host of its list, ${withPort ? "with" : "without"} a port`, async () => {
    await withServer(() => new Response("ok"), async (origin) => {
      const host = withPort ? new URL(origin).host : "127.0.0.1";
      const { text } = await fetchAs({ network: [host] }, head(origin));
      strictEqual(text, "ok");
    });
  });
}

Deno.test("openExchange() gives the body as it comes, and no more than is read", async () => {
  let pulledCount = 0;
  const chunk = new Uint8Array(64 * 1024);
  const body = new ReadableStream({
    pull(controller) {
      pulledCount++;
      controller.enqueue(chunk);
    },
  });
  await withServer(() => new Response(body), async (origin) => {
    const exchange = open({ network: true }, head(origin));
    await exchange.send(null);
    ok((await exchange.read())!.length <= chunk.length);
    exchange.close();
    // What is under way lies in buffers of the kernel.
    ok(pulledCount < 1_000, `${pulledCount}`);
  });
});

Deno.test("openExchange() sends what is written, as it is written", async () => {
  await withServer(
    (request) => new Response(request.body),
    async (origin) => {
      const isStreamed = { method: "POST", isStreamed: true } as const;
      const exchange = open({ network: true }, head(origin, isStreamed));
      const sent = exchange.send(null);
      await exchange.write(new Uint8Array([104]));
      await sent;
      deepStrictEqual(await exchange.read(), new Uint8Array([104]));
      await exchange.write(new Uint8Array([105]));
      exchange.end(null);
      strictEqual(await readText(exchange), "i");
    },
  );
});

Deno.test("openExchange() fails when the body that is written fails", async () => {
  await withServer(
    async (request) => new Response(await request.text()),
    async (origin) => {
      const isStreamed = { method: "POST", isStreamed: true } as const;
      const exchange = open({ network: true }, head(origin, isStreamed));
      const sent = exchange.send(null);
      exchange.end("Cannot send a body that failed");
      await rejects(sent, TypeError);
    },
  );
});

Deno.test("openExchange() ends when it is closed, before and while the body comes", async () => {
  const stalled = Promise.withResolvers<void>();
  await withServer((request) => {
    if (new URL(request.url).pathname === "/never") {
      stalled.resolve();
      return new Promise(() => {});
    }
    return new Response(new ReadableStream({ start() {} }));
  }, async (origin) => {
    const never = open({ network: true }, head(`${origin}/never`));
    const sent = never.send(null);
    await stalled.promise;
    never.close();
    await rejects(sent, { name: "AbortError" });
    const stream = open({ network: true }, head(`${origin}/stream`));
    await stream.send(null);
    const read = stream.read();
    stream.close();
    await rejects(read, { name: "AbortError" });
  });
});

// The sanitizer tells what is left.
Deno.test("openExchange() leaves nothing when it is closed with an answer that nobody reads", async () => {
  await withServer(() => new Response("x".repeat(200_000)), async (origin) => {
    const requests = Array.from({ length: 20 }, () => {
      const exchange = open({ network: true }, head(origin));
      return exchange.send(null).then(() => exchange);
    });
    const exchanges = await Promise.all(requests);
    strictEqual((await exchanges[0]!.read())!.length > 0, true);
    const reading = exchanges[1]!.read();
    for (const exchange of exchanges) exchange.close();
    await rejects(reading, { name: "AbortError" });
  });
});

Deno.test("openExchange() gives no body for an answer without one", async () => {
  await withServer(
    () => new Response(null, { status: 204 }),
    async (origin) => {
      const exchange = open({ network: true }, head(origin));
      strictEqual((await exchange.send(null)).hasBody, false);
      strictEqual(await exchange.read(), null);
    },
  );
});

Deno.test("openExchange() follows no redirect to a host that is not granted", async () => {
  await withServer(
    () => Response.redirect("http://b.test/", 302),
    async (origin) => {
      const { host } = new URL(origin);
      await rejects(fetchAs({ network: [host] }, head(origin)), {
        name: "NotCapable",
        message: 'Cannot fetch: profile "p" does not grant the host b.test',
      });
    },
  );
});

Deno.test("openExchange() gives up after too many redirects", async () => {
  let count = 0;
  await withServer((request) => {
    count++;
    return Response.redirect(request.url, 307);
  }, async (origin) => {
    await rejects(fetchAs({ network: true }, head(origin)), {
      name: "TypeError",
      message: `Cannot follow more than ${REDIRECTS_MAX} redirects: ${origin}`,
    });
  });
  strictEqual(count, REDIRECTS_MAX + 1);
});

// deno-fmt-ignore
const REDIRECTED: [status: number, method: string, then: string, body: string][] = [
  [301, "POST", "GET",  ""],
  [302, "POST", "GET",  ""],
  [302, "PUT",  "PUT",  "x"],
  [303, "PUT",  "GET",  ""],
  [303, "HEAD", "HEAD", ""],
  [307, "POST", "POST", "x"],
  [308, "POST", "POST", "x"],
];

for (const [status, method, then, body] of REDIRECTED) {
  Deno.test(`openExchange() makes a ${method} a ${then} after ${status}`, async () => {
    const seen: unknown[] = [];
    await withServer(async (request) => {
      if (new URL(request.url).pathname === "/from") {
        return new Response(null, { status, headers: { location: "/to" } });
      }
      const { headers } = request;
      seen.push(request.method, headers.get("content-type"));
      seen.push(headers.get("authorization"), await request.text());
      return new Response();
    }, async (origin) => {
      const request = head(`${origin}/from`, {
        method,
        headers: [["content-type", "a/b"], ["authorization", "me"]],
      });
      const sent = method === "HEAD" ? null : new TextEncoder().encode("x");
      await fetchAs({ network: true }, request, sent);
    });
    const type = then === method ? "a/b" : null;
    deepStrictEqual(seen, [then, type, "me", body]);
  });
}

Deno.test("openExchange() keeps credentials from another origin", async () => {
  await withServer(
    (request) => new Response(String(request.headers.get("authorization"))),
    async (origin) => {
      await withServer(
        () => Response.redirect(origin, 302),
        async (other) => {
          const headers: [string, string][] = [["authorization", "me"]];
          const request = head(other, { headers });
          const { text } = await fetchAs({ network: true }, request);
          strictEqual(text, "null");
        },
      );
    },
  );
});

Deno.test("openExchange() does not send a body twice that was written", async () => {
  await withServer(
    () => new Response(null, { status: 307, headers: { location: "/" } }),
    async (origin) => {
      const isStreamed = { method: "POST", isStreamed: true } as const;
      const exchange = open({ network: true }, head(origin, isStreamed));
      exchange.end(null);
      await rejects(exchange.send(null), {
        name: "TypeError",
        message:
          `Cannot follow a redirect with a body that was sent: ${origin}`,
      });
    },
  );
});
