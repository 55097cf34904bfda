import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { type Context, Pid, Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type Connection,
  type Engine,
  type GuestMessage,
  SystemLimit,
} from "@rusm/wasm";
import { createLog } from "../log.ts";
import { parseManifest, type SseListener } from "../manifest.ts";
import { listenSse } from "./listen.ts";

type Spawns = Pick<Engine, "spawnMonitor">;

function listen(runtime: Runtime, engine: Spawns, port = 0, rules = "") {
  const manifest = `[[serve]]
    protocol = "sse"
    listen = "127.0.0.1:${port}"
    component = "feed"
    ${rules}
    [components.feed]`;
  const [listener] = parseManifest(manifest, "/rusm.toml").listeners;
  const component = {
    name: "feed",
    capability: BUILT_IN_PROFILES.get("sandboxed")!,
    isHandler: false,
  };
  return listenSse({
    ...{ runtime, engine, listener: listener as SseListener, directory: "/" },
    handlers: new Map([["feed", { component, start: { entry: "run" } }]]),
    log: createLog({ level: "error", sink() {} }),
  });
}

/** Handlers that are native processes. */
function nativeHandlers(
  runtime: Runtime,
  body: (
    self: Context<GuestMessage>,
    connection: Connection,
  ) => Promise<void>,
): Spawns {
  return {
    spawnMonitor(self, _component, start) {
      const { connection } = start as { readonly connection: Connection };
      const { pid } = runtime.spawn<GuestMessage>((own) =>
        body(own, connection)
      );
      return { pid, ref: self.monitor(pid) };
    },
  };
}

const FULL: Spawns = {
  spawnMonitor() {
    throw new SystemLimit("feed");
  },
};

Deno.test("listenSse() writes what is sent to the writer, and nothing that is no event", async () => {
  const runtime = new Runtime();
  const server = await listen(
    runtime,
    nativeHandlers(runtime, async (self, { sink }) => {
      const writer = Pid.fromBigInt<unknown>(BigInt(`${await self.receive()}`));
      for (const mail of [null, 5, { type: "other" }, "é", BYTES]) {
        runtime.send(writer, mail);
      }
      deepStrictEqual(await sink.sendText(BYTES), false);
      await sink.close(1000, "");
      strictEqual(await sink.sendEvent({ data: "last" }), true);
    }),
  );
  const text = await (await fetch(server.url)).text();
  strictEqual(text, "data: é\n\ndata: \uFEFFa\uFFFD\n\ndata: last\n\n");
  await server.stop();
  strictEqual(runtime.processCount, 0);
});

// A byte order mark, and what is not UTF-8.
const BYTES = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff);

Deno.test("listenSse() says 503 when there is no room for a process", async () => {
  const runtime = new Runtime();
  const server = await listen(runtime, FULL);
  const response = await fetch(server.url);
  deepStrictEqual(
    [response.status, response.headers.get("retry-after")],
    [503, "1"],
  );
  await response.text();
  await server.stop();
});

Deno.test("listenSse() leaves nothing behind when the address is in use", async () => {
  const runtime = new Runtime();
  const server = await listen(runtime, FULL);
  const port = Number(new URL(server.url).port);
  await rejects(listen(runtime, FULL, port), Deno.errors.AddrInUse);
  strictEqual(runtime.processCount, 1);
  await Promise.all([server.stop(), server.stop()]);
  strictEqual(runtime.processCount, 0);
});

const TLS = new URL("../testdata/tls/", import.meta.url).pathname;

Deno.test("listenSse() speaks TLS, and HTTP/2 to who wants it, with as many streams as a client may have", async () => {
  const runtime = new Runtime();
  const quiet = nativeHandlers(runtime, async (self) => {
    await self.receive();
    await self.receive();
  });
  const rules = `max_connections_per_client = 2
    [serve.tls]
    cert = "${TLS}here.pem"
    key = "${TLS}key.pem"`;
  const server = await listen(runtime, quiet, 0, rules);
  strictEqual(new URL(server.url).protocol, "https:");
  const caCerts = [await Deno.readTextFile(`${TLS}authority.pem`)];
  using client = Deno.createHttpClient({ caCerts, http1: false });
  const responses = [];
  for (let count = 0; count < 3; count++) {
    responses.push(await fetch(server.url, { client }));
  }
  deepStrictEqual(responses.map(({ status }) => status), [200, 200, 503]);
  strictEqual(
    responses.every(({ headers }) => headers.has("x-request-id")),
    true,
  );
  const ends = responses.map((response) => response.text());
  await server.stop();
  deepStrictEqual((await Promise.all(ends)).slice(0, 2), ["", ""]);
  strictEqual(runtime.processCount, 0);
});

Deno.test("listenSse() tells the handler who is behind a proxy, and 400 to who makes no sense", async () => {
  const runtime = new Runtime();
  const told: (readonly [string, string | undefined])[] = [];
  const handlers = nativeHandlers(runtime, (_self, { info }) => {
    const { remoteAddr, headers } = info;
    told.push([remoteAddr, new Map(headers).get("x-forwarded-for")]);
    return Promise.resolve();
  });
  const rules = `trusted_proxies = ["127.0.0.1"]`;
  const server = await listen(runtime, handlers, 0, rules);
  const ask = async (headers: HeadersInit) => {
    const response = await fetch(server.url, { headers });
    await response.text();
    return response.status;
  };
  strictEqual(await ask({ "x-forwarded-for": "192.0.2.1" }), 200);
  const liar = { "x-forwarded-for": "192.0.2.1", "forwarded": "for=192.0.2.2" };
  strictEqual(await ask(liar), 400);
  deepStrictEqual(told, [["192.0.2.1:0", "192.0.2.1"]]);
  await server.stop();
});
