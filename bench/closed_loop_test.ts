import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import {
  CONNECTIONS_MAX,
  load,
  type LoadResult,
  REQUESTS_MAX,
  SECONDS_MAX,
} from "./closed_loop.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const HELLO = OK + "content-length: 5\r\n\r\nhello";

/** A server that sends what `answer` returns for the nth request of all, and then goes on, or closes. */
interface Script {
  answer(request: number): string;
  /** Whether it closes the connection after each answer. */
  readonly closes?: boolean;
}

interface Scripted extends AsyncDisposable {
  readonly url: URL;
  readonly connections: () => number;
}

function serve({ answer, closes = false }: Script): Scripted {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Promise<void>[] = [];
  let requests = 0;
  async function converse(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(4_096);
    // The client cuts requests off when its time is over.
    const read = () => connection.read(buffer).catch(() => null);
    while (await read() !== null) {
      const bytes = new TextEncoder().encode(answer(requests++));
      await connection.write(bytes).catch(() => 0);
      if (closes) break;
    }
    connection.close();
  }
  const accepting = (async () => {
    for await (const connection of listener) open.push(converse(connection));
  })();
  const { port } = listener.addr;
  return {
    url: new URL(`http://127.0.0.1:${port}/path?query`),
    connections: () => open.length,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(open);
    },
  };
}

async function loadScript(
  script: Script,
  requestsMax = 20,
): Promise<LoadResult & { opened: number }> {
  await using server = serve(script);
  const { url } = server;
  const options = { url, connections: 1, seconds: 30, requestsMax };
  return { ...await load(options), opened: server.connections() };
}

Deno.test("load() sends requests over connections that stay open", async () => {
  await using server = serve({ answer: () => HELLO });
  const { url } = server;
  const options = { url, connections: 4, seconds: 30, requestsMax: 100 };
  const result = await load(options);
  strictEqual(server.connections(), 4);
  strictEqual(result.url, url.href);
  strictEqual(result.connections, 4);
  ok(result.requests >= 100 && result.requests < 104);
  ok(Math.abs(result.requestsPerSecond * result.seconds - result.requests) < 1);
  deepStrictEqual(result.errors, { status: 0, body: 0, transport: 0 });
  strictEqual(result.reconnects, 0);
  const { p50Ms, p99Ms, maxMs } = result.latency;
  ok(0 < p50Ms && p50Ms <= p99Ms && p99Ms <= maxMs);
});

Deno.test("load() understands Deno.serve, with one request of each connection under way", async () => {
  const seen = { underWay: 0, most: 0, methods: new Set<string>() };
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      seen.methods.add(`${request.method} ${new URL(request.url).pathname}`);
      seen.most = Math.max(seen.most, ++seen.underWay);
      await Promise.resolve();
      seen.underWay--;
      return new Response("hello");
    },
  );
  const url = new URL(`http://127.0.0.1:${server.addr.port}/a/b`);
  const { requests, errors } = await load({
    url,
    connections: 8,
    seconds: 30,
    requestsMax: 200,
  });
  ok(requests >= 200);
  strictEqual(errors.first, undefined);
  ok(seen.most <= 8);
  deepStrictEqual([...seen.methods], ["GET /a/b"]);
});

Deno.test("load() counts chunked answers as good", async () => {
  const chunked = OK +
    "transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  // The same body in two framings is the same body.
  const result = await loadScript({
    answer: (request) => request % 2 === 0 ? chunked : HELLO,
  });
  strictEqual(result.requests, 20);
  strictEqual(result.opened, 1);
});

Deno.test("load() opens connections again when answers have no length", async () => {
  const result = await loadScript({
    answer: () => OK + "\r\nhello",
    closes: true,
  });
  strictEqual(result.requests, 20);
  strictEqual(result.opened, 20);
  strictEqual(result.reconnects, 19);
  strictEqual(result.errors.first, undefined);
});

Deno.test("load() opens connections again when the server says it closes", async () => {
  const answer = OK + "connection: close\r\ncontent-length: 1\r\n\r\na";
  const result = await loadScript({ answer: () => answer, closes: true }, 5);
  deepStrictEqual([result.requests, result.reconnects], [5, 4]);
});

