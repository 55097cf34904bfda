import { ok, strictEqual } from "node:assert";
import { type App, startApp } from "../app.ts";
import { createLog } from "../log.ts";
import { parseManifest } from "../manifest.ts";
import { type Parsed, parseExposition } from "./testdata/parse_exposition.ts";

type Files = Readonly<Record<string, string>>;

async function withApp(
  manifest: string,
  components: Files,
  test: (app: App, read: () => Promise<Parsed>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  await Deno.mkdir(`${directory}/wasm`);
  for (const [name, text] of Object.entries(components)) {
    await Deno.writeTextFile(`${directory}/wasm/${name}.js`, text);
  }
  const text = `[node]\nadmin = "127.0.0.1:0"\n${manifest}`;
  const log = createLog({ level: "off", sink: () => {} });
  const app = await startApp(
    parseManifest(text, `${directory}/rusm.toml`),
    { log, drainMsMax: 0 },
  );
  try {
    await test(app, async () => {
      const response = await fetch(`${app.adminUrl}/metrics`);
      return parseExposition(await response.text(), false);
    });
  } finally {
    await app.stop();
    await Deno.remove(directory, { recursive: true });
  }
}

/** A manifest of one listener and its component. */
function manifestOf(protocol: string, more = ""): string {
  return `[[serve]]
protocol = "${protocol}"
listen = "127.0.0.1:0"
${more}
[components.api]
`;
}

function labelsOf(protocol: string): Record<string, string> {
  return { listener: "127.0.0.1:0", protocol };
}

Deno.test("an app counts requests, their statuses, times and bytes", () =>
  withApp(
    manifestOf("http", '[serve.routes]\n"GET /" = "api"\n"GET /bad" = "api"'),
    {
      api: `exports.default = ({ url }) => {
        if (url.endsWith("/bad")) throw new Error("no");
        return new Response("four");
      };`,
    },
    async (app, read) => {
      for (const path of ["/", "/", "/bad", "/none"]) {
        await (await fetch(`${app.endpoints[0]!.url}${path}`)).text();
      }
      const { get } = await read();
      const http = labelsOf("http");
      const api = { ...http, component: "api" };
      const requests = "rusm_http_requests_total";
      strictEqual(get(requests, { ...api, status: "2xx" }), 2);
      strictEqual(get(requests, { ...api, status: "5xx" }), 1);
      strictEqual(get(requests, { ...http, status: "4xx" }), 1);
      strictEqual(get("rusm_http_response_bytes_total", http), 10);
      const bytes = "four".length * 2 + "bad gateway\n".length;
      strictEqual(get("rusm_http_response_bytes_total", api), bytes);
      const seconds = "rusm_http_request_duration_seconds";
      strictEqual(get(`${seconds}_count`, api), 3);
      ok(get(`${seconds}_sum`, api) > 0);
      ok(get("rusm_connections_accepted_total", http) >= 1);
      strictEqual(get("rusm_http_requests_in_flight", http), 0);
      const ended = "rusm_process_exits_total";
      strictEqual(get(ended, { component: "api", reason: "normal" }), 2);
      strictEqual(get(ended, { component: "api", reason: "crashed" }), 1);
    },
  ));

Deno.test("an app counts connections that there is no room for", () =>
  withApp(
    manifestOf("http", 'component = "api"\nmax_connections = 1'),
    { api: "exports.default = () => new Response();" },
    async (app, read) => {
      const { hostname, port } = new URL(app.endpoints[0]!.url);
      const connect = () => Deno.connect({ hostname, port: Number(port) });
      using first = await connect();
      await first.write(new TextEncoder().encode("GET / HTTP/1.1\r\n"));
      using second = await connect();
      const request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
      await second.write(new TextEncoder().encode(request));
      const answer = new Uint8Array(1_024);
      const count = await second.read(answer) ?? 0;
      const text = new TextDecoder().decode(answer.subarray(0, count));
      ok(text.startsWith("HTTP/1.1 503 "), text);
      const { get } = await read();
      const http = labelsOf("http");
      const reason = { ...http, reason: "connections" };
      strictEqual(get("rusm_refusals_total", reason), 1);
      strictEqual(get("rusm_connections", http), 1);
    },
  ));

Deno.test("an app counts event streams", () =>
  withApp(manifestOf("sse", 'component = "api"\nmax_connections = 1'), {
    api: "exports.default = sse({ open: (s) => s.data('hello') });",
  }, async (app, read) => {
    const { url } = app.endpoints[0]!;
    const response = await fetch(url);
    const body = response.body!.getReader();
    await body.read();
    const { get } = await read();
    const sse = labelsOf("sse");
    const status = { ...sse, component: "api", status: "2xx" };
    strictEqual(get("rusm_http_requests_total", status), 1);
    strictEqual(get("rusm_connections", sse), 1);
    strictEqual(get("rusm_processes", { component: "api" }), 1);
    await body.cancel();
  }));

Deno.test("an app counts WebSockets, and those that there is no room for", () =>
  withApp(manifestOf("ws", 'component = "api"\nmax_connections = 1'), {
    api: "exports.default = websocket({ message() {} });",
  }, async (app, read) => {
    const { url } = app.endpoints[0]!;
    const open = async () => {
      const socket = new WebSocket(url);
      await new Promise((resolve) => {
        socket.onopen = resolve;
        socket.onerror = resolve;
      });
      return socket;
    };
    const socket = await open();
    await open();
    const ws = labelsOf("ws");
    const before = await read();
    const opened = { ...ws, component: "api", status: "1xx" };
    strictEqual(before.get("rusm_http_requests_total", opened), 1);
    strictEqual(before.get("rusm_connections", ws), 1);
    const full = { ...ws, reason: "connections" };
    strictEqual(before.get("rusm_refusals_total", full), 1);
    const refused = { ...ws, status: "5xx" };
    strictEqual(before.get("rusm_http_requests_total", refused), 1);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
    while ((await read()).get("rusm_connections", ws) > 0);
  }));
