import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert";

import {
  CanonicalTrap,
  ComponentError,
} from "../../../component/canonical/mod.ts";
import { errorOf, FakeGuest } from "../testdata/guest.ts";
import {
  answer,
  entriesOf,
  failureOf,
  fields,
  http,
  rawServer,
  readAll,
  ready,
  requestTo,
  responseOf,
  send,
  value,
  writeAll,
} from "../testdata/http.ts";
import { withGuest } from "../testdata/streams.ts";
import { OUTGOING_REQUESTS_MAX } from "./limits.ts";

/** Runs `work` with a guest and a server of `handler`. */
async function withServer(
  handler: Deno.ServeHandler,
  work: (guest: FakeGuest, port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    handler,
  );
  const guest = new FakeGuest();
  try {
    await work(guest, server.addr.port);
  } finally {
    guest.close();
    await server.shutdown();
  }
}

Deno.test("handle() sends a request and answers with status, headers and body", () =>
  withServer(
    (request) =>
      new Response(`${request.method} ${new URL(request.url).search}`, {
        status: 201,
        headers: { "x-of": request.headers.get("x-test") ?? "nothing" },
      }),
    async (guest, port) => {
      const request = requestTo(guest, port, {
        method: "put",
        path: "/a?b=c",
        headers: { "x-test": "v" },
      });
      const response = await responseOf(guest, send(guest, request));
      strictEqual(
        http(guest, "[method]incoming-response.status", response),
        201,
      );
      const headers = http(
        guest,
        "[method]incoming-response.headers",
        response,
      );
      deepStrictEqual(http(guest, "[method]fields.get", headers, "X-Of"), [
        value("v"),
      ]);
      throws(
        () => http(guest, "[method]fields.delete", headers, "x-of"),
        (error: ComponentError) =>
          (error.payload as { tag: string }).tag === "immutable",
      );
      const { text, trailers } = await readAll(
        guest,
        "incoming-response",
        response,
      );
      strictEqual(text, "PUT ?b=c");
      deepStrictEqual(trailers, {
        tag: "ok",
        val: { tag: "ok", val: undefined },
      });
    },
  ));

Deno.test("handle() sends a body as it is written, while the answer comes", () =>
  withServer(
    (request) => new Response(request.body),
    async (guest, port) => {
      const request = requestTo(guest, port, { method: "post" });
      const body = http(guest, "[method]outgoing-request.body", request);
      const future = send(guest, request);
      const text = "x".repeat(500_000);
      const writing = writeAll(guest, body, text).then(() =>
        http(guest, "[static]outgoing-body.finish", body, undefined)
      );
      const response = await responseOf(guest, future);
      const echoed = await readAll(guest, "incoming-response", response);
      await writing;
      strictEqual(echoed.text.length, text.length);
    },
  ));

Deno.test("handle() sends and receives trailers", () =>
  withGuest(async (guest) => {
    const server = rawServer(
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-end: \xff\r\n\r\n",
    );
    const request = requestTo(guest, server.port, {
      method: "post",
      headers: { trailer: "x-sum" },
    });
    const body = http(guest, "[method]outgoing-request.body", request);
    const stream = http(guest, "[method]outgoing-body.write", body);
    guest.call("io/streams [method]output-stream.check-write", stream);
    guest.call("io/streams [method]output-stream.write", stream, value("body"));
    guest.drop("io/streams output-stream", stream);
    http(
      guest,
      "[static]outgoing-body.finish",
      body,
      fields(guest, { "x-sum": "1" }),
    );
    const response = await responseOf(guest, send(guest, request));
    match(await server.request, /4\r\nbody\r\n0\r\nx-sum: 1\r\n\r\n$/);
    const { text, trailers } = await readAll(
      guest,
      "incoming-response",
      response,
    );
    strictEqual(text, "abc");
    deepStrictEqual(
      http(guest, "[method]fields.get", trailers.val.val, "x-end"),
      [Uint8Array.of(255)],
    );
    server.close();
  }));

