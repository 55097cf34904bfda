import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";

import { Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES } from "../capability.ts";
import { Engine } from "../engine.ts";
import { HandlerFailed, type HandlerFailure } from "../errors.ts";
import { withHandler } from "./testdata/handler.ts";

Deno.test("Engine.handle() answers each request by a process of its own", () =>
  withHandler(async (handler) => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => handler.ask("/hello")),
    );
    for (const response of responses) {
      strictEqual(response.status, 200);
      strictEqual(response.headers.get("content-type"), "text/plain");
      strictEqual(await response.text(), "hello");
    }
    await handler.end(20);
    deepStrictEqual(new Set(handler.ended), new Set(["normal"]));
  }));

Deno.test("Engine.handle() is told a short response by one message, unless its guest was preempted", () =>
  withHandler(async (handler) => {
    for (let count = 1; count <= 50; count++) {
      const response = await handler.ask("/hello");
      strictEqual(await response.text(), "hello");
      await handler.end(count);
    }
    // On a busy machine there are others, each with its parts.
    ok(handler.sent.includes("whole"), handler.sent.join());
  }));

Deno.test("Engine.handle() tells method, scheme, authority, path and headers", () =>
  withHandler(async (handler) => {
    const response = await handler.ask("/headers?a=%20b", {
      method: "DELETE",
      headers: { "x-a": "1", connection: "close" },
    });
    strictEqual(
      await response.text(),
      "DELETE http host.test /headers?a=%20b\nx-a: 1\n",
    );
  }));

Deno.test("Engine.handle() passes bodies on in both directions", () =>
  withHandler(async (handler) => {
    const body = crypto.getRandomValues(new Uint8Array(60_000));
    for (const count of [0, 1, 100]) {
      const whole = new Blob(Array.from({ length: count }, () => body));
      const response = await handler.ask("/echo", {
        method: "POST",
        body: whole.stream(),
      });
      deepStrictEqual(
        new Uint8Array(await response.arrayBuffer()),
        new Uint8Array(await whole.arrayBuffer()),
      );
    }
  }));

Deno.test("Engine.handle() answers before the request's body is there", () =>
  withHandler(async (handler) => {
    const { readable, writable } = new TransformStream<Uint8Array>();
    const response = await handler.ask("/echo", {
      method: "POST",
      body: readable,
    });
    const writer = writable.getWriter();
    const reader = response.body!.getReader();
    for (const byte of [1, 2, 3]) {
      await writer.write(Uint8Array.of(byte));
      deepStrictEqual((await reader.read()).value, Uint8Array.of(byte));
    }
    await writer.close();
    strictEqual((await reader.read()).done, true);
  }));

Deno.test("Engine.handle() takes no more of a response than is read", () =>
  withHandler(async (handler) => {
    const response = await handler.ask("/big?64");
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    ok(value!.length <= 64 * 1024, String(value!.length));
    // The guest waits: a guest that does not is soon done.
    await handler.ask("/hello");
    await handler.end(1);
    strictEqual(handler.ended.length, 1);
    await reader.cancel();
    await handler.end(2);
  }));

Deno.test("Engine.handle() takes no more of a request than the guest reads", () =>
  withHandler(async (handler) => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(65_536));
      },
    }, { highWaterMark: 0 });
    const response = await handler.ask("/hello", { method: "POST", body });
    strictEqual(await response.text(), "hello");
    await handler.end(1);
    strictEqual(pulled, 0);
  }));

const FAILURES: readonly [
  path: string,
  kind: HandlerFailure,
  why: RegExp,
][] = [
  ["/nothing", "noAnswer", /returned without one/],
  ["/error", "noAnswer", /internal-error/],
  ["/trap", "ended", /unreachable/],
  ["/spin", "ended", /CPU time/],
  ["/status?99", "ended", /unreachable/],
  ["/status?205", "ended", /unreachable/],
];

for (const [path, kind, why] of FAILURES) {
  Deno.test(`Engine.handle() rejects as ${kind} when the guest does ${path}`, () =>
    withHandler(async (handler) => {
      await rejects(handler.ask(path), (error: HandlerFailed) => {
        ok(error instanceof HandlerFailed);
        strictEqual(error.kind, kind);
        match(error.message, why);
        return true;
      });
    }));
}

Deno.test("Engine.handle() rejects when there is no answer in time, and ends the guest", () =>
  withHandler(async (handler) => {
    await rejects(
      handler.ask("/hang", {}, { timeoutMs: 1 }),
      (error: HandlerFailed) => error.kind === "timeout",
    );
    await handler.end(1);
  }));

