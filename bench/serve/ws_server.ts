/**
 * Servers that echo what comes by a WebSocket: `loop` and `service`, with a
 * process for each connection, or `raw`, which is the package `ws` by itself. `parked` has
 * processes that wait, and no connection.
 *
 * It prints its URL, or the bytes that it had resident before, and answers each line on stdin with the bytes that it has
 * resident, after garbage was collected.
 *
 * @module
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLog, parseManifest, startApp } from "@rusm/serve";
import { Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, Engine } from "@rusm/wasm";
import wabt from "wabt";
import { createWebSocketServer } from "../../serve/ws/library.ts";

/**
 * Takes the pid of its writer, in decimal, and then sends it what comes: in a
 * loop, or as a service, which has no stack between messages.
 */
const ECHO = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (memory (export "memory") 1 1)
  (global $writer (mut i64) (i64.const 0))
  (func $take_writer (local $at i32) (local $end i32)
    (local.set $end (call $receive (i32.const 0) (i32.const 20)))
    (loop $digit
      (global.set $writer (i64.add
        (i64.mul (global.get $writer) (i64.const 10))
        (i64.sub (i64.load8_u (local.get $at)) (i64.const 48))))
      (br_if $digit (i32.lt_u
        (local.tee $at (i32.add (local.get $at) (i32.const 1)))
        (local.get $end)))))
  (func $echo
    (call $send (global.get $writer) (i32.const 64)
      (call $receive (i32.const 64) (i32.const 4096))))
  (func (export "run")
    (call $take_writer)
    (loop $for_ever (call $echo) (br $for_ever)))
  (func (export "rusm_message") (result i32)
    (if (i64.eqz (global.get $writer))
      (then (call $take_writer))
      (else (call $echo)))
    (i32.const 0)))`;

function manifestOf(entry: string): string {
  return `
[[serve]]
protocol = "ws"
listen = "127.0.0.1:0"
component = "echo"
max_connections = 20000
max_connections_per_client = 20000
[components.echo]
entry = "${entry}"
`;
}

/** Processes of `parked`. */
const PARKED_COUNT = 10_000;

async function serveRusm(entry: string): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "rusm-bench-ws-" });
  await Deno.mkdir(`${directory}/wasm`);
  await Deno.writeFile(`${directory}/wasm/echo.wasm`, await assemble());
  const log = createLog({ level: "error", sink: console.error });
  const manifest = parseManifest(manifestOf(entry), `${directory}/rusm.toml`);
  const app = await startApp(manifest, { log });
  await Deno.remove(directory, { recursive: true });
  return app.endpoints[0]!.url.replace("ws:", "http:");
}

async function serveRaw(): Promise<string> {
  const server = createServer();
  const sockets = createWebSocketServer({
    noServer: true,
    clientTracking: false,
  });
  server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("message", (data, binary) => client.send(data, { binary }));
    });
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function park(): Promise<string> {
  const engine = new Engine(new Runtime());
  const sandboxed = BUILT_IN_PROFILES.get("sandboxed")!;
  const component = await engine.loadModule("e", await assemble(), sandboxed);
  const before = await residentBytes();
  for (let count = 0; count < PARKED_COUNT; count++) {
    engine.spawn(component, "service");
  }
  return String(before);
}

async function assemble(): Promise<Uint8Array<ArrayBuffer>> {
  const { parseWat } = await wabt();
  const module = parseWat("echo.wat", ECHO);
  const { buffer } = module.toBinary({});
  module.destroy();
  return Uint8Array.from(buffer);
}

async function residentBytes(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return Deno.memoryUsage().rss;
}

const SERVERS = {
  loop: () => serveRusm("run"),
  service: () => serveRusm("rusm_message"),
  raw: serveRaw,
  parked: park,
};

if (import.meta.main) {
  const serve = SERVERS[Deno.args[0] as keyof typeof SERVERS];
  console.log(`${await serve()}\n`);
  for await (const _ of Deno.stdin.readable) console.log(await residentBytes());
}