Deno.test("handle() frames the body of a GET, so that no second request hides in it", () =>
  withGuest(async (guest) => {
    const server = rawServer("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    const request = requestTo(guest, server.port);
    const body = http(guest, "[method]outgoing-request.body", request);
    await writeAll(guest, body, "GET /second HTTP/1.1\r\n\r\n");
    http(guest, "[static]outgoing-body.finish", body, undefined);
    const future = send(guest, request);
    match(await server.request, /transfer-encoding: chunked/);
    await responseOf(guest, future);
    server.close();
  }));

const REFUSED: readonly [
  name: string,
  options: Parameters<typeof requestTo>[2],
  code: unknown,
][] = [
  ["a tunnel", { method: "connect" }, { tag: "HTTP-request-method-invalid" }],
  [
    "a length without a body",
    { headers: { "content-length": "3" } },
    { tag: "HTTP-request-body-size", val: 0n },
  ],
  [
    "a length that is none",
    { headers: { "content-length": "3, 4" } },
    { tag: "HTTP-request-body-size", val: undefined },
  ],
];

for (const [name, options, code] of REFUSED) {
  Deno.test(`handle() refuses ${name}`, () =>
    withGuest(async (guest) => {
      const request = requestTo(guest, 9, options);
      deepStrictEqual(await errorOf(() => send(guest, request)), code);
    }));
}

Deno.test("handle() refuses a request to nobody, and by no scheme of HTTP", () =>
  withGuest(async (guest) => {
    const bare = http(guest, "[constructor]outgoing-request", fields(guest));
    deepStrictEqual(await errorOf(() => send(guest, bare)), {
      tag: "HTTP-request-URI-invalid",
    });
    const other = requestTo(guest, 9);
    http(guest, "[method]outgoing-request.set-scheme", other, {
      tag: "other",
      val: "gopher",
    });
    deepStrictEqual(await errorOf(() => send(guest, other)), {
      tag: "HTTP-protocol-error",
    });
  }));

Deno.test("handle() is denied without network, and whoever writes the body is told", () =>
  withGuest(async (guest) => {
    const request = requestTo(guest, 9);
    const body = http(guest, "[method]outgoing-request.body", request);
    const stream = http(guest, "[method]outgoing-body.write", body);
    deepStrictEqual(await errorOf(() => send(guest, request)), {
      tag: "HTTP-request-denied",
    });
    deepStrictEqual(
      await errorOf(() =>
        guest.call("io/streams [method]output-stream.check-write", stream)
      ),
      { tag: "closed" },
    );
  }, { profile: "sandboxed" }));

const BROKEN: readonly [name: string, reply: string, code: unknown][] = [
  ["says nothing", "", { tag: "connection-terminated" }],
  ["speaks no HTTP", "SSH-2.0\r\n\r\n", { tag: "HTTP-protocol-error" }],
  [
    "sends a huge head",
    `HTTP/1.1 200 OK\r\nx: ${"a".repeat(100_000)}\r\n\r\n`,
    { tag: "HTTP-response-header-section-size", val: undefined },
  ],
  [
    "changes the protocol",
    "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    { tag: "HTTP-upgrade-failed" },
  ],
];

for (const [name, reply, code] of BROKEN) {
  Deno.test(`handle() answers with an error code when the server ${name}`, () =>
    withGuest(async (guest) => {
      const server = rawServer(reply);
      const future = send(guest, requestTo(guest, server.port));
      deepStrictEqual(await failureOf(guest, future), code);
      server.close();
    }));
}

const HALF: readonly [name: string, reply: string, code: string][] = [
  [
    "is cut off",
    "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc",
    "connection-terminated",
  ],
  [
    "is not framed well",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n",
    "HTTP-protocol-error",
  ],
];

for (const [name, reply, code] of HALF) {
  Deno.test(`a body that ${name} fails with an error code`, () =>
    withGuest(async (guest) => {
      const server = rawServer(reply);
      const response = await responseOf(
        guest,
        send(guest, requestTo(guest, server.port)),
      );
      const error = await errorOf(() =>
        readAll(guest, "incoming-response", response)
      ) as { tag: string; val: never };
      strictEqual(error.tag, "last-operation-failed");
      const { tag } = http(guest, "http-error-code", error.val);
      ok([code, "connection-terminated"].includes(tag), tag);
      server.close();
    }));
}

Deno.test("a refused connection is told", () =>
  withGuest(async (guest) => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = listener.addr;
    listener.close();
    const future = send(guest, requestTo(guest, port));
    deepStrictEqual(await failureOf(guest, future), {
      tag: "connection-refused",
    });
  }));

