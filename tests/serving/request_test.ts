import { deepStrictEqual, match, strictEqual } from "node:assert";
import { connect, valuesOf } from "./connection.ts";
import { manifestOf, withApp } from "./served.ts";

// What a handler gets of a request, and that it is what was sent.

const ECHO = manifestOf("echo");
const decoder = new TextDecoder();

/** What is sent behind `host: a`, and a part of what the handler gets. */
// deno-fmt-ignore
const REQUESTS: readonly (readonly [string, string, string, object])[] = [
  ["the method", "GET /", "", { method: "GET" }],
  ["an own method", "FROB /", "", { method: "FROB" }],
  ["OPTIONS of everything", "OPTIONS *", "", { method: "OPTIONS", url: "http://a/*" }],
  ["the query", "GET /p?a=1&a=2&b", "", { url: "http://a/p?a=1&a=2&b" }],
  ["percent-encoding as sent", "GET /%2F/%c3%bc/a%20b/%zz?%26", "", { url: "http://a/%2F/%c3%bc/a%20b/%zz?%26" }],
  ["empty segments", "GET //a//../b/./", "", { url: "http://a//a//../b/./" }],
  ["a proxy's form", "GET http://b:1/p?q", "", { url: "http://b:1/p?q" }],
  ["a long path", `GET /${"x".repeat(20_000)}`, "", { url: `http://a/${"x".repeat(20_000)}` }],
  ["repeated headers", "GET /", "x-a: 1\r\nX-A: 2\r\n", { headers: [["host", "a"], ["x-a", "1, 2"]] }],
  ["cookies", "GET /", "cookie: a=1\r\ncookie: b=2\r\n", { headers: [["cookie", "a=1; b=2"], ["host", "a"]] }],
  ["Latin-1 in headers", "GET /", "x-a: caf\xe9 \xff\r\n", { headers: [["host", "a"], ["x-a", "caf\xe9 \xff"]] }],
  ["the host of a proxy's form", "GET http://b:1/", "", { headers: [["host", "b:1"]] }],
  ["what a client tells of itself, which is not believed", "GET /",
    "x-forwarded-for: 1.1.1.1\r\nx-forwarded-proto: https\r\nx-forwarded-host: b\r\nforwarded: for=1.1.1.1\r\nx-request-id: b\r\n",
    { url: "http://a/", headers: [["host", "a"]] }],
  ["no body", "GET /", "", { text: "" }],
  ["an empty body", "POST /", "content-length: 0\r\n", { method: "POST", text: "" }],
  ["a request for an upgrade", "GET /", "connection: upgrade\r\nupgrade: websocket\r\n", { method: "GET", text: "" }],
];

/** Takes away what the node adds to the headers of each request, which `Headers` gives last here. */
function takeAdded(headers: [name: string, value: string][], id: string): void {
  deepStrictEqual(headers.splice(-2), [
    ["x-forwarded-for", "127.0.0.1"],
    ["x-request-id", id],
  ]);
  match(id, /^[0-9a-f]{16}$/);
}

Deno.test("startApp() hands a request over as it was sent, and adds two headers", async (t) => {
  await withApp(ECHO, async ({ port }) => {
    for (const [what, line, headers, expected] of REQUESTS) {
      await t.step(what, async () => {
        using connection = await connect(port);
        await connection.write(`${line} HTTP/1.1\r\nhost: a\r\n${headers}\r\n`);
        const response = await connection.read();
        strictEqual(response.status, 200);
        const got = JSON.parse(decoder.decode(response.body));
        takeAdded(got.headers, valuesOf(response, "x-request-id").join());
        const keys = Object.keys(expected);
        deepStrictEqual(
          Object.fromEntries(keys.map((key) => [key, got[key]])),
          expected,
        );
      });
    }
  });
});

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const MEBIBYTE = 1024 * 1024;

const BODIES: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  ["no bytes", new Uint8Array(0)],
  ["every byte", ALL_BYTES],
  ["a mebibyte", new Uint8Array(MEBIBYTE).map((_, at) => at ^ (at >> 8))],
];

Deno.test("startApp() carries bodies both ways, byte for byte", async (t) => {
  await withApp(ECHO, async ({ url }) => {
    for (const [what, body] of BODIES) {
      await t.step(`${what}, announced`, async () => {
        const response = await fetch(`${url}/body`, { method: "POST", body });
        deepStrictEqual(await response.bytes(), body);
      });
      await t.step(`${what}, in chunks`, async () => {
        const response = await fetch(`${url}/body`, {
          method: "POST",
          body: new Blob([body]).stream(),
        });
        deepStrictEqual(await response.bytes(), body);
      });
    }
  });
});