// A connection gives up at the third transport error in a row.
const ERRORS = [
  [
    "status",
    "a status is not 200",
    {
      answer: () => "HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy",
    },
    { requests: 0, status: 20, body: 0, transport: 0 },
    /^status 503$/,
  ],
  [
    "body",
    "a body is not the first one",
    {
      answer: (request: number) =>
        request === 0 ? HELLO : OK + "content-length: 5\r\n\r\nhellO",
    },
    { requests: 1, status: 0, body: 19, transport: 0 },
    /^a body unlike/,
  ],
  [
    "body",
    "a body is longer than the first one",
    {
      answer: (request: number) =>
        request === 0 ? HELLO : OK + "content-length: 6\r\n\r\nhello!",
    },
    { requests: 1, status: 0, body: 19, transport: 0 },
    /^a body unlike/,
  ],
  [
    "transport",
    "answers are cut short",
    {
      answer: () => OK + "content-length: 9\r\n\r\nhello",
      closes: true,
    },
    { requests: 0, status: 0, body: 0, transport: 3 },
    /ends too early/,
  ],
  [
    "transport",
    "answers are not HTTP",
    {
      answer: () => "220 mail.example ESMTP\r\n\r\n",
      closes: true,
    },
    { requests: 0, status: 0, body: 0, transport: 3 },
    /a status line: 220/,
  ],
  [
    "transport",
    "answers are longer than they say",
    {
      answer: () => HELLO + "!",
    },
    { requests: 0, status: 0, body: 0, transport: 3 },
    /more bytes/,
  ],
  [
    "transport",
    "connections are closed without an answer",
    {
      answer: () => "",
      closes: true,
    },
    { requests: 0, status: 0, body: 0, transport: 3 },
    /none came/,
  ],
] as const;

for (const [kind, condition, script, counts, first] of ERRORS) {
  Deno.test(`load() counts a ${kind} error when ${condition}`, async () => {
    const { requests, errors } = await loadScript(script);
    const { status, body, transport } = errors;
    match(errors.first ?? "", first);
    deepStrictEqual({ requests, status, body, transport }, counts);
  });
}

Deno.test("load() goes on when failures are not in a row", async () => {
  const result = await loadScript({
    answer: (request) => request % 3 === 2 ? "nonsense\r\n\r\n" : HELLO,
  });
  strictEqual(result.requests, 20);
  strictEqual(result.errors.transport, 9);
});

Deno.test("load() gives up when nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = new URL(`http://127.0.0.1:${listener.addr.port}`);
  listener.close();
  const { requests, errors, latency } = await load({
    url,
    connections: 2,
    seconds: 30,
  });
  strictEqual(requests, 0);
  strictEqual(errors.transport, 6);
  match(errors.first ?? "", /^ConnectionRefused/);
  deepStrictEqual(latency, { p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

Deno.test("load() ends with the time when a server never answers", async () => {
  const script = { answer: () => "" };
  await using server = serve(script);
  const { url } = server;
  const result = await load({ url, connections: 3, seconds: 0.05 });
  strictEqual(result.requests, 0);
  deepStrictEqual(result.errors, { status: 0, body: 0, transport: 0 });
});

const HERE = new URL("http://127.0.0.1:1/");
const REFUSED = [
  [{ url: new URL("http://example.com/") }, /http:\/\/example.com\/$/],
  [{ url: new URL("http://127.0.0.1.example.com/") }, /example.com\/$/],
  [{ url: new URL("http://0.0.0.0/") }, /0\.0\.0\.0\/$/],
  [{ url: new URL("http://10.0.0.1/") }, /10\.0\.0\.1\/$/],
  [{ url: new URL("https://127.0.0.1/") }, /https:/],
  [{ connections: 0 }, /connections, 1 to 1024: 0$/],
  [{ connections: CONNECTIONS_MAX + 1 }, /: 1025$/],
  [{ connections: 1.5 }, /: 1.5$/],
  [{ connections: NaN }, /: NaN$/],
  [{ seconds: 0 }, /up to 60: 0$/],
  [{ seconds: SECONDS_MAX + 1 }, /: 61$/],
  [{ seconds: NaN }, /: NaN$/],
  [{ requestsMax: 0 }, /requestsMax, 1 to 10000000: 0$/],
  [{ requestsMax: REQUESTS_MAX + 1 }, /: 10000001$/],
] as const;

for (const [options, message] of REFUSED) {
  const [[name, value]] = Object.entries(options) as [[string, unknown]];
  Deno.test(`load() refuses ${name} ${value}`, async () => {
    const good = { url: HERE, connections: 1, seconds: 1 };
    await rejects(load({ ...good, ...options }), {
      name: "RangeError",
      message,
    });
  });
}
