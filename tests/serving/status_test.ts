import { deepStrictEqual, match, strictEqual } from "node:assert";
import { createLog, parseManifest, startApp } from "@rusm/serve";
import { connect, valuesOf } from "./connection.ts";
import { checkOwn } from "./own_answer.ts";
import { DIRECTORY, faultsManifest, manifestOf, withApp } from "./served.ts";

// What the node answers when it cannot, or will not, ask a guest.

const ROUTES = `
  [[serve]]
  protocol = "http"
  listen = "127.0.0.1:0"
  max_body_bytes = 1000
  [serve.routes]
  "GET /things" = "healthy"
  "POST /things" = "healthy"
  "DELETE /things" = "healthy"
  "PUT /only" = "healthy"

  [components.healthy]
`;

/** The method, the path, the status, and what is allowed. */
// deno-fmt-ignore
const MISSES: readonly (readonly [string, string, number, string | null])[] = [
  ["GET", "/things", 200, null],
  ["HEAD", "/things", 200, null],
  ["GET", "/things/7", 404, null],
  ["GET", "/", 404, null],
  ["GET", "/%zz", 400, null],
  ["PUT", "/things", 405, "DELETE, GET, HEAD, OPTIONS, POST"],
  ["OPTIONS", "/things", 204, "DELETE, GET, HEAD, OPTIONS, POST"],
  ["GET", "/only", 405, "OPTIONS, PUT"],
  ["FROB", "/only", 405, "OPTIONS, PUT"],
];

Deno.test("startApp() answers 400, 404 and 405 when no route matches", async (t) => {
  await withApp(ROUTES, async ({ url, app }) => {
    for (const [method, path, status, allow] of MISSES) {
      await t.step(`${status} for ${method} ${path}`, async () => {
        const response = await fetch(`${url}${path}`, { method });
        strictEqual(response.headers.get("allow"), allow);
        if (status < 300) await response.body?.cancel();
        else await checkOwn(response, status);
      });
    }
    strictEqual(app.info().started, 2);
  });
});

const CHUNKED =
  "POST /things HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n";

function announced(count: number): string {
  return `POST /things HTTP/1.1\r\nhost: a\r\ncontent-length: ${count}\r\n\r\n`;
}

/** What is sent, how large bodies may be, and the status. */
// deno-fmt-ignore
const BODIES: readonly (readonly [string, string, number, number])[] = [
  ["as large as allowed", announced(10) + "x".repeat(10), 10, 200],
  ["too large, as announced", announced(11) + "x".repeat(11), 10, 413],
  ["too large, announced alone", announced(11), 10, 413],
  ["chunked, as large as allowed", `${CHUNKED}\r\n5\r\n12345\r\n5\r\n12345\r\n0\r\n\r\n`, 10, 200],
  ["chunked, too large", `${CHUNKED}\r\n5\r\n12345\r\n6\r\n123456\r\n0\r\n\r\n`, 10, 413],
  ["chunked, too large, without an end", `${CHUNKED}\r\n5\r\n12345\r\n6\r\n123456\r\n`, 10, 413],
  ["none, of which none is allowed", announced(0), 0, 200],
  ["one byte, of which none is allowed", announced(1) + "x", 0, 413],
  ["chunked, of which none is allowed", `${CHUNKED}\r\n1\r\nx\r\n0\r\n\r\n`, 0, 413],
];

for (const [what, sent, bytesMax, status] of BODIES) {
  Deno.test(`startApp() answers ${status} when a body is ${what}`, async () => {
    const keys = `max_body_bytes = ${bytesMax}`;
    await withApp(manifestOf("healthy", keys), async ({ port, app }) => {
      using connection = await connect(port);
      await connection.write(sent);
      const response = await connection.read();
      strictEqual(response.status, status);
      strictEqual(app.info().started, status === 200 ? 1 : 0);
    });
  });
}

// RFC 9110, section 15.5.9: nobody reads the rest, so the next request is not found.
Deno.test("startApp() answers 408 and closes when a body stops", async () => {
  const keys = "request_timeout_ms = 100";
  await withApp(manifestOf("healthy", keys), async ({ port, app }) => {
    using connection = await connect(port);
    await connection.write(`${announced(10)}12345`);
    const response = await connection.read();
    strictEqual(response.status, 408);
    deepStrictEqual(valuesOf(response, "connection"), ["close"]);
    strictEqual(await connection.isEnded(), true);
    strictEqual(app.info().started, 0);
  });
});

Deno.test("startApp() answers 504 when the time is over, and ends the guest", async () => {
  const manifest = faultsManifest("request_timeout_ms = 100");
  await withApp(manifest, async ({ url, logged, idle }) => {
    await checkOwn(await fetch(`${url}/sleeps`), 504);
    await logged(/exit +faults#0\.\d+\.0 exit: No answer in 100 ms/);
    await idle();
  });
});

Deno.test("startApp() answers 503 when as many as allowed are in flight", async () => {
  const manifest = faultsManifest("max_in_flight = 2");
  await withApp(manifest, async ({ url, logged, app }) => {
    const sleepers = [1, 2].map(async () => {
      const response = await fetch(`${url}/sleeps`);
      await checkOwn(response, 503);
    });
    for (const _ of sleepers) await logged(/asleep/);
    const response = await fetch(`${url}/returnsText`);
    strictEqual(response.headers.get("retry-after"), "1");
    await checkOwn(response, 503);
    strictEqual(app.info().started, 2);
    await app.stop();
    await Promise.all(sleepers);
  });
});

// The request line and the host, of which Deno makes the URL.
// deno-fmt-ignore
const TARGETS: readonly (readonly [string, string, number])[] = [
  ["GET /things", "a", 200],
  ["GET /things", "", 200],
  ["GET /things", "[::1]:80", 200],
  ["GET http://b/things", "a", 200],
  ["GET /things", "a/nothing", 400],
  ["GET /nothing", "a/things?", 400],
  ["GET /things", "a#", 400],
  ["GET /things", "user@a", 400],
  ["GET /things", "a b", 400],
  ["CONNECT a:80", "a", 400],
];

Deno.test("startApp() answers 400 when the path cannot be told", async (t) => {
  await withApp(ROUTES, async ({ port }) => {
    for (const [line, host, status] of TARGETS) {
      await t.step(
        `${status} for ${line} of ${JSON.stringify(host)}`,
        async () => {
          using connection = await connect(port);
          await connection.write(`${line} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
          const response = await connection.read();
          strictEqual(response.status, status);
          deepStrictEqual(valuesOf(response, "content-type"), [
            "text/plain;charset=UTF-8",
          ]);
        },
      );
    }
  });
});

Deno.test("startApp() answers 500 when the node itself fails, and logs why", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "error", sink: (text) => lines.push(text) });
  const manifest = parseManifest(
    manifestOf("healthy"),
    `${DIRECTORY}/rusm.toml`,
  );
  const broken = {
    ...log,
    allows: () => true,
    access() {
      throw new TypeError("the disk is full");
    },
  };
  const app = await startApp(manifest, { log: broken });
  try {
    await checkOwn(await fetch(app.endpoints[0]!.url), 500);
    strictEqual(lines.length, 1);
    match(
      lines[0]!,
      /error +Cannot answer a request: TypeError: the disk is full\n +\| +at .*access/,
    );
  } finally {
    await app.stop();
  }
});
