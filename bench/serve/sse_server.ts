/**
 * Servers that write the same events to all their streams, as fast as they can:
 * `rusm`, where a resident sends each event to each stream's writer, or `raw`,
 * which is `Deno.serve` with bodies that get an event each turn. Who is behind
 * misses events.
 *
 * It prints its URL, and ends with its input.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { createLog, parseManifest, startApp } from "@rusm/serve";
import wabt from "wabt";

/** Streams that must be open before anything is sent. */
export const HELD = 256;

/** What each event has in it. */
export const DATA: string = "x".repeat(64);

/** Tells the hub the pid of its writer, in decimal, and waits. */
const FEED = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (import "rusm" "whereis" (func $whereis (param i32 i32) (result i64)))
  (memory (export "memory") 1 1)
  (data (i32.const 0) "hub")
  (func (export "rusm_message") (result i32)
    (call $send (call $whereis (i32.const 0) (i32.const 3)) (i32.const 64)
      (call $receive (i32.const 64) (i32.const 20)))
    (i32.const 0)))`;

/** Takes so many pids, and sends to each, again and again, each time when the node has all of the last: a name is the node's to give. */
const HUB = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (import "rusm" "register" (func $register (param i32 i32) (result i32)))
  (import "rusm" "unregister" (func $unregister (param i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  (data (i32.const 0) "hub")
  (data (i32.const 8) "turn")
  (data (i32.const 64) "${DATA}")
  (func $take_pid (result i64) (local $at i32) (local $end i32) (local $pid i64)
    (local.set $at (i32.const 256))
    (local.set $end (i32.add (i32.const 256)
      (call $receive (i32.const 256) (i32.const 20))))
    (loop $digit
      (local.set $pid (i64.add
        (i64.mul (local.get $pid) (i64.const 10))
        (i64.sub (i64.load8_u (local.get $at)) (i64.const 48))))
      (br_if $digit (i32.lt_u
        (local.tee $at (i32.add (local.get $at) (i32.const 1)))
        (local.get $end))))
    (local.get $pid))
  (func (export "run") (local $at i32)
    (drop (call $register (i32.const 0) (i32.const 3)))
    (loop $next
      (i64.store offset=1024 (local.get $at) (call $take_pid))
      (br_if $next (i32.lt_u
        (local.tee $at (i32.add (local.get $at) (i32.const 8)))
        (i32.const ${HELD * 8}))))
    (loop $round
      (local.set $at (i32.const 0))
      (loop $each
        (call $send (i64.load offset=1024 (local.get $at))
          (i32.const 64) (i32.const ${DATA.length}))
        (br_if $each (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 8)))
          (i32.const ${HELD * 8}))))
      (drop (call $register (i32.const 8) (i32.const 4)))
      (drop (call $unregister (i32.const 8) (i32.const 4)))
      (br $round))))`;

const MANIFEST = `
[[serve]]
protocol = "sse"
listen = "127.0.0.1:0"
component = "feed"
when_behind = "drop"
[components.feed]
[components.hub]
capability = "busy"
resident = true
[capabilities.busy]
max-cpu-ms = 1_000_000
`;

async function serveRusm(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "rusm-bench-sse-" });
  await Deno.mkdir(`${directory}/wasm`);
  await Deno.writeFile(`${directory}/wasm/feed.wasm`, await assemble(FEED));
  await Deno.writeFile(`${directory}/wasm/hub.wasm`, await assemble(HUB));
  const log = createLog({ level: "error", sink: console.error });
  const manifest = parseManifest(MANIFEST, `${directory}/rusm.toml`);
  const app = await startApp(manifest, { log });
  await Deno.remove(directory, { recursive: true });
  return app.endpoints[0]!.url;
}

async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { parseWat } = await wabt();
  const module = parseWat("guest.wat", text);
  const { buffer } = module.toBinary({});
  module.destroy();
  return Uint8Array.from(buffer);
}

type Stream = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

function serveRaw(): string {
  const streams = new Set<Stream>();
  const headers = { "content-type": "text/event-stream" };
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const { addr } = Deno.serve(options, () => {
    let stream: Stream;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => void streams.add(stream = controller),
      cancel: () => void streams.delete(stream),
    }, { highWaterMark: 64 });
    if (streams.size === HELD) writeAll(streams);
    return new Response(body, { headers });
  });
  return `http://127.0.0.1:${addr.port}`;
}

async function writeAll(streams: ReadonlySet<Stream>): Promise<void> {
  const encoder = new TextEncoder();
  while (streams.size > 0) {
    const event = encoder.encode(`data: ${DATA}\n\n`);
    for (const stream of streams) {
      if (stream.desiredSize! > 0) stream.enqueue(event);
    }
    await setImmediate();
  }
}

if (import.meta.main) {
  const url = Deno.args[0] === "rusm" ? await serveRusm() : serveRaw();
  console.log(`${url}\n`);
  await Deno.stdin.read(new Uint8Array(1));
  Deno.exit();
}