Deno.test("a server that speaks no TLS is told", () =>
  withGuest(async (guest) => {
    const server = rawServer("HTTP/1.1 400 Bad Request\r\n\r\n");
    const request = requestTo(guest, server.port, { scheme: "HTTPS" });
    deepStrictEqual(await failureOf(guest, send(guest, request)), {
      tag: "TLS-protocol-error",
    });
    server.close();
  }));

/** Options with one timeout of a millisecond. */
function short(guest: FakeGuest, name: string): unknown {
  const options = http(guest, "[constructor]request-options");
  http(guest, `[method]request-options.set-${name}`, options, 1_000_000n);
  strictEqual(
    http(guest, `[method]request-options.${name}`, options),
    1_000_000n,
  );
  return options;
}

Deno.test("connect-timeout ends the wait for a handshake", () =>
  withGuest(async (guest) => {
    const silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const request = requestTo(guest, silent.addr.port, { scheme: "HTTPS" });
    const future = send(guest, request, short(guest, "connect-timeout"));
    deepStrictEqual(await failureOf(guest, future), {
      tag: "connection-timeout",
    });
    silent.close();
  }));

Deno.test("first-byte-timeout ends the wait for a response", () =>
  withGuest(async (guest) => {
    const server = rawServer("", { isKept: true });
    const options = short(guest, "first-byte-timeout");
    const future = send(guest, requestTo(guest, server.port), options);
    deepStrictEqual(await failureOf(guest, future), {
      tag: "connection-read-timeout",
    });
    await server.request;
    server.close();
  }));

Deno.test("between-bytes-timeout ends the wait for more of a body", () =>
  withGuest(async (guest) => {
    const server = rawServer(
      "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc",
      { isKept: true },
    );
    const options = short(guest, "between-bytes-timeout");
    const response = await responseOf(
      guest,
      send(guest, requestTo(guest, server.port), options),
    );
    const error = await errorOf(() =>
      readAll(guest, "incoming-response", response)
    ) as { val: never };
    deepStrictEqual(http(guest, "http-error-code", error.val), {
      tag: "connection-read-timeout",
    });
    server.close();
  }));

Deno.test("a body that nobody reads stays with the server", () => {
  let pulled = 0;
  let cancelled: () => void;
  const isCancelled = new Promise<void>((resolve) => cancelled = resolve);
  const piece = new Uint8Array(65_536);
  return withServer(
    () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulled += piece.length;
            controller.enqueue(piece);
          },
          cancel: () => cancelled(),
        }),
      ),
    async (guest, port) => {
      const response = await responseOf(
        guest,
        send(guest, requestTo(guest, port)),
      );
      // Long enough for an unbounded reader: its pieces are turns of the loop.
      for (let turn = 0; turn < 200; turn++) {
        await new Promise((resolve) => setTimeout(resolve));
        if (turn === 100) pulled = 0;
      }
      ok(pulled < 1_000_000, String(pulled));
      guest.drop("http/types incoming-response", response);
      await isCancelled;
    },
  );
});

Deno.test("a body that the server does not read stays with the guest", () =>
  withGuest(async (guest) => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const request = requestTo(guest, listener.addr.port, { method: "post" });
    const body = http(guest, "[method]outgoing-request.body", request);
    const stream = http(guest, "[method]outgoing-body.write", body);
    send(guest, request);
    const connection = await listener.accept();
    let written = 0n;
    for (let idle = 0; idle < 200;) {
      const room: bigint = guest.call(
        "io/streams [method]output-stream.check-write",
        stream,
      );
      guest.call(
        "io/streams [method]output-stream.write",
        stream,
        new Uint8Array(Number(room)),
      );
      written += room;
      idle = room === 0n ? idle + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
    ok(written < 32_000_000n, String(written));
    connection.close();
    listener.close();
    await ready(guest, "output-stream", stream);
    const error = await errorOf(() =>
      guest.call("io/streams [method]output-stream.check-write", stream)
    ) as { val: never };
    deepStrictEqual(http(guest, "http-error-code", error.val), {
      tag: "connection-terminated",
    });
  }));

Deno.test("the end of a process ends its connections", async () => {
  const guest = new FakeGuest();
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  send(guest, requestTo(guest, listener.addr.port));
  const connection = await listener.accept();
  const buffer = new Uint8Array(1_024);
  ok((await connection.read(buffer))! > 0);
  guest.close();
  strictEqual(await connection.read(buffer), null);
  connection.close();
  listener.close();
});