Deno.test("startApp() takes a body that comes byte by byte", async () => {
  await withApp(ECHO, async ({ port }) => {
    using connection = await connect(port);
    const chunks = [...ALL_BYTES].map((byte) =>
      `1\r\n${String.fromCharCode(byte)}\r\n`
    );
    await connection.write(
      "POST /body HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n" +
        `${chunks.join("")}0\r\n\r\n`,
    );
    deepStrictEqual((await connection.read()).body, ALL_BYTES);
  });
});

Deno.test("startApp() tells a handler its route's parameters and action", async () => {
  const manifest = `
    [[serve]]
    protocol = "http"
    listen = "127.0.0.1:0"
    [serve.routes]
    "GET /users/:id/files/*" = "echo#files"
    "GET /users/:__proto__" = "echo"

    [components.echo]
  `;
  await withApp(manifest, async ({ url }) => {
    const response = await fetch(`${url}/users/a%2Fb/files/c/%C3%BC?x`);
    const { params, action } = await response.json();
    deepStrictEqual([params, action], [{ id: "a/b", "*": "c/ü" }, "files"]);
    const other = await (await fetch(`${url}/users/7`)).json();
    strictEqual(other.action, null);
  });
});

Deno.test("startApp() asks for a body when the client expects to be asked", async () => {
  await withApp(ECHO, async ({ port }) => {
    using connection = await connect(port);
    await connection.write(
      "POST /body HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n",
    );
    strictEqual((await connection.read()).status, 100);
    await connection.write("body");
    const response = await connection.read();
    strictEqual(response.status, 200);
    strictEqual(decoder.decode(response.body), "body");
  });
});

Deno.test("startApp() answers pipelined requests in order", async () => {
  await withApp(ECHO, async ({ port }) => {
    using connection = await connect(port);
    const paths = ["/1", "/2", "/3", "/4"];
    await connection.write(
      paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`).join(""),
    );
    for (const path of paths) {
      const { body } = await connection.read();
      strictEqual(JSON.parse(decoder.decode(body)).url, `http://a${path}`);
    }
  });
});

Deno.test("startApp() leaves out the body of GET and keeps the connection in step", async () => {
  await withApp(ECHO, async ({ port }) => {
    using connection = await connect(port);
    await connection.write(
      "GET /1 HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody" +
        "GET /2 HTTP/1.1\r\nhost: a\r\n\r\n",
    );
    for (const path of ["/1", "/2"]) {
      const got = JSON.parse(decoder.decode((await connection.read()).body));
      deepStrictEqual([got.url, got.text], [`http://a${path}`, ""]);
    }
  });
});

Deno.test("startApp() closes the connection when the client asks for it", async () => {
  await withApp(ECHO, async ({ port }) => {
    using connection = await connect(port);
    await connection.write(
      "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    );
    await connection.read();
    strictEqual(await connection.isEnded(), true);
  });
});

/** What no server can read. */
// deno-fmt-ignore
const GARBAGE: readonly (readonly [string, string])[] = [
  ["no HTTP", "\0\x01\x02\r\n\r\n"],
  ["two hosts", "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"],
  ["two framings", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["two lengths", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd"],
  ["a length that is none", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: abc\r\n\r\n"],
  ["too many headers", `GET / HTTP/1.1\r\nhost: a\r\n${"x: y\r\n".repeat(1_000)}\r\n`],
];

Deno.test("startApp() answers 400 and closes when a request is malformed", async (t) => {
  await withApp(ECHO, async ({ port, app }) => {
    for (const [what, sent] of GARBAGE) {
      await t.step(what, async () => {
        using connection = await connect(port);
        await connection.write(sent);
        strictEqual((await connection.read()).status, 400);
        strictEqual(await connection.isEnded(), true);
      });
    }
    strictEqual(app.info().started, 0);
  });
});

Deno.test("startApp() serves HTTP/2 to a client that begins with it", async () => {
  const manifest = manifestOf("echo", "max_body_bytes = 11");
  await withApp(manifest, async ({ url }) => {
    using client = Deno.createHttpClient({ http1: false, http2: true });
    const send = (body: string) => fetch(url, { method: "POST", body, client });
    const got = await (await send("over HTTP/2")).json();
    strictEqual(got.text, "over HTTP/2");
    // There it is a part of the URL alone.
    strictEqual(Object.hasOwn(Object.fromEntries(got.headers), "host"), false);
    const refused = await send("more over HTTP/2");
    strictEqual(refused.status, 413);
    await refused.body?.cancel();
  });
});
