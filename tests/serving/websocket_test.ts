import { deepStrictEqual, match, strictEqual } from "node:assert";
import { connect } from "./connection.ts";
import { frame, OPCODE, RawWebSocket } from "./frames.ts";
import { socketsManifest, withSockets } from "./sockets.ts";
import { withApp } from "./served.ts";

const { text, binary, ping, pong, close } = OPCODE;

/** A client of the platform. */
class Client {
  readonly socket: WebSocket;
  readonly #seen: string[] = [];
  #heard = Promise.withResolvers<void>();

  private constructor(url: string, protocols: string[]) {
    this.socket = new WebSocket(url.replace(/^http/, "ws"), protocols);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) =>
      this.#see(
        typeof data === "string"
          ? `text ${data}`
          : `binary ${new TextDecoder().decode(data)}`,
      );
    this.socket.onclose = ({ code, reason }) =>
      this.#see(`close ${code} ${reason}`.trim());
  }

  static async open(url: string, protocols: string[] = []): Promise<Client> {
    const client = new Client(url, protocols);
    await new Promise<void>((resolve) =>
      client.socket.onopen = () => resolve()
    );
    return client;
  }

  #see(what: string): void {
    this.#seen.push(what);
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }

  async next(): Promise<string> {
    while (this.#seen.length === 0) await this.#heard.promise;
    return this.#seen.shift()!;
  }

  /** Sends, and waits for what comes next. */
  ask(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
    this.socket.send(data);
    return this.next();
  }

  async close(): Promise<void> {
    this.socket.close(1000);
    while (!(await this.next()).startsWith("close"));
  }
}

const ROUTES = `
  [[serve]]
  protocol = "ws"
  listen = "127.0.0.1:0"
  subprotocols = ["chat", "news"]
  [serve.routes]
  "GET /rooms/:room" = "socket"
  [components.socket]
`;

Deno.test("startApp() has a process of its own for each WebSocket", () =>
  withApp(ROUTES, async ({ url, app, idle, logged }) => {
    const client = await Client.open(`${url}/rooms/red?q=x`, ["fax", "news"]);
    strictEqual(client.socket.protocol, "news");
    deepStrictEqual(JSON.parse((await client.ask("/info")).slice(5)), {
      ...{ path: "/rooms/red", query: "q=x", subprotocol: "news" },
      ...{ params: [["room", "red"]], port: 2 },
    });
    strictEqual(await client.ask("/header host"), `text ${url.slice(5)}`);
    strictEqual(await client.ask("hellö"), "text hellö");
    strictEqual(
      await client.ask(new TextEncoder().encode("/info")),
      "binary /info",
    );
    const other = await Client.open(`${url}/rooms/blue`);
    strictEqual(app.info().alive, 2);
    await client.close();
    await logged(/closed/);
    strictEqual(await other.ask("still"), "text still");
    await other.close();
    await idle();
    match(await logged(/101/), /ws {5}GET \/rooms\/red\?q=x → 101/);
  }));

Deno.test("startApp() sends what any process sends to a writer, in order", () =>
  withSockets("", async ({ url, idle }) => {
    const [first, second] = [await Client.open(url), await Client.open(url)];
    const id = (await first.ask("/id")).slice(5);
    second.socket.send(`/push ${id} from afar`);
    strictEqual(await first.next(), "binary from afar");
    strictEqual(await first.ask("/both"), "binary plain");
    strictEqual(await first.next(), "text text");
    strictEqual(await first.next(), "binary plain again");
    await Promise.all([first.close(), second.close()]);
    await idle();
  }));

/** What the client asks its handler for, and how it is let go. */
const ENDS = [
  ["/close 4001 so long", "close 4001 so long"],
  ["/close 1006", "close 1011"],
  ["/close 1005", "close 1005"],
  [`/close 1000 ${"x".repeat(200)}`, `close 1000 ${"x".repeat(123)}`],
  ["/exit", "close 1000"],
  ["/boom", "close 1011"],
] as const;

for (const [asked, end] of ENDS) {
  Deno.test(`startApp() ends a WebSocket by ${end.slice(0, 20)} after ${asked.slice(0, 20)}`, () =>
    withSockets("", async ({ url, idle }) => {
      const client = await Client.open(url);
      strictEqual(await client.ask(asked), end);
      await idle();
    }));
}

Deno.test("startApp() calls the close hook when the client breaks off", () =>
  withSockets("", async ({ port, logged, idle }) => {
    using socket = await RawWebSocket.open(port);
    await socket.connection.write(frame(text, "half").subarray(0, 5));
    socket.connection.close();
    await logged(/closed/);
    await idle();
  }));

Deno.test("startApp() ends a handler that does not, when its client is gone", () =>
  withApp(
    socketsManifest().replaceAll("socket", "deaf"),
    async ({ port, idle, logged }) => {
      using socket = await RawWebSocket.open(port);
      socket.connection.close();
      match(await logged(/exit/), /deaf.* shutdown/);
      await idle();
    },
  ));

/** What is asked for, and the status. */
const REFUSED = [
  ["a path without a route", "GET /nowhere", [], 404],
  ["another origin", "GET /rooms/a", ["Origin: https://b"], 403],
  ["no upgrade", "GET /rooms/a", ["Connection: close"], 426],
] as const;

