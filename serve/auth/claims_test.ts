import { deepStrictEqual, strictEqual } from "node:assert";
import { Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, type Component, Engine } from "@rusm/wasm";
import { listenHttp } from "../http.ts";
import { createLog } from "../log.ts";
import { type Listener, parseManifest } from "../manifest.ts";
import { Stopping } from "../stopping.ts";
import { listenSse } from "../sse/listen.ts";
import { listenWs } from "../ws/listen.ts";
import type { Authenticator } from "./authentication.ts";
import { claimsOf } from "./claims.ts";

/** What a guest has told the host, and the claims of whom it did it for. */
type Heard = readonly [text: string, tenant: string | undefined];

/** A guest that tells the host what it does, and a child that does, too. */
const GUESTS = {
  http: `exports.default = async (request) => {
    const host = Process.whereis("host");
    Process.send(host, "asked");
    await request.text();
    await new Promise((resolve) => setTimeout(resolve, 1));
    Process.spawn("child");
    return new Response("fine");
  };`,
  ws: `exports.default = websocket({
    open: () => Process.send(Process.whereis("host"), "opened"),
    message: (_socket, data) => Process.send(Process.whereis("host"), data),
  });`,
  sse: `exports.default = sse({
    open(stream) {
      Process.send(Process.whereis("host"), "opened");
      stream.data("ready");
    },
  });`,
};
const CHILD = `exports.default = () => {
  Process.send(Process.whereis("host"), "spawned");
};`;

/** Lets everybody in, as the tenant that the path names. */
const BY_PATH: Authenticator = {
  authenticate: (_rules, { path }) =>
    Promise.resolve({ type: "allowed", claims: { tenant: path.slice(1) } }),
};

interface Hosted {
  readonly runtime: Runtime;
  readonly engine: Engine;
  readonly component: Component;
  readonly listener: Listener;
  heard(): Promise<Heard>;
}

async function withGuest(
  protocol: keyof typeof GUESTS,
  test: (hosted: Hosted) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const engine = new Engine(runtime, { schedulersPerPool: 1 });
  const trusted = BUILT_IN_PROFILES.get("trusted")!;
  const component = await engine.load("api", GUESTS[protocol], trusted);
  engine.register("child", await engine.load("child", CHILD, trusted));
  const { listeners: [listener] } = parseManifest(
    `[[serve]]
    protocol = "${protocol}"
    listen = "127.0.0.1:0"
    component = "api"
    authentication = "anybody"
    [components.api]`,
    "rusm.toml",
  );
  const host = runtime.spawn<Uint8Array>(async (self) => {
    runtime.register("host", self.pid);
    const heard = async () => {
      const text = new TextDecoder().decode(await self.receive());
      return [text, claimsOf(self.metadata)?.tenant] as const;
    };
    await test({ runtime, engine, component, listener: listener!, heard });
  });
  strictEqual(await host.join(), "normal");
  await engine.close();
}

const LOG = createLog({ level: "off", sink: () => {} });

function optionsOf({ runtime, engine, component }: Hosted) {
  const handler = { component, start: { entry: "run" } };
  return {
    ...{ runtime, engine, log: LOG, authenticator: BY_PATH },
    ...{ handlers: new Map([["api", handler]]), directory: Deno.cwd() },
  };
}

Deno.test("claims go with what a guest sends and spawns for a request", () =>
  withGuest("http", async (hosted) => {
    const { listener, component, heard } = hosted;
    if (listener.protocol !== "http") throw new TypeError("Cannot serve it");
    const { engine, runtime, ...options } = optionsOf(hosted);
    const node = { engine, runtime, log: LOG, stopping: new Stopping() };
    const components = new Map([["api", component]]);
    const server = listenHttp({
      ...{ ...options, node, listener, components },
    });
    for (const tenant of ["acme", "globex"]) {
      const response = await fetch(`${server.url}/${tenant}`);
      strictEqual(await response.text(), "fine");
      const told = new Map([await heard(), await heard()]);
      deepStrictEqual(
        told,
        new Map([["asked", tenant], ["spawned", tenant]]),
      );
    }
    await server.stop();
  }));

Deno.test("claims go with each frame of a WebSocket", () =>
  withGuest("ws", async (hosted) => {
    const { listener, heard } = hosted;
    if (listener.protocol !== "ws") throw new TypeError("Cannot serve it");
    const server = await listenWs({ ...optionsOf(hosted), listener });
    const socket = new WebSocket(`${server.url}/acme`);
    await new Promise((resolve) => socket.onopen = resolve);
    deepStrictEqual(await heard(), ["opened", "acme"]);
    for (const text of ["one", "two"]) {
      socket.send(text);
      deepStrictEqual(await heard(), [text, "acme"]);
    }
    const closed = new Promise((resolve) => socket.onclose = resolve);
    await server.stop();
    await closed;
  }));

Deno.test("claims go with what an event stream begins with", () =>
  withGuest("sse", async (hosted) => {
    const { listener, heard } = hosted;
    if (listener.protocol !== "sse") throw new TypeError("Cannot serve it");
    const server = await listenSse({ ...optionsOf(hosted), listener });
    const response = await fetch(`${server.url}/acme`);
    deepStrictEqual(await heard(), ["opened", "acme"]);
    await response.body!.cancel();
    await server.stop();
  }));
