import { deepStrictEqual, match, strictEqual } from "node:assert";
import { constants, gunzipSync } from "node:zlib";
import { EventClient } from "./event_client.ts";
import { type Served, type ServeOptions, withApp } from "./served.ts";

function feedManifest(keys = ""): string {
  return `
    [[serve]]
    protocol = "sse"
    listen = "127.0.0.1:0"
    component = "feed"
    ${keys}
    [components.feed]
  `;
}

function withFeed(
  keys: string,
  test: (served: Served) => Promise<void>,
  options: ServeOptions = {},
): Promise<void> {
  return withApp(feedManifest(keys), test, options);
}

const ROUTES = `
  [[serve]]
  protocol = "sse"
  listen = "127.0.0.1:0"
  [serve.routes]
  "GET /rooms/:room" = "feed"
  "POST /rooms/:room" = "feed"
  [components.feed]
`;

Deno.test("startApp() has a process of its own for each event stream", () =>
  withApp(ROUTES, async ({ port, app, idle, logged }) => {
    using client = await EventClient.open(port, "/rooms/a%20b?info", [
      "Last-Event-ID: 41",
    ]);
    strictEqual(client.status, 200);
    deepStrictEqual(
      ["content-type", "cache-control", "content-encoding"].map((name) =>
        client.headers.get(name)
      ),
      ["text/event-stream", "no-cache", undefined],
    );
    deepStrictEqual(JSON.parse((await client.next()).slice(6)), {
      ...{ method: "GET", path: "/rooms/a%20b", query: "info" },
      ...{ params: [["room", "a b"]], last: "41", port: 2 },
    });
    using _other = await EventClient.open(port, "/rooms/b");
    await logged(/opened/);
    await logged(/opened/);
    strictEqual(app.info().alive, 2);
    client.close();
    await logged(/closed/);
    _other.close();
    await idle();
    match(
      await logged(/200/),
      /sse {4}GET \/rooms\/a%20b\?info → 200 feed 127/,
    );
  }));

Deno.test("startApp() writes events with all their fields, and what any process sends", () =>
  withFeed("", async ({ port, idle }) => {
    using first = await EventClient.open(port, "/?emit");
    strictEqual(
      await first.next(),
      "id: 7\nevent: note\nretry: 50\ndata: two\ndata: lines",
    );
    using second = await EventClient.open(port, "/?both");
    strictEqual(await second.next(), "data: plain");
    strictEqual(await second.next(), "data: event");
    strictEqual(await second.next(), "data: plain again");
    using third = await EventClient.open(port, "/?id");
    const id = (await third.next()).slice(6);
    using fourth = await EventClient.open(port, `/?push%20${id}%20from%20afar`);
    strictEqual(await third.next(), "data: from afar");
    strictEqual(await fourth.next(), "end");
    for (const client of [first, second, third]) client.close();
    await idle();
  }));

Deno.test("startApp() ends an event stream behind what its handler sent", () =>
  withFeed("", async ({ port, idle, logged }) => {
    using client = await EventClient.open(port, "/?end");
    for (let seen = 0; seen < 5; seen++) {
      strictEqual(await client.next(), `data: last ${seen}`);
    }
    strictEqual(await client.next(), "end");
    using crashed = await EventClient.open(port, "/?boom");
    strictEqual(await crashed.next(), "data: before");
    strictEqual(await crashed.next(), "end");
    await logged(/boom/);
    await idle();
  }));

Deno.test("startApp() is understood by an EventSource, which comes back with its last id", () =>
  withFeed("", async ({ url, idle }) => {
    const source = new EventSource(`${url}/?resume`);
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      source.addEventListener("count", ({ data, lastEventId }) => {
        if (seen.push(`${lastEventId} ${data}`) === 2) resolve();
      });
    });
    source.close();
    deepStrictEqual(seen, ["1 number 1", "2 number 2"]);
    await idle();
  }));

Deno.test("startApp() sends the head at once, and comments to who hears nothing", () =>
  withFeed("heartbeat_ms = 20", async ({ port }) => {
    using client = await EventClient.open(port, "/?quiet");
    strictEqual(client.status, 200);
    strictEqual(await client.next(), ": ping");
    strictEqual(await client.next(), ": ping");
  }));

Deno.test("startApp() calls the close hook when a client of an event stream goes", () =>
  withFeed("", async ({ port, logged, idle }) => {
    using client = await EventClient.open(port, "/?quiet");
    await logged(/opened/);
    client.close();
    await logged(/closed/);
    await idle();
  }));

Deno.test("startApp() ends a handler of events that does not, when its client is gone", () =>
  withApp(
    feedManifest().replaceAll("feed", "deaf"),
    async ({ port, idle, logged }) => {
      using client = await EventClient.open(port);
      client.close();
      match(await logged(/exit/), /deaf.* shutdown/);
      await idle();
    },
  ));

Deno.test("startApp() has a handler wait for the client of its events", () =>
  withFeed("", async ({ port }) => {
    using client = await EventClient.open(port, "/?flood%20200%20100000");
    for (let seen = 0; seen < 200; seen++) {
      strictEqual((await client.next()).length, 100_006);
    }
    strictEqual(await client.next(), "data: flooded");
  }));

Deno.test("startApp() tells a handler that waits that its client has gone", () =>
  withFeed("", async ({ port, logged, idle }) => {
    using client = await EventClient.open(port, "/?flood%201000%20100000");
    await client.chunk();
    client.close();
    match(await logged(/gone after/), /gone after \d/);
    await idle();
  }));

