import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { Collector, type TakenSpan } from "./collector.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const HEADERS = { traceparent: `00-${TRACE}-${SPAN}-01` };

type Files = Readonly<Record<string, string | URL>>;

/** A node that is traced, and what it has reached. */
interface Traced {
  /** Where guests may go, without a scheme. */
  readonly target: string;
  /** Where it listens. */
  readonly urls: readonly string[];
  readonly collector: Collector;
  /** `traceparent` of the requests that guests made, by path. */
  readonly reached: ReadonlyMap<string, string>;
}

/** `TARGET` in the files is where guests may go. */
async function withNode(
  files: Files,
  test: (traced: Traced) => Promise<void>,
): Promise<void> {
  const reached = new Map<string, string>();
  const target = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      const header = request.headers.get("traceparent") ?? "none";
      reached.set(new URL(request.url).pathname, header);
      return new Response("reached");
    },
  );
  const directory = await Deno.makeTempDir();
  try {
    await using collector = new Collector();
    await Deno.mkdir(`${directory}/wasm`);
    const address = `127.0.0.1:${target.addr.port}`;
    for (const [path, content] of Object.entries(files)) {
      const file = `${directory}/${path}`;
      if (content instanceof URL) await Deno.copyFile(content, file);
      else {
        await Deno.writeTextFile(file, content.replaceAll("TARGET", address));
      }
    }
    await withChild(directory, collector, async (urls) => {
      await test({ urls, collector, reached, target: address });
    });
  } finally {
    await target.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
}

async function withChild(
  directory: string,
  collector: Collector,
  test: (urls: readonly string[]) => Promise<void>,
): Promise<void> {
  const program = new URL("testdata/node.ts", import.meta.url);
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program.href, `${directory}/rusm.toml`],
    env: collector.variables,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "[]" } = await lines.read();
  await test(JSON.parse(value));
  await child.stdin.close();
  await lines.cancel();
  await child.status;
}

function named(spans: readonly TakenSpan[], name: string): TakenSpan {
  const [span, ...more] = spans.filter((span) => span.name === name);
  ok(span !== undefined, `a span ${name}`);
  deepStrictEqual(more, []);
  return span;
}

const MANIFEST = `[node]
store = "kv"
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
[serve.routes]
"GET /links/:id" = "api"
[components.api]
capability = "trusted"
[components.worker]
capability = "trusted"
`;

Deno.test("a request is one trace, through process, host calls, messages and other processes", () =>
  withNode({
    "rusm.toml": MANIFEST,
    "wasm/api.js": `exports.default = async () => {
      kv.bucket("links").set("deno", "land");
      Process.send(Process.spawn("worker"), Process.self().toString());
      Process.receive();
      return new Response(await (await fetch("http://TARGET/api")).text());
    };`,
    "wasm/worker.js": `exports.default = async () => {
      const from = BigInt(Process.receiveText());
      await fetch("http://TARGET/worker", {
        headers: { traceparent: "forged", tracestate: "forged" },
      });
      Process.send(from, "done");
    };`,
  }, async ({ urls, collector, reached }) => {
    const url = `${urls[0]}/links/deno`;
    const response = await fetch(url, { headers: HEADERS });
    strictEqual(await response.text(), "reached");
    const spans = await collector.until((spans) =>
      spans.some(({ name }) => name.startsWith("GET /links")) &&
      spans.some(({ name }) => name === "process worker") &&
      spans.filter(({ name }) => name === "GET").length >= 2
    );
    const request = named(spans, "GET /links/:id");
    const api = named(spans, "process api");
    const set = named(spans, "kv set");
    const spawn = named(spans, "spawn");
    const worker = named(spans, "process worker");
    const fetches = spans.filter(({ name }) => name === "GET");
    const [byApi, byWorker] = ["/api", "/worker"].map((path) =>
      fetches.find(({ attributes }) => attributes["url.path"] === path)!
    );
    for (const span of spans) strictEqual(span.traceId, TRACE, span.name);
    strictEqual(request.parentSpanId, SPAN);
    strictEqual(request.attributes["http.route"], "/links/:id");
    strictEqual(request.attributes["rusm.component"], "api");
    strictEqual(api.parentSpanId, request.spanId);
    strictEqual(api.attributes["rusm.component"], "api");
    match(api.attributes["rusm.pid"]!, /^<0\.\d+\.\d+>$/);
    strictEqual(api.failure, undefined);
    strictEqual(set.parentSpanId, api.spanId);
    strictEqual(set.attributes["rusm.kv.bucket"], "links");
    strictEqual(spawn.parentSpanId, api.spanId);
    strictEqual(worker.parentSpanId, spawn.spanId);
    // What it did was caused by the message.
    strictEqual(byWorker!.parentSpanId, api.spanId);
    strictEqual(reached.get("/worker"), `00-${TRACE}-${byWorker!.spanId}-01`);
    strictEqual(byApi!.parentSpanId, api.spanId);
    strictEqual(reached.get("/api"), `00-${TRACE}-${byApi!.spanId}-01`);
  }));

