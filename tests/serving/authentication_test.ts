import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import {
  type AuthenticationRequest,
  type Claims,
  type NativeHook,
  parseManifest,
} from "@rusm/serve";
import { connect, type RawResponse } from "./connection.ts";
import { frame, OPCODE, RawWebSocket } from "./frames.ts";
import { checkOwn } from "./own_answer.ts";
import { DIRECTORY, type Served, withApp } from "./served.ts";

type Protocol = "http" | "ws" | "sse";

/** Who answers, by what is spoken. */
const COMPONENTS = { "http": "answers", "ws": "socket", "sse": "feed" };

/** What is answered to who may ask. */
const FINE = { "http": 200, "ws": 101, "sse": 200 };

const PROTOCOLS = ["http", "ws", "sse"] as const;

function manifestOf(protocol: Protocol, keys = ""): string {
  const component = COMPONENTS[protocol];
  return `
    [[serve]]
    protocol = "${protocol}"
    listen = "127.0.0.1:0"
    authentication = "keys"
    ${keys}
    routes = { "GET /text" = "${component}", "GET /:a" = "${component}" }

    [components.${component}]
  `;
}

const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
];

function headOf(protocol: Protocol, path: string, key?: string): string {
  const lines = [`GET ${path} HTTP/1.1`, "Host: a"];
  if (protocol === "ws") lines.push(...UPGRADE);
  if (key !== undefined) lines.push(`Authorization: Bearer ${key}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Asks for `path` with `key`: the head of what is answered. */
async function ask(
  { port }: Pick<Served, "port">,
  protocol: Protocol,
  path: string,
  key?: string,
): Promise<RawResponse> {
  using connection = await connect(port);
  await connection.write(headOf(protocol, path, key));
  return await connection.read("HEAD");
}

const REFUSED = [
  undefined,
  ...["unknown", "number", "deny", "throw", "hang"],
];

for (const protocol of PROTOCOLS) {
  const keys = "authentication_timeout_ms = 100";

  Deno.test(`startApp() asks a guest who may make requests: ${protocol}`, () =>
    withApp(manifestOf(protocol, keys), async (served) => {
      const { status } = await ask(served, protocol, "/text", "good");
      strictEqual(status, FINE[protocol]);
      strictEqual(
        (await ask(served, protocol, "/a%20b?c=%20", "path")).status,
        protocol === "http" ? 502 : FINE[protocol],
      );
      for (const key of REFUSED) {
        const { status, headers } = await ask(served, protocol, "/text", key);
        strictEqual(status, 401, key);
        strictEqual(new Map(headers).get("www-authenticate"), "Bearer");
      }
      strictEqual(
        (await ask(served, protocol, "/text", "later")).status,
        FINE[protocol],
      );
    }));

  Deno.test(`startApp() tells who may not ask nothing of what there is: ${protocol}`, () =>
    withApp(manifestOf(protocol), async (served) => {
      const paths = ["/text", "/", "/no/such/path", "/%"];
      for (const path of paths) {
        strictEqual((await ask(served, protocol, path)).status, 401, path);
      }
      strictEqual(
        (await ask(served, protocol, "/no/such/path", "good")).status,
        404,
      );
    }));

  Deno.test(`startApp() denies while a hook is started again, and then asks that: ${protocol}`, () =>
    withApp(manifestOf(protocol), async (served) => {
      await served.logged(/ spawn +auth:keys/);
      strictEqual((await ask(served, protocol, "/text", "boom")).status, 401);
      await served.logged(/ spawn +auth:keys/);
      strictEqual(
        (await ask(served, protocol, "/text", "good")).status,
        FINE[protocol],
      );
    }));

  Deno.test(`startApp() logs a request that was denied, and no claim of any: ${protocol}`, () =>
    withApp(manifestOf(protocol), async (served) => {
      await ask(served, protocol, "/text", "unknown");
      const line = await served.logged(new RegExp(` ${protocol} .*→ 401 `));
      strictEqual(line.includes(COMPONENTS[protocol]), false, line);
      await ask(served, protocol, "/text", "good");
      await served.logged(new RegExp(` → ${FINE[protocol]} `));
      const all = served.log.join("");
      match(all, /asked \/text/);
      strictEqual(all.includes("claim-of-acme"), false, all);
    }));
}

Deno.test("startApp() answers 401 with the challenge that the manifest has, and nothing else", () =>
  withApp(
    manifestOf("http", `authentication_challenge = 'Basic realm="a"'`),
    async ({ url }) => {
      const response = await fetch(`${url}/text`);
      strictEqual(response.headers.get("www-authenticate"), 'Basic realm="a"');
      await checkOwn(response, 401);
    },
  ));

Deno.test("startApp() counts requests whose hook has not answered as in flight", () =>
  withApp(
    manifestOf("http", "max_in_flight = 1\nauthentication_timeout_ms = 2000"),
    async (served) => {
      using connection = await connect(served.port);
      await connection.write(headOf("http", "/text", "hang"));
      await served.logged(/asked/);
      strictEqual((await ask(served, "http", "/text", "good")).status, 503);
      strictEqual((await connection.read()).status, 401);
      strictEqual((await ask(served, "http", "/text", "good")).status, 200);
    },
  ));

Deno.test("startApp() tells a plain request to a listener of WebSockets to upgrade, whatever the path", () =>
  withApp(manifestOf("ws"), async (served) => {
    for (const path of ["/text", "/no/such/path"]) {
      strictEqual((await ask(served, "http", path)).status, 426);
    }
  }));

/** A hook of the host that waits until it is told. */
class Gate {
  readonly requests: AuthenticationRequest[] = [];
  readonly #open = Promise.withResolvers<Claims | undefined>();
  #asked = Promise.withResolvers<void>();
  readonly hook: NativeHook = (request) => {
    this.requests.push(request);
    this.#asked.resolve();
    return this.#open.promise;
  };

  asked(): Promise<void> {
    return this.#asked.promise;
  }

  open(claims?: Claims): void {
    this.#open.resolve(claims);
  }
}

function withGate(
  protocol: Protocol,
  test: (served: Served, gate: Gate) => Promise<void>,
): Promise<void> {
  const gate = new Gate();
  const authentications = new Map([["keys", gate.hook]]);
  return withApp(
    manifestOf(protocol),
    (served) => test(served, gate),
    { authentications },
  );
}

for (const protocol of PROTOCOLS) {
  Deno.test(`startApp() asks a hook of the host instead of a guest: ${protocol}`, () =>
    withGate(protocol, async (served, gate) => {
      const asked = ask(served, protocol, "/text?a=%20b&a", "x");
      await gate.asked();
      const [request] = gate.requests;
      const { method, path, query, headers, remoteAddr } = request!;
      deepStrictEqual([method, path, query], ["GET", "/text", "a=%20b&a"]);
      strictEqual(new Map(headers).get("authorization"), "Bearer x");
      match(remoteAddr, /^127\.0\.0\.1\b/);
      strictEqual(served.app.info().started, 0);
      gate.open({});
      strictEqual((await asked).status, FINE[protocol]);
      strictEqual(served.app.info().started, 1);
    }));
}

for (const protocol of ["ws", "sse"] as const) {
  Deno.test(`startApp() leaves nothing of a client that has gone while its hook thought: ${protocol}`, () =>
    withGate(protocol, async (served, gate) => {
      const connection = await connect(served.port);
      await connection.write(headOf(protocol, "/text"));
      await gate.asked();
      connection.close();
      gate.open({});
      const { status } = await ask(served, protocol, "/text");
      strictEqual(status, FINE[protocol]);
      await served.idle();
    }));
}

Deno.test("startApp() keeps what a WebSocket sends before its hook has answered", () =>
  withGate("ws", async ({ port }, gate) => {
    using connection = await connect(port);
    await connection.write(headOf("ws", "/text"));
    await connection.write(frame(OPCODE.text, "first"));
    await gate.asked();
    await connection.write(frame(OPCODE.text, "second"));
    gate.open({});
    const response = await connection.read("HEAD");
    strictEqual(response.status, 101);
    const socket = new RawWebSocket(connection, response);
    strictEqual(await socket.next(), "text first");
    strictEqual(await socket.next(), "text second");
  }));

Deno.test("App.reload() has another hook asked, and none", () =>
  withApp(manifestOf("http"), async (served) => {
    const { app } = served;
    const become = async (text: string) => {
      const { opened, rerouted } = await app.reload(
        parseManifest(text, `${DIRECTORY}/rusm.toml`),
      );
      deepStrictEqual([opened.length, rerouted.length], [0, 1]);
    };
    strictEqual((await ask(served, "http", "/text")).status, 401);
    await become(manifestOf("http").replace(/authentication = .*/, ""));
    strictEqual((await ask(served, "http", "/text")).status, 200);
    await become(manifestOf("http"));
    strictEqual((await ask(served, "http", "/text")).status, 401);
    strictEqual((await ask(served, "http", "/text", "good")).status, 200);
    ok(
      app.hosted().some(({ name, role }) =>
        name === "auth:keys" && role === "resident"
      ),
    );
  }));

Deno.test("startApp() refuses a hook that is none, and one that was not built", async () => {
  for (
    const [hook, error] of [
      [
        "wrong",
        /Cannot ask component "auth:wrong", which exports no authentic/,
      ],
      [
        "missing",
        /Cannot find the artifact of component "auth:missing": .*auth-m/,
      ],
    ] as const
  ) {
    const text = manifestOf("http").replace(/"keys"/, `"${hook}"`);
    await rejects(withApp(text, () => Promise.resolve()), { message: error });
  }
});
