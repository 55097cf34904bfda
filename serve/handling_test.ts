import { match, ok, rejects, strictEqual } from "node:assert";
import { type App, startApp } from "./app.ts";
import { createLog } from "./log.ts";
import { loadManifest } from "./manifest.ts";

// What it answers is in `tests/guests/c/handler.c`.
const HANDLER = new URL(
  "../tests/guests/built/handler.wasm",
  import.meta.url,
);

const MANIFEST = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
request_timeout_ms = 5_000
max_body_bytes = 1_000_000
max_in_flight = 2

[components.api]
`;

/** An app, and what it logged. */
interface Served {
  readonly app: App;
  readonly url: string;
  readonly lines: readonly string[];
}

/** Runs `work` with an app that serves a component. */
async function withApp(
  work: (served: Served) => Promise<void>,
  artifact: Uint8Array = Deno.readFileSync(HANDLER),
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const lines: string[] = [];
  const log = createLog({
    level: "info",
    sink: (text) => lines.push(text),
    now: () => 0,
  });
  try {
    await Deno.mkdir(`${directory}/wasm`);
    await Deno.writeTextFile(`${directory}/rusm.toml`, MANIFEST);
    await Deno.writeFile(`${directory}/wasm/api.wasm`, artifact);
    const manifest = await loadManifest(`${directory}/rusm.toml`);
    const app = await startApp(manifest, { log });
    try {
      await work({ app, url: app.endpoints[0]!.url, lines });
    } finally {
      await app.stop();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Resolves when no guest lives. */
async function idle({ app }: Served): Promise<void> {
  while (app.info().alive > 0) {
    await new Promise((resolve) => setTimeout(resolve));
  }
}

Deno.test("a component of wasi:http is served, by a process for each request", () =>
  withApp(async (served) => {
    for (let nth = 1; nth <= 3; nth++) {
      const response = await fetch(`${served.url}/echo`, {
        method: "POST",
        body: "abc",
      });
      strictEqual(response.status, 200);
      strictEqual(response.headers.get("content-type"), "text/plain");
      strictEqual(await response.text(), "abc");
      strictEqual(served.app.info().started, nth);
    }
    await idle(served);
  }));

const STATUSES: readonly [path: string, status: number, log?: RegExp][] = [
  ["/hello", 200],
  ["/status?418", 418],
  ["/status?204", 204],
  ["/nope", 404],
  ["/nothing", 502, /returned without one: api/],
  ["/error", 502, /internal-error: api/],
  ["/trap", 502, /unreachable/],
  ["/spin", 504, /CPU time/],
];

Deno.test("a component that does not answer is answered for", () =>
  withApp(async (served) => {
    for (const [path, status, log] of STATUSES) {
      const response = await fetch(served.url + path);
      await response.body?.cancel();
      strictEqual(response.status, status, path);
      await idle(served);
      if (log !== undefined) match(served.lines.join("\n"), log);
    }
  }));

Deno.test("a body that is announced too large is refused, others fail in the guest", () =>
  withApp(async ({ url }) => {
    const body = new Uint8Array(1_000_001);
    const announced = await fetch(`${url}/size`, { method: "POST", body });
    strictEqual(announced.status, 413);
    await announced.body?.cancel();
    const stream = new Blob([body]).stream();
    const counted = await fetch(`${url}/size`, {
      method: "POST",
      body: stream,
    });
    strictEqual(counted.status, 413);
    await counted.body?.cancel();
    const fitting = await fetch(`${url}/size`, {
      method: "POST",
      body: body.subarray(1),
    });
    strictEqual(await fitting.text(), "1000000");
  }));

Deno.test("a guest that streams is told when its client goes", () =>
  withApp(async (served) => {
    const response = await fetch(`${served.url}/slow?1`);
    const reader = response.body!.getReader();
    await reader.read();
    strictEqual(served.app.info().alive, 1);
    await reader.cancel();
    await idle(served);
  }));

Deno.test("a guest is told when its client goes before it has sent its body", () =>
  withApp(async (served) => {
    const { hostname, port } = new URL(served.url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(
      "POST /size HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc",
    ));
    while (served.app.info().alive === 0) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    connection.close();
    await idle(served);
  }));

Deno.test("a response that is cut off ends its connection", () =>
  withApp(async ({ url }) => {
    for (const path of ["/trap-later", "/half"]) {
      const response = await fetch(url + path);
      strictEqual(response.status, 200);
      await rejects(response.text(), path);
    }
  }));

Deno.test("a response keeps the length that its component says", () =>
  withApp(async ({ url }) => {
    const { hostname, port } = new URL(url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(
      "GET /half HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    ));
    const text = await new Response(connection.readable).text().catch(String);
    match(text, /^HTTP\/1\.1 200 OK\r\n[^]*content-length: 10\r\n/);
    ok(!/transfer-encoding/.test(text), text);
  }));

Deno.test("guests count as in flight until they have ended", () =>
  withApp(async (served) => {
    const first = await fetch(`${served.url}/slow?1`);
    const second = await fetch(`${served.url}/slow?1`);
    const third = await fetch(`${served.url}/hello`);
    strictEqual(third.status, 503);
    await third.body?.cancel();
    await first.body!.cancel();
    await second.body!.cancel();
    await idle(served);
    const later = await fetch(`${served.url}/hello`);
    strictEqual(await later.text(), "hello");
  }));

Deno.test("a component that is no handler cannot be served", () =>
  rejects(
    withApp(
      () => Promise.resolve(),
      // The least core module.
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    ),
    /rusm\.toml:9:1: Cannot serve component "api", which exports no wasi:http\/incoming-handler$/,
  ));