Deno.test("Engine.handle() rejects when the request's body is too large, and ends the guest", () =>
  withHandler(async (handler) => {
    const body = new Uint8Array(100_000);
    await rejects(
      handler.ask("/size", { method: "POST", body }, { bodyBytesMax: 99_999 }),
      (error: HandlerFailed) => error.kind === "tooLarge",
    );
    await handler.end(1);
    const response = await handler.ask("/size", { method: "POST", body }, {
      bodyBytesMax: 100_000,
    });
    strictEqual(await response.text(), "100000");
  }));

Deno.test("Engine.handle() rejects when nobody waits any more, and tells the guest", () =>
  withHandler(async (handler) => {
    const controller = new AbortController();
    const { readable } = new TransformStream<Uint8Array>();
    const asked = handler.ask("/size", { method: "POST", body: readable }, {
      signal: controller.signal,
    });
    // Another exchange, so that the first one waits for its body by now.
    await (await handler.ask("/hello")).text();
    controller.abort();
    await rejects(asked, (error: HandlerFailed) => error.kind === "gone");
    await handler.end(2);
  }));

for (const path of ["/trap-later", "/half"]) {
  Deno.test(`the body of a response fails when the guest does ${path}`, () =>
    withHandler(async (handler) => {
      const response = await handler.ask(path);
      strictEqual(response.status, 200);
      await rejects(
        response.text(),
        (error: HandlerFailed) => error.kind === "cut",
      );
    }));
}

Deno.test("the body of a response fails when the request's body breaks off", () =>
  withHandler(async (handler) => {
    const { readable, writable } = new TransformStream<Uint8Array>();
    const response = await handler.ask("/echo", {
      method: "POST",
      body: readable,
    });
    const writer = writable.getWriter();
    await writer.write(Uint8Array.of(1));
    const reader = response.body!.getReader();
    strictEqual((await reader.read()).value!.length, 1);
    await writer.abort(new Error("gone"));
    // The guest ends its answer well: it takes a failed body for its end.
    await reader.read().catch(() => {});
    await handler.end(1);
  }));

Deno.test("a guest that streams is told when nobody reads", () =>
  withHandler(async (handler) => {
    const response = await handler.ask("/slow?1");
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await handler.end(1);
    deepStrictEqual(handler.ended, ["normal"]);
  }));

Deno.test("a status without a body has none, whatever the guest writes", () =>
  withHandler(async (handler) => {
    for (const status of [204, 304]) {
      const response = await handler.ask(`/status?${status}`);
      strictEqual(response.status, status);
      strictEqual(response.body, null);
    }
    const head = await handler.ask("/big?1", { method: "HEAD" });
    strictEqual(head.body, null);
    await handler.end(3);
    deepStrictEqual(new Set(handler.ended), new Set(["normal"]));
  }));

Deno.test("a guest that answers twice has answered once", () =>
  withHandler(async (handler) => {
    const response = await handler.ask("/twice");
    strictEqual(await response.text(), "hello");
    await handler.end(1);
    ok(handler.ended[0] !== "normal");
  }));

Deno.test("trailers that Deno's listener cannot send are left out", () =>
  withHandler(async (handler) => {
    const response = await handler.ask("/trailers", {
      method: "POST",
      body: "x",
    });
    strictEqual(await response.text(), "none");
    await handler.end(1);
    deepStrictEqual(handler.ended, ["normal"]);
  }));

Deno.test("a guest asks others only when its profile lets it, in its Worker too", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("from outside"),
  );
  const { port } = server.addr;
  const sandboxed = BUILT_IN_PROFILES.get("sandboxed")!;
  const profiles: [network: boolean | string[], host: string, text: string][] =
    [
      [true, "127.0.0.1", "from outside"],
      [false, "127.0.0.1", "HTTP-request-denied"],
      [[`localhost:${port}`], "localhost", "from outside"],
      [[`localhost:${port}`], "127.0.0.1", "HTTP-request-denied"],
      [["localhost:1"], "localhost", "HTTP-request-denied"],
    ];
  for (const [network, host, text] of profiles) {
    await withHandler(async (handler) => {
      const url = `http://${host}:${port}/x`;
      const response = await handler.ask(`/outgoing?${url}`);
      strictEqual(await response.text(), text);
    }, { ...sandboxed, network });
  }
  await server.shutdown();
});

Deno.test("Engine.handle() refuses a component that is no handler", async () => {
  const engine = new Engine(new Runtime(), { schedulersPerPool: 1 });
  const sandboxed = BUILT_IN_PROFILES.get("sandboxed")!;
  const component = await engine.load("script", "", sandboxed);
  strictEqual(component.isHandler, false);
  await rejects(
    engine.handle(component, new Request("http://host.test")),
    TypeError,
  );
  await engine.close();
});