const HANDLER = new URL("../guests/built/handler.wasm", import.meta.url);
const COMPONENT = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
[components.api]
capability = "trusted"
`;

Deno.test("a component's request to others is a part of the trace", () =>
  withNode(
    { "rusm.toml": COMPONENT, "wasm/api.wasm": HANDLER },
    async ({ urls, collector, reached, target }) => {
      const url = `${urls[0]}/outgoing?http://${target}/there`;
      const response = await fetch(url, { headers: HEADERS });
      strictEqual(await response.text(), "reached");
      const spans = await collector.until((spans) => spans.length >= 3);
      const api = named(spans, "process api");
      const sent = spans.find(({ scope, name }) =>
        scope === "rusm" && name === "GET"
      )!;
      strictEqual(sent.parentSpanId, api.spanId);
      strictEqual(sent.attributes["url.path"], "/there");
      strictEqual(sent.attributes["http.response.status_code"], "200");
      strictEqual(reached.get("/there"), `00-${TRACE}-${sent.spanId}-01`);
    },
  ));

Deno.test("a process that crashes has a span that says why", () =>
  withNode({
    "rusm.toml": COMPONENT,
    "wasm/api.js":
      "exports.default = () => { throw new RangeError('too far'); };",
  }, async ({ urls, collector }) => {
    const response = await fetch(urls[0]!, { headers: HEADERS });
    strictEqual(response.status, 502);
    await response.text();
    const spans = await collector.until((spans) =>
      spans.some(({ name }) => name === "process api")
    );
    match(named(spans, "process api").failure!, /RangeError.*too far/);
  }));

Deno.test("a resident's own work is no part of a request's trace", () =>
  withNode({
    "rusm.toml": `${MANIFEST}[components.clock]
capability = "trusted"
resident = true
`,
    "wasm/clock.js": `exports.default = async () => {
      kv.bucket("clock").set("at", "1");
      Process.send(BigInt(Process.receiveText()), "tick");
      kv.bucket("clock").set("at", "2");
      Process.receive();
    };`,
    "wasm/worker.js": "exports.default = () => {};",
    "wasm/api.js": `exports.default = () => {
      Process.send(Process.whereis("clock"), Process.self().toString());
      return new Response(Process.receiveText());
    };`,
  }, async ({ urls, collector }) => {
    const response = await fetch(`${urls[0]}/links/1`, { headers: HEADERS });
    strictEqual(await response.text(), "tick");
    const spans = await collector.until((spans) =>
      spans.some(({ name }) => name === "kv set") &&
      spans.some(({ name }) => name === "process api")
    );
    const set = named(spans, "kv set");
    strictEqual(set.parentSpanId, named(spans, "process api").spanId);
    const names = spans.map(({ name }) => name);
    strictEqual(names.includes("process clock"), false);
  }));

function connectionOf(protocol: string): string {
  return `[[serve]]
protocol = "${protocol}"
listen = "127.0.0.1:0"
component = "api"
[components.api]
capability = "trusted"
`;
}

Deno.test("an event stream's process is a part of the request's trace", () =>
  withNode({
    "rusm.toml": connectionOf("sse"),
    "wasm/api.js": `exports.default = sse({
      async open(stream) {
        stream.data(await (await fetch("http://TARGET/sse")).text());
        stream.close();
      },
    });`,
  }, async ({ urls, collector, reached }) => {
    const response = await fetch(urls[0]!, { headers: HEADERS });
    strictEqual(await response.text(), "data: reached\n\n");
    const spans = await collector.until((spans) =>
      spans.some(({ name }) => name === "process api") &&
      spans.filter(({ name }) => name === "GET").length === 2
    );
    const api = named(spans, "process api");
    const request = spans.find(({ spanId }) => spanId === api.parentSpanId)!;
    strictEqual(request.parentSpanId, SPAN);
    strictEqual(request.attributes["rusm.component"], "api");
    const sent = spans.find(({ parentSpanId }) => parentSpanId === api.spanId)!;
    strictEqual(reached.get("/sse"), `00-${TRACE}-${sent.spanId}-01`);
  }));

Deno.test("a WebSocket's process is a part of the trace of who opened it", () =>
  withNode({
    "rusm.toml": connectionOf("ws"),
    "wasm/api.js": `exports.default = websocket({
      async message(socket) {
        socket.sendText(await (await fetch("http://TARGET/ws")).text());
        socket.close();
      },
    });`,
  }, async ({ urls, collector, reached }) => {
    const socket = new WebSocket(urls[0]!, { headers: HEADERS });
    await new Promise((resolve) => socket.onopen = resolve);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    const said = new Promise<string>((resolve) =>
      socket.onmessage = ({ data }) => resolve(data)
    );
    socket.send("go");
    strictEqual(await said, "reached");
    await closed;
    const spans = await collector.until((spans) =>
      spans.some(({ name }) => name === "process api")
    );
    const api = named(spans, "process api");
    const opening = spans.find(({ spanId }) => spanId === api.parentSpanId)!;
    strictEqual(opening.parentSpanId, SPAN);
    strictEqual(opening.scope, "rusm");
    match(reached.get("/ws")!, new RegExp(`^00-${TRACE}-`));
  }));