Deno.test("a future that is dropped ends its connection", () =>
  withGuest(async (guest) => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const future = send(guest, requestTo(guest, listener.addr.port));
    const connection = await listener.accept();
    const buffer = new Uint8Array(1_024);
    ok((await connection.read(buffer))! > 0);
    guest.drop("http/types future-incoming-response", future);
    strictEqual(await connection.read(buffer), null);
    connection.close();
    listener.close();
  }));

Deno.test("a future answers once, and not before it is ready", () =>
  withServer(() => new Response("x"), async (guest, port) => {
    const future = send(guest, requestTo(guest, port));
    const get = "[method]future-incoming-response.get";
    strictEqual(http(guest, get, future), undefined);
    const { val } = await answer(guest, "future-incoming-response", future);
    deepStrictEqual(http(guest, get, future), { tag: "err", val: undefined });
    guest.drop("http/types incoming-response", val.val);
  }));

Deno.test("a process has no more requests under way than the bound", () =>
  withGuest(async (guest) => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = listener.addr;
    for (let nth = 0; nth < OUTGOING_REQUESTS_MAX; nth++) {
      send(guest, requestTo(guest, port));
    }
    deepStrictEqual(await errorOf(() => send(guest, requestTo(guest, port))), {
      tag: "connection-limit-reached",
    });
    listener.close();
  }));

Deno.test("finish() refuses a body of another length than its header says", () =>
  withGuest(async (guest) => {
    const headers = { "content-length": "5" };
    const request = requestTo(guest, 9, { method: "post", headers });
    const body = http(guest, "[method]outgoing-request.body", request);
    await writeAll(guest, body, "abc");
    deepStrictEqual(
      await errorOf(() =>
        http(guest, "[static]outgoing-body.finish", body, undefined)
      ),
      { tag: "HTTP-request-body-size", val: 3n },
    );
  }));

Deno.test("a write beyond the length that a header says fails", () =>
  withGuest(async (guest) => {
    const headers = { "content-length": "2" };
    const request = requestTo(guest, 9, { method: "post", headers });
    const body = http(guest, "[method]outgoing-request.body", request);
    const error = await errorOf(() => writeAll(guest, body, "abc")) as {
      val: never;
    };
    deepStrictEqual(http(guest, "http-error-code", error.val), {
      tag: "HTTP-request-body-size",
      val: 3n,
    });
  }));

Deno.test("a body that is dropped and not finished is cut off", () =>
  withServer(async (request) => {
    await request.text().catch(() => {});
    return new Response("x");
  }, async (guest, port) => {
    const request = requestTo(guest, port, { method: "post" });
    const body = http(guest, "[method]outgoing-request.body", request);
    const future = send(guest, request);
    await writeAll(guest, body, "abc");
    guest.drop("http/types outgoing-body", body);
    deepStrictEqual(await failureOf(guest, future), {
      tag: "connection-terminated",
    });
  }));

const TRAPS: readonly [name: string, work: (guest: FakeGuest) => void][] = [
  ["finish of a body before its stream", (guest) => {
    const body = http(
      guest,
      "[method]outgoing-request.body",
      requestTo(guest, 9),
    );
    http(guest, "[method]outgoing-body.write", body);
    http(guest, "[static]outgoing-body.finish", body, undefined);
  }],
  ["drop of a body before its stream", (guest) => {
    const body = http(
      guest,
      "[method]outgoing-request.body",
      requestTo(guest, 9),
    );
    http(guest, "[method]outgoing-body.write", body);
    guest.drop("http/types outgoing-body", body);
  }],
];

for (const [name, work] of TRAPS) {
  Deno.test(`${name} traps`, () =>
    withGuest((guest) => throws(() => work(guest), CanonicalTrap)));
}

Deno.test("headers cannot be changed once a request has them, and are one's own", () =>
  withGuest((guest) => {
    const request = requestTo(guest, 9, { headers: { a: "1" } });
    const view = http(guest, "[method]outgoing-request.headers", request);
    throws(
      () => http(guest, "[method]fields.append", view, "b", value("2")),
      ComponentError,
    );
    const copy = http(guest, "[method]fields.clone", view);
    http(guest, "[method]fields.append", copy, "b", value("2"));
    deepStrictEqual(entriesOf(guest, view), ["a: 1"]);
    deepStrictEqual(entriesOf(guest, copy), ["a: 1", "b: 2"]);
  }));
