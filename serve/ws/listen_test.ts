import { deepStrictEqual, match, strictEqual } from "node:assert";
import { Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type Connection,
  type Engine,
  type GuestMessage,
} from "@rusm/wasm";
import { createLog } from "../log.ts";
import { parseManifest, type WsListener } from "../manifest.ts";
import { listenWs, type WsServer } from "./listen.ts";

const TLS = new URL("../testdata/tls/", import.meta.url).pathname;

/** A listener whose handlers wait, and what they and the log were told. */
interface Listening {
  readonly server: WsServer;
  readonly runtime: Runtime;
  readonly connections: Connection[];
  readonly lines: string[];
}

async function listen(rules: string): Promise<Listening> {
  const manifest = `[[serve]]
    protocol = "ws"
    listen = "127.0.0.1:0"
    component = "chat"
    ${rules}
    [components.chat]`;
  const [listener] = parseManifest(manifest, "/rusm.toml").listeners;
  const runtime = new Runtime();
  const connections: Connection[] = [];
  const lines: string[] = [];
  const engine: Pick<Engine, "spawnMonitor"> = {
    spawnMonitor(self, _component, start) {
      connections.push(
        (start as { readonly connection: Connection }).connection,
      );
      const { pid } = runtime.spawn<GuestMessage>(async (own) => {
        for (;;) await own.receive();
      });
      return { pid, ref: self.monitor(pid) };
    },
  };
  const capability = BUILT_IN_PROFILES.get("sandboxed")!;
  const component = { name: "chat", capability, isHandler: false };
  const server = await listenWs({
    ...{ runtime, engine, listener: listener as WsListener, directory: TLS },
    handlers: new Map([["chat", { component, start: { entry: "run" } }]]),
    log: createLog({ level: "info", sink: (text) => void lines.push(text) }),
  });
  return { server, runtime, connections, lines };
}

/** Asks for a WebSocket. Returns the first line of the answer. */
async function ask(socket: Deno.Conn, headers = ""): Promise<string> {
  const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n" +
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  await socket.write(new TextEncoder().encode(`${head}${headers}\r\n`));
  const bytes = new Uint8Array(1_024);
  const count = await socket.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count)).split("\r\n")[0]!;
}

Deno.test("listenWs() shows the certificate of its name, and has so many connections of a client", async () => {
  const { server } = await listen(`max_connections_per_client = 2
    [serve.tls]
    cert = "elsewhere.pem"
    key = "key.pem"
    [serve.tls.sni.localhost]
    cert = "here.pem"
    key = "key.pem"`);
  const { protocol, port } = new URL(server.url);
  strictEqual(protocol, "wss:");
  const caCerts = [await Deno.readTextFile(`${TLS}authority.pem`)];
  const connect = () =>
    Deno.connectTls({ hostname: "localhost", port: Number(port), caCerts });
  using first = await connect();
  match(await ask(first), / 101 /);
  using second = await connect();
  match(await ask(second), / 101 /);
  using third = await connect();
  match(await ask(third), / 503 /);
  server.cut();
  await server.stop();
});

Deno.test("listenWs() counts clients behind a proxy, and tells handlers and the log who they are", async () => {
  const listening = await listen(`trusted_proxies = ["127.0.0.1"]
    max_connections_per_client = 1`);
  const { server, connections, lines } = listening;
  const port = Number(new URL(server.url).port);
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
  const from = (address: string) =>
    `X-Forwarded-For: ${address}\r\nX-Request-Id: of-${address}\r\n`;
  using first = await connect();
  match(await ask(first, from("192.0.2.1")), / 101 /);
  using second = await connect();
  match(await ask(second, from("192.0.2.1")), / 503 /);
  using third = await connect();
  match(await ask(third, from("192.0.2.2")), / 101 /);
  deepStrictEqual(connections.map(({ info }) => info.remoteAddr), [
    ...["192.0.2.1:0", "192.0.2.2:0"],
  ]);
  match(lines[0]!, /101 chat 192\.0\.2\.1 id=of-192\.0\.2\.1/);
  server.cut();
  await server.stop();
});