Deno.test("startApp() refuses who may not connect, and says so in the log", async (t) => {
  const manifest = ROUTES.replace(
    "subprotocols",
    'allowed_origins = ["https://a"]\nsubprotocols',
  );
  await withApp(manifest, async ({ port, logged, app }) => {
    for (const [what, line, headers, status] of REFUSED) {
      await t.step(what, async () => {
        using connection = await connect(port);
        const origin = headers.length === 1 && headers[0].startsWith("Origin")
          ? []
          : ["Origin: https://a"];
        const upgrade = status === 426 ? [] : [
          ...["Upgrade: websocket", "Connection: upgrade"],
          ...["Sec-WebSocket-Version: 13"],
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ];
        const lines = [`${line} HTTP/1.1`, "Host: a", ...origin, ...upgrade];
        await connection.write(
          [...lines, ...headers].join("\r\n") + "\r\n\r\n",
        );
        strictEqual((await connection.read()).status, status);
        strictEqual(await connection.isEnded(), true);
        await logged(new RegExp(`ws .*→ ${status}`));
      });
    }
    strictEqual(app.info().started, 0);
  });
});

Deno.test("startApp() says 503 to one connection too many, and 101 when there is room", () =>
  withSockets("max_connections = 1", async ({ port, idle }) => {
    using first = await RawWebSocket.open(port);
    strictEqual(first.response.status, 101);
    using second = await RawWebSocket.open(port);
    strictEqual(second.response.status, 503);
    deepStrictEqual(
      second.response.headers.filter(([name]) => name === "retry-after"),
      [["retry-after", "1"]],
    );
    await first.send(close);
    await first.next();
    await idle();
    // It counts until its handler has ended.
    using third = await RawWebSocket.open(port);
    strictEqual(third.response.status, 101);
  }));

Deno.test("startApp() tells who asks for a WebSocket the id that the log has", () =>
  withSockets("max_connections = 1", async ({ port, logged }) => {
    const idOf = ({ response }: RawWebSocket) => {
      const ids = response.headers.filter(([name]) => name === "x-request-id");
      strictEqual(ids.length, 1);
      return ids[0]![1];
    };
    using first = await RawWebSocket.open(port);
    await logged(new RegExp(`→ 101 .*id=${idOf(first)}`));
    using second = await RawWebSocket.open(port);
    await logged(new RegExp(`→ 503 .*id=${idOf(second)}`));
  }));

Deno.test("startApp() cuts who does not ask for anything", () =>
  withSockets("handshake_timeout_ms = 50", async ({ port }) => {
    using silent = await connect(port);
    using slow = await connect(port);
    await slow.write("GET / HTTP/1.1\r\nHost:");
    strictEqual(await silent.isEnded(), true);
    strictEqual(await slow.isEnded(), true);
  }));

Deno.test("startApp() pings who is silent, and cuts who does not answer", () =>
  withSockets(
    "ping_interval_ms = 20\npong_timeout_ms = 200",
    async ({ port, logged, idle }) => {
      using socket = await RawWebSocket.open(port);
      strictEqual(await socket.next(), "ping");
      await socket.send(pong);
      strictEqual(await socket.next(), "ping");
      strictEqual(await socket.next(), "end");
      await logged(/closed/);
      await idle();
    },
  ));

Deno.test("startApp() takes no more of a client than its handler does", () =>
  withSockets("", async ({ port }) => {
    using socket = await RawWebSocket.open(port);
    // The handler is busy while far more than its window comes.
    await socket.send(text, "/spin");
    const count = 300;
    const sending = (async () => {
      for (let sent = 0; sent < count; sent++) {
        await socket.send(binary, new Uint8Array(50_000).fill(sent));
      }
    })();
    for (let seen = 0; seen < count; seen++) {
      const { payload } = await socket.read();
      deepStrictEqual([payload.length, payload[7]], [50_000, seen & 255]);
    }
    await sending;
  }));

Deno.test("startApp() has a handler wait for its client", () =>
  withSockets("", async ({ port }) => {
    using socket = await RawWebSocket.open(port);
    await socket.send(text, "/flood 300 100000");
    for (let seen = 0; seen < 300; seen++) {
      strictEqual((await socket.read()).payload.length, 100_000);
    }
    strictEqual(await socket.next(), "text flooded");
  }));

Deno.test("startApp() closes who takes less than others send", () =>
  withSockets("max_queued_messages = 10", async ({ port, logged, idle }) => {
    using socket = await RawWebSocket.open(port);
    await socket.send(text, "/heap 60 1000000");
    await logged(/closed/);
    let last: string;
    do last = (await socket.next()).slice(0, 40); while (
      last.startsWith("binary")
    );
    strictEqual(last, "end");
    await idle();
  }));

Deno.test("startApp() does not let pongs pile up", () =>
  withSockets("", async ({ port }) => {
    using socket = await RawWebSocket.open(port);
    const pings = frame(ping, "x".repeat(125));
    for (let sent = 0; sent < 20_000; sent++) {
      await socket.connection.write(pings);
    }
    await socket.send(text, "still");
    let next: string;
    do next = await socket.next(); while (next.startsWith("pong"));
    strictEqual(next, "text still");
  }));

Deno.test("App.stop() tells all WebSockets that it goes away", () =>
  withSockets("", async ({ url, app, logged }) => {
    const clients = await Promise.all([Client.open(url), Client.open(url)]);
    const [first, second] = clients.map((client) => client.next());
    await app.stop();
    deepStrictEqual([await first, await second], ["close 1001", "close 1001"]);
    for (const _ of clients) await logged(/closed/);
    strictEqual(app.info().alive, 0);
  }, { drainMsMax: 10_000 }));

Deno.test("startApp() leaves nothing behind after many connections", () =>
  withSockets("", async ({ port, idle }) => {
    for (let round = 0; round < 10; round++) {
      const all = await Promise.all(
        Array.from({ length: 20 }, () => RawWebSocket.open(port)),
      );
      await Promise.all(all.map(async (socket, index) => {
        if (index % 2 === 0) {
          await socket.send(close);
          strictEqual(await socket.next(), "close");
        }
        socket.connection.close();
      }));
    }
    await idle();
  }));
