import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { Pid, systemHost } from "@rusm/otp";
import type { GuestReply } from "@rusm/wasm";
import { RawClient } from "../testdata/raw_client.ts";
import { TestClock } from "../testdata/test_clock.ts";
import { reply, waitForEver } from "../testdata/test_node.ts";
import { serve } from "../testdata/test_server.ts";
import { Acceptor, type Listener } from "./acceptor.ts";
import { Deadlines } from "./deadlines.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

async function ask(client: RawClient, request = GET): Promise<string> {
  await client.send(request);
  const head = await client.readUntil("\r\n\r\n");
  const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
  await client.skip(length);
  return head;
}

/** What a client sends before it waits, in place of a whole head. */
// deno-fmt-ignore
const HALVES: readonly (readonly [name: string, text: string])[] = [
  ["that sends nothing", ""],
  ["that sends half a head", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b"],
  ["that sends half a line", "GE"],
  ["that sends half a preface of HTTP/2", "PRI * HTTP/2.0\r\n"],
  ["that opens HTTP/2 and no stream", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"],
];

for (const [name, text] of HALVES) {
  Deno.test(`listenHttp() closes a connection ${name}, after header_timeout_ms`, async () => {
    const { server, url, clock } = serve();
    const client = await RawClient.connect(url);
    await client.send(text);
    // When this is answered, the earlier connection was accepted.
    const later = await RawClient.connect(url);
    await ask(later);
    clock.advance(9_999);
    await client.send("");
    clock.advance(1_002);
    await client.readAll();
    match(await ask(later), / 200 OK/);
    later.close();
    await server.stop();
  });
}

Deno.test("listenHttp() closes a connection that sends a byte of its head a second", async () => {
  const { server, url, clock, node } = serve();
  const client = await RawClient.connect(url);
  const later = await RawClient.connect(url);
  await ask(later);
  for (const byte of GET.slice(0, 12)) {
    await client.send(byte);
    clock.advance(1_000);
  }
  strictEqual(await client.readAll(), "");
  strictEqual(node.guests.length, 1);
  later.close();
  await server.stop();
});

Deno.test("listenHttp() closes a connection idle_timeout_ms after its last response", async () => {
  const { server, url, clock } = serve();
  const client = await RawClient.connect(url);
  for (let nth = 0; nth < 3; nth++) {
    match(await ask(client), / 200 OK/);
    clock.advance(59_000);
  }
  clock.advance(2_100);
  strictEqual(await client.readAll(), "");
  await server.stop();
});

Deno.test("listenHttp() leaves a connection whose request is in flight", async () => {
  const asked = Promise.withResolvers<void>();
  const answers = Promise.withResolvers<void>();
  const { server, url, clock } = serve(async (self, request) => {
    asked.resolve();
    await answers.promise;
    reply(self, request);
  }, { requestTimeoutMs: 1e9 });
  const client = await RawClient.connect(url);
  const answered = ask(client);
  await asked.promise;
  clock.advance(1e6);
  answers.resolve();
  match(await answered, / 200 OK/);
  client.close();
  await server.stop();
});

Deno.test("listenHttp() answers 408 when a body stops, and closes the connection", async () => {
  const { server, url, clock, node } = serve();
  const client = await RawClient.connect(url);
  await client.send(
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234",
  );
  const answered = client.readUntil("\r\n\r\n");
  let isAnswered = false;
  answered.then(() => isAnswered = true);
  // The time counts from when the guest's half waits for the body.
  while (!isAnswered) {
    clock.advance(1_200);
    for (let nth = 0; nth < 50 && !isAnswered; nth++) {
      await new Promise<void>((resolve) => setTimeout(resolve));
    }
  }
  match(await answered, /^HTTP\/1\.1 408 /);
  clock.advance(2_000);
  await client.readAll();
  strictEqual(node.guests.length, 0);
  await server.stop();
});

Deno.test("listenHttp() refuses a body of 10 GB that is announced", async () => {
  const { server, url, clock } = serve();
  const client = await RawClient.connect(url);
  await client.send(
    "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10000000000\r\n\r\n",
  );
  match(await client.readUntil("413 Payload Too Large\r\n"), /HTTP\/1\.1 413 /);
  clock.advance(2_000);
  await client.readAll();
  await server.stop();
});

Deno.test("listenHttp() closes a connection whose client never reads its response", async () => {
  const { server, url, clock } = serve((self, { from }) => {
    const body = new Uint8Array(40_000_000);
    const head = '{"status":200,"headers":[]}';
    const to: Pid<GuestReply> = Pid.fromBigInt(BigInt(from));
    self.runtime.send(to, {
      type: "reply",
      head,
      body,
    });
  });
  const client = await RawClient.connect(url);
  await client.send(GET);
  await client.readUntil("\r\n\r\n");
  // Not before the engine has taken what it holds.
  for (let nth = 0; nth < 50; nth++) {
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  clock.advance(32_000);
  const text = await client.readAll();
  ok(text.length < 40_000_000);
  await server.stop();
});

Deno.test("listenHttp() tells those beyond max_connections to come back", async () => {
  const { server, url, clock } = serve(reply, {
    admission: { connectionsMax: 1 },
  });
  const first = await RawClient.connect(url);
  await ask(first);
  const second = await RawClient.connect(url);
  const head = await ask(second);
  match(head, /^HTTP\/1\.1 503 /);
  match(head, /retry-after: 1\r\n/);
  clock.advance(2_000);
  strictEqual(await second.readAll(), "");
  first.close();
  for (;;) {
    const third = await RawClient.connect(url);
    const text = await ask(third);
    third.close();
    if (text.includes(" 200 ")) break;
  }
  await server.stop();
});

Deno.test("listenHttp() bounds the connections of a client, and not those of a proxy", async () => {
  for (const trustedProxies of [[], ["127.0.0.0/8"]]) {
    const { server, url } = serve(reply, {
      admission: { connectionsPerClientMax: 1, trustedProxies },
    });
    const first = await RawClient.connect(url);
    await ask(first);
    const second = await RawClient.connect(url);
    const isRefused = (await ask(second)).includes(" 503 ");
    strictEqual(isRefused, trustedProxies.length === 0);
    first.close();
    second.close();
    await server.stop();
  }
});

Deno.test("listenHttp() bounds the requests of a client, by the address that its proxy tells", async () => {
  const { server, url, node } = serve((self) => waitForEver(self), {
    admission: { inFlightPerClientMax: 1, trustedProxies: ["127.0.0.1"] },
  });
  const get = (address: string) =>
    `GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\n\r\n`;
  const clients = await Promise.all(
    [1, 2, 3].map(() => RawClient.connect(url)),
  );
  const [one, two, other] = clients as [RawClient, RawClient, RawClient];
  await one.send(get("192.0.2.1"));
  while (node.guests.length === 0) {
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  match(await ask(two, get("192.0.2.1")), / 503 /);
  await other.send(get("192.0.2.2"));
  while (node.guests.length < 2) {
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  for (const guest of node.guests) node.runtime.exit(guest, "shutdown");
  for (const client of clients) client.close();
  await server.stop();
});

Deno.test("HttpServer.cut() closes connections whose requests are in flight", async () => {
  const asked = Promise.withResolvers<void>();
  const { server, url, node } = serve((self) => {
    asked.resolve();
    return waitForEver(self);
  });
  const client = await RawClient.connect(url);
  await client.send(GET);
  await asked.promise;
  const stopped = server.stop();
  server.cut();
  await stopped;
  strictEqual(await client.readAll(), "");
  node.runtime.exit(node.guests[0]!, "killed");
});

Deno.test("HttpServer.stop() closes connections that came and did nothing, at once", async () => {
  const { server, url } = serve();
  const clients = await Promise.all(
    Array.from({ length: 50 }, () => RawClient.connect(url)),
  );
  await ask(clients.at(-1)!).then(() => clients.at(-1)!.close());
  await server.stop();
  for (const client of clients.slice(0, -1)) {
    strictEqual(await client.readAll(), "");
  }
});

/** A listener that fails as it is told to. */
class TestListener implements Listener {
  readonly addr = {
    transport: "tcp",
    hostname: "127.0.0.1",
    port: 7,
  } as const;
  accepts = 0;
  isClosed = false;
  #accept = Promise.withResolvers<Deno.Conn>();

  accept(): Promise<Deno.Conn> {
    this.accepts++;
    return this.#accept.promise;
  }

  fail(error: Error): void {
    const { reject } = this.#accept;
    // Nobody may wait for it.
    this.#accept.promise.catch(() => {});
    this.#accept = Promise.withResolvers();
    reject(error);
  }

  close(): void {
    this.isClosed = true;
    this.fail(new Deno.errors.BadResource("closed"));
  }
}

function accept(): {
  acceptor: Acceptor;
  listener: TestListener;
  clock: TestClock;
  told: string[];
} {
  const clock = new TestClock();
  const told: string[] = [];
  const listener = new TestListener();
  const acceptor = new Acceptor(listener, {
    ...{ host: clock, connectionsMax: 9, connectionsPerClientMax: 9 },
    isProxy: () => false,
    rules: {
      deadlines: new Deadlines(clock),
      timeouts: { headerMs: 1, idleMs: 1, writeMs: 1 },
      answer: () => Promise.resolve(new Response()),
      fail: () => new Response(),
    },
    observer: {
      lost: (error) => void told.push((error as Error).message),
      regained: () => void told.push("regained"),
    },
  });
  return { acceptor, listener, clock, told };
}

function raise(message: string): never {
  throw new Error(message);
}

function turn(): Promise<void> {
  return new Promise((resolve) => systemHost().macrotask(resolve));
}

Deno.test("Acceptor tries again when the system has no connection to give, and tells it once", async () => {
  const { acceptor, listener, clock, told } = accept();
  for (let nth = 1; nth <= 3; nth++) {
    strictEqual(listener.accepts, nth);
    listener.fail(new Error("Too many open files"));
    await turn();
    strictEqual(listener.accepts, nth);
    clock.advance(100);
    await turn();
  }
  deepStrictEqual(told, ["Too many open files"]);
  await acceptor.stop();
});

Deno.test("Acceptor goes on at once when a client has left before it was accepted", async () => {
  const { acceptor, listener, told } = accept();
  listener.fail(new Deno.errors.ConnectionAborted("gone"));
  await turn();
  deepStrictEqual([listener.accepts, told], [2, []]);
  await acceptor.stop();
});

Deno.test("Acceptor.relisten() closes the listener before, tries again, and stop() closes the last", async () => {
  const { acceptor, listener, clock, told } = accept();
  const next = new TestListener();
  const listeners = [() => raise("Address in use"), () => next];
  const done = acceptor.relisten(() => listeners.shift()!());
  await turn();
  clock.advance(100);
  await done;
  deepStrictEqual([listener.isClosed, next.accepts], [true, 1]);
  await acceptor.stop();
  await acceptor.stop();
  deepStrictEqual([next.isClosed, told], [true, [
    "Address in use",
    "regained",
  ]]);
});

Deno.test("Acceptor.stop() ends a wait", async () => {
  const { acceptor, listener, clock } = accept();
  listener.fail(new Error("Too many open files"));
  await turn();
  await acceptor.stop();
  strictEqual(clock.timerCount, 0);
});