Deno.test("startApp() lets go who takes fewer events than others send", () =>
  withFeed("max_queued_messages = 10", async ({ port, logged, idle }) => {
    using client = await EventClient.open(port, "/?heap%2060%201000000");
    // It ends only when its client is gone, in time for its last words or not.
    await logged(/exit/);
    let last: string;
    do last = await client.next(); while (last.startsWith("data"));
    strictEqual(last, "cut");
    await idle();
  }));

Deno.test("startApp() leaves out what finds no room when it is told to", () =>
  withFeed(
    `max_queued_messages = 10\nwhen_behind = "drop"`,
    async ({ port, logged, idle }) => {
      using client = await EventClient.open(port, "/?heap%20100%201000000");
      await logged(/heaped/);
      let count = 0;
      while (await client.next() !== "data: done") count++;
      strictEqual(count >= 10 && count < 100, true, `${count} of 100`);
      await logged(/done: true/);
      client.close();
      await idle();
    },
  ));

Deno.test("startApp() compresses events where both want it, each as it is sent", () =>
  withFeed("compression = true", async ({ port }) => {
    using plain = await EventClient.open(port, "/?end", [
      "Accept-Encoding: gzip;q=0",
    ]);
    strictEqual(plain.headers.get("content-encoding"), undefined);
    strictEqual(plain.headers.get("vary"), "accept-encoding");
    using client = await EventClient.open(port, "/?id", [
      "Accept-Encoding: br, gzip",
    ]);
    strictEqual(client.headers.get("content-encoding"), "gzip");
    const chunk = await client.chunk() as Uint8Array;
    const finishFlush = constants.Z_SYNC_FLUSH;
    match(gunzipSync(chunk, { finishFlush }).toString(), /^data: \d+\n\n$/);
    using whole = await EventClient.open(port, "/?end", [
      "Accept-Encoding: gzip",
    ]);
    const chunks: Uint8Array[] = [];
    for (let next; (next = await whole.chunk()) !== "end";) {
      chunks.push(next as Uint8Array);
    }
    const bytes = new Uint8Array(
      await new Blob(chunks as BlobPart[]).arrayBuffer(),
    );
    match(gunzipSync(bytes).toString(), /^data: last 0\n\n.*last 4\n\n$/s);
  }));

const PAGE = "https://page.test";

Deno.test("startApp() lets the pages that the manifest names read events", () =>
  withApp(
    `${feedManifest()}
    [serve.headers]
    x-frame-options = "DENY"
    [serve.cors]
    origins = ["${PAGE}"]
    headers = ["last-event-id"]`,
    async ({ url }) => {
      for (
        const [origin, allowed] of [[PAGE, PAGE], ["https://a.test", null]]
      ) {
        const headers = { origin: origin! };
        const response = await fetch(`${url}/?end`, { headers });
        match(await response.text(), /^data: last 0\n\n/);
        strictEqual(allowedIn(response), allowed);
        strictEqual(response.headers.get("x-frame-options"), "DENY");
      }
      const before = await fetch(url, {
        method: "OPTIONS",
        headers: { origin: PAGE, "access-control-request-method": "GET" },
      });
      strictEqual(before.status, 204);
      strictEqual(allowedIn(before), PAGE);
    },
  ));

function allowedIn({ headers }: Response): string | null {
  return headers.get("access-control-allow-origin");
}

/** What is asked for, and the status. */
const REFUSED = [
  [ROUTES, "GET", "/nowhere", 404],
  [ROUTES, "PUT", "/rooms/a", 404],
  [ROUTES, "POST", "/rooms/a?end", 200],
  [feedManifest(), "POST", "/", 405],
  [feedManifest(), "HEAD", "/", 405],
] as const;

for (const [manifest, method, path, status] of REFUSED) {
  Deno.test(`startApp() answers ${method} ${path} with ${status} where event streams are`, () =>
    withApp(manifest, async ({ url, logged }) => {
      const response = await fetch(`${url}${path}`, { method });
      strictEqual(response.status, status);
      await response.text();
      await logged(new RegExp(`sse .*→ ${status}`));
    }));
}

Deno.test("startApp() says 503 to one event stream too many, and 200 when there is room", () =>
  withFeed("max_connections = 1", async ({ port, idle }) => {
    using first = await EventClient.open(port, "/?id");
    await first.next();
    using second = await EventClient.open(port);
    strictEqual(second.status, 503);
    strictEqual(second.headers.get("retry-after"), "1");
    first.close();
    await idle();
    using third = await EventClient.open(port);
    strictEqual(third.status, 200);
  }));

Deno.test("App.stop() ends all event streams", () =>
  withFeed("", async ({ port, app }) => {
    using first = await EventClient.open(port, "/?id");
    using second = await EventClient.open(port, "/?id");
    for (const client of [first, second]) await client.next();
    const ends = [first.next(), second.next()];
    await app.stop();
    deepStrictEqual(await Promise.all(ends), ["end", "end"]);
    strictEqual(app.info().alive, 0);
  }, { drainMsMax: 10_000 }));

Deno.test("App.stop() cuts the event stream of a client that does not read", () =>
  withFeed("max_queued_bytes = 100_000_000", async ({ port, app, logged }) => {
    using client = await EventClient.open(port, "/?heap%20400%20100000");
    await logged(/heaped/);
    await app.stop();
    strictEqual(app.info().alive, 0);
    let last: string;
    do last = await client.next(); while (last.startsWith("data"));
    strictEqual(last, "cut");
  }, { drainMsMax: 10_000 }));

Deno.test("startApp() leaves nothing behind after many event streams", () =>
  withFeed("", async ({ port, idle }) => {
    for (let round = 0; round < 10; round++) {
      const all = await Promise.all(
        Array.from(
          { length: 20 },
          (_, index) =>
            EventClient.open(port, index % 2 === 0 ? "/?end" : "/?quiet"),
        ),
      );
      for (const client of all) client.close();
    }
    await idle();
  }));
