import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
  throws,
} from "node:assert";
import { Pid } from "@rusm/otp";
import type { GuestReply } from "@rusm/wasm";
import { type HttpServer, listenHttp } from "./http.ts";
import { createLog } from "./log.ts";
import type { HttpListener } from "./manifest.ts";
import { readAdmission } from "./manifest/admission.ts";
import { readContent } from "./manifest/content.ts";
import { ListenerMetrics } from "./observe/listener_metrics.ts";
import { parseRoutes } from "./routes.ts";
import {
  COMPONENT,
  type Guest,
  reply,
  TestNode,
  waitForEver,
} from "./testdata/test_node.ts";

const LISTENER: HttpListener = {
  protocol: "http",
  hostname: "127.0.0.1",
  port: 0,
  target: "api",
  requestTimeoutMs: 60_000,
  bodyBytesMax: 1_000,
  inFlightMax: 100,
  admission: readAdmission({}),
  tls: undefined,
  content: readContent({}),
  at: { line: 1, column: 1 },
};

/** A server, its node, and the lines of its log without their time. */
interface Listening {
  readonly server: HttpServer;
  readonly node: TestNode;
  readonly lines: string[];
}

function listen(
  guest: Guest,
  listener: Partial<HttpListener> = {},
  metrics: ListenerMetrics | undefined = undefined,
): Listening {
  const node = new TestNode(guest);
  const lines: string[] = [];
  const log = createLog({
    level: "info",
    sink: (text) => lines.push(text.slice("00:00:00 rusm           ".length)),
    now: () => 0,
  });
  const server = listenHttp({
    node,
    listener: { ...LISTENER, ...listener },
    directory: Deno.cwd(),
    components: new Map([["api", COMPONENT]]),
    ...{ log, metrics },
  });
  return { server, node, lines };
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

Deno.test("listenHttp() tells the port that the system chose", async () => {
  const { server } = listen(reply);
  match(server.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  strictEqual(await statusOf(server.url), 200);
  await server.stop();
});

Deno.test({
  name: "listenHttp() writes an IPv6 address in brackets",
  // Not every machine has IPv6.
  ignore: !Deno.networkInterfaces().some(({ address }) => address === "::1"),
  fn: async () => {
    const { server } = listen(reply, { hostname: "::1" });
    match(server.url, /^http:\/\/\[::1\]:\d+$/);
    strictEqual(await statusOf(server.url), 200);
    await server.stop();
  },
});

Deno.test("listenHttp() throws when the address is in use", async () => {
  const { server } = listen(reply);
  const port = Number(new URL(server.url).port);
  throws(() => listen(reply, { port }), Deno.errors.AddrInUse);
  await server.stop();
});

const { table } = parseRoutes([
  ["GET /a/:id", "api#show"],
  ["POST /a/:id", "api"],
]);

/** The method, the path, the status, and whether a guest is asked. */
// deno-fmt-ignore
const REQUESTS: readonly (readonly [string, string, number, boolean])[] = [
  ["GET", "/a/7?x", 200, true],
  ["HEAD", "/a/7", 200, true],
  ["PUT", "/a/7", 405, false],
  ["GET", "/b", 404, false],
  ["OPTIONS", "/a/7", 204, false],
  ["OPTIONS", "/b", 404, false],
  ["GET", "/a/%ff", 400, false],
];

// How long it took, how much was sent, who answered, and whom.
const BY_GUEST = /^[\d.]+ms 0B api#0\.0\.\d+ 127\.0\.0\.1 id=[0-9a-f]{16}\n$/;
const BY_NODE = /^[\d.]+ms \d+B 127\.0\.0\.1 id=[0-9a-f]{16}\n$/;

for (const [method, path, status, isAsked] of REQUESTS) {
  Deno.test(`listenHttp() answers ${status} to ${method} ${path} and logs it`, async () => {
    const { server, node, lines } = listen(reply, { target: table });
    strictEqual(await statusOf(server.url + path, { method }), status);
    const head = `http   ${method} ${path} → ${status} `;
    const [line = "", ...more] = lines;
    deepStrictEqual(more, []);
    strictEqual(line.slice(0, head.length), head);
    match(line.slice(head.length), isAsked ? BY_GUEST : BY_NODE);
    strictEqual(node.guests.length, isAsked ? 1 : 0);
    await server.stop();
  });
}

Deno.test("listenHttp() logs and counts what was sent of a body that is a stream", async () => {
  const size = 1024 * 1024;
  const metrics = new ListenerMetrics("127.0.0.1:0", "http");
  const { server, lines } = listen(
    ({ runtime }, { from }) => {
      const to: Pid<GuestReply> = Pid.fromBigInt(BigInt(from));
      const head = '{"status":200,"headers":[]}';
      const body = new Uint8Array(size);
      runtime.send(to, { type: "reply", head, body });
    },
    {},
    metrics,
  );
  const body = await (await fetch(server.url)).arrayBuffer();
  strictEqual(body.byteLength, size);
  await server.stop();
  match(lines[0]!, / 1048576B api#/);
  const [sent] = metrics.samples().responseBytes;
  strictEqual(sent!.value, size);
});

Deno.test("listenHttp() counts what is in flight, and whom there is no room for", async () => {
  const metrics = new ListenerMetrics("127.0.0.1:0", "http");
  const begun = Promise.withResolvers<() => void>();
  const { server } = listen(
    (self, request) =>
      new Promise<void>((resolve) => {
        begun.resolve(() => {
          reply(self, request);
          resolve();
        });
      }),
    { inFlightMax: 1 },
    metrics,
  );
  const first = statusOf(server.url);
  const end = await begun.promise;
  strictEqual(metrics.inFlight, 1);
  strictEqual(await statusOf(server.url), 503);
  deepStrictEqual(
    metrics.samples().refusals.map(({ labels, value }) => [
      labels.reason,
      value,
    ]),
    [["in_flight", 1]],
  );
  end();
  strictEqual(await first, 200);
  strictEqual(metrics.inFlight, 0);
  await server.stop();
  strictEqual(metrics.connections, 0);
});

for (const method of ["OPTIONS", "PUT"]) {
  Deno.test(`listenHttp() says what there is to ${method}`, async () => {
    const { server } = listen(reply, { target: table });
    const response = await fetch(`${server.url}/a/7`, { method });
    strictEqual(response.headers.get("allow"), "GET, HEAD, OPTIONS, POST");
    await response.body?.cancel();
    await server.stop();
  });
}

Deno.test("listenHttp() adds the listener's headers to all that it answers", async () => {
  const headers = [["x-frame-options", "DENY"]] as const;
  const content = { ...readContent({}), headers };
  const { server } = listen(reply, { target: table, content });
  for (const path of ["/a/7", "/b", "/a/%"]) {
    const response = await fetch(server.url + path);
    strictEqual(response.headers.get("x-frame-options"), "DENY");
    await response.body?.cancel();
  }
  await server.stop();
});

Deno.test("listenHttp() counts a file as in flight until it has been sent", async () => {
  const directory = await Deno.makeTempDir();
  // More than connections and the engine hold.
  await Deno.writeFile(`${directory}/large`, new Uint8Array(64 * 1024 * 1024));
  const { table } = parseRoutes([["GET /*", `dir:${directory}`]]);
  const { server } = listen(reply, { target: table, inFlightMax: 1 });
  const first = await fetch(`${server.url}/large`);
  strictEqual(await statusOf(`${server.url}/large`), 503);
  strictEqual((await first.bytes()).length, 64 * 1024 * 1024);
  strictEqual(await statusOf(`${server.url}/none`), 404);
  strictEqual(await statusOf(`${server.url}/none`), 404);
  await server.stop();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("listenHttp() gives a guest the listener's limits and its route's match", async () => {
  const heads: string[] = [];
  const { server } = listen((self, request) => {
    heads.push(request.head);
    reply(self, request);
  }, { target: table, bodyBytesMax: 2 });
  const url = `${server.url}/a/7`;
  strictEqual(await statusOf(url, { method: "POST", body: "12" }), 200);
  strictEqual(await statusOf(url, { method: "POST", body: "123" }), 413);
  strictEqual(await statusOf(url), 200);
  const matched = heads.map((head) => JSON.parse(head))
    .map(({ params, action }) => ({ params, action }));
  deepStrictEqual(matched, [
    { params: [["id", "7"]], action: null },
    { params: [["id", "7"]], action: "show" },
  ]);
  await server.stop();
});

Deno.test("listenHttp() admits as many requests as it may, and again when one ends", async () => {
  const asked = Promise.withResolvers<void>();
  const answers = Promise.withResolvers<void>();
  const { server, node } = listen(async (self, request) => {
    asked.resolve();
    await answers.promise;
    reply(self, request);
  }, { inFlightMax: 1 });
  const first = statusOf(server.url);
  await asked.promise;
  const refused = await fetch(server.url);
  strictEqual(refused.headers.get("retry-after"), "1");
  strictEqual(refused.status, 503);
  await refused.body?.cancel();
  answers.resolve();
  strictEqual(await first, 200);
  strictEqual(await statusOf(server.url), 200);
  strictEqual(node.guests.length, 2);
  await server.stop();
});

Deno.test("listenHttp() answers 500 and logs the stack when it fails itself", async () => {
  const node = new TestNode(reply);
  const errors: string[] = [];
  const server = listenHttp({
    node,
    listener: LISTENER,
    directory: Deno.cwd(),
    components: new Map([["api", COMPONENT]]),
    log: {
      ...createLog({ level: "info", sink: () => {} }),
      access: () => raise("the disk is full"),
      error: (text) => void errors.push(text),
    },
  });
  strictEqual(await statusOf(server.url), 500);
  strictEqual(errors.length, 1);
  match(
    errors[0]!,
    /^Cannot answer a request: TypeError: the disk is full\n[^]* at raise /,
  );
  await server.stop();
});

function raise(message: string): never {
  throw new TypeError(message);
}

Deno.test("HttpServer.stop() lets what is in flight end, and refuses what is new", async () => {
  const asked = Promise.withResolvers<void>();
  const answers = Promise.withResolvers<void>();
  const { server } = listen(async (self, request) => {
    asked.resolve();
    await answers.promise;
    reply(self, request);
  });
  const first = statusOf(server.url);
  await asked.promise;
  const stopped = server.stop();
  await rejects(fetch(server.url), TypeError);
  answers.resolve();
  strictEqual(await first, 200);
  await stopped;
});

Deno.test("HttpServer.stop() closes connections that wait for a request", async () => {
  const { server } = listen(reply);
  const { hostname, port } = new URL(server.url);
  const idle = await Deno.connect({ hostname, port: Number(port) });
  // When this has been answered, the earlier connection was accepted.
  await statusOf(server.url);
  await server.stop();
  strictEqual(await idle.read(new Uint8Array(1)), null);
  idle.close();
});

Deno.test("HttpServer.stop() can be called again, and resolves again", async () => {
  const { server } = listen(reply);
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
});

Deno.test("HttpServer.stop() waits until the guests in flight are ended", async () => {
  const asked = Promise.withResolvers<void>();
  const { server, node } = listen((self) => {
    asked.resolve();
    return waitForEver(self);
  });
  const first = statusOf(server.url);
  await asked.promise;
  const stopped = server.stop();
  node.runtime.exit(node.guests[0]!, "shutdown");
  strictEqual(await first, 503);
  await stopped;
});
