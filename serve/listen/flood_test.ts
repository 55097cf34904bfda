import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { createLog } from "../log.ts";
import { FLOOD_LOOK_MS } from "../limits.ts";
import { readAdmission } from "../manifest/admission.ts";
import { ListenerMetrics } from "../observe/listener_metrics.ts";
import { RawClient } from "../testdata/raw_client.ts";
import { TestClock } from "../testdata/test_clock.ts";
import { waitForEver } from "../testdata/test_node.ts";
import { serve } from "../testdata/test_server.ts";
import { FloodGuard } from "./flood_guard.ts";
import { createDeadlines, serveRequests, type Serving } from "./serving.ts";

/** Requests whose bodies are sent as a test says, and a guard of them. */
interface Flooded {
  readonly serving: Serving;
  readonly clock: TestClock;
  readonly metrics: ListenerMetrics;
  readonly lines: readonly string[];
  /** Of the bodies under way, in the order they began. */
  readonly bodies: readonly ReadableStreamDefaultController<Uint8Array>[];
}

function serveFlooded(): Flooded {
  const [clock, lines] = [new TestClock(), [] as string[]];
  const bodies: ReadableStreamDefaultController<Uint8Array>[] = [];
  const log = createLog({
    level: "info",
    sink: (line) => void lines.push(line),
    now: () => 0,
  });
  const guard = new FloodGuard({ host: clock, log });
  const metrics = new ListenerMetrics("here", "http");
  const serving = serveRequests({
    ...{ host: clock, log, guard, metrics, directory: Deno.cwd() },
    deadlines: createDeadlines(clock, [1_000]),
    listener: {
      ...{ hostname: "127.0.0.1", port: 0, tls: undefined },
      admission: readAdmission({}),
    },
    answer: () => {
      const start: UnderlyingDefaultSource["start"] = (body) => {
        body.enqueue(new TextEncoder().encode("begun"));
        bodies.push(body);
      };
      return Promise.resolve(new Response(new ReadableStream({ start })));
    },
  });
  return { serving, clock, metrics, lines, bodies };
}

const BYTES_MAX = 400_000_000;

/** Sends until the other side closes, or `BYTES_MAX`, and lets time pass meanwhile; what was sent and the most memory taken. */
async function flood(
  conn: Deno.Conn,
  piece: Uint8Array,
  clock: TestClock,
): Promise<{ sentBytes: number; peakBytes: number }> {
  let [sentBytes, peakBytes] = [0, 0];
  try {
    while (sentBytes < BYTES_MAX) {
      // It is in the socket before anybody has read it.
      const written = conn.write(piece.subarray(sentBytes % piece.length));
      clock.advance(FLOOD_LOOK_MS / 4);
      sentBytes += await written;
      peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
    }
  } catch (error) {
    // It has been cut.
    if (!isEnd(error)) throw error;
  }
  return { sentBytes, peakBytes };
}

function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
}

/** What is sent on and on, behind which request. */
// deno-fmt-ignore
const FLOODS: readonly (readonly [name: string, head: string, piece: string])[] = [
  ["bytes behind a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "A".repeat(1_000_000)],
  ["bytes behind a request of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "A".repeat(1_000_000)],
  ["a body that nobody reads", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", `100000\r\n${"A".repeat(0x10_0000)}\r\n`],
];

for (const [name, head, piece] of FLOODS) {
  Deno.test({
    name: `FloodGuard cuts a client that sends ${name}, and no other`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const { serving, clock, metrics, lines, bodies } = serveFlooded();
      const neighbour = await RawClient.connect(serving.url);
      await neighbour.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await neighbour.readUntil("begun");
      const beforeBytes = Deno.memoryUsage().rss;
      const { hostname, port } = new URL(serving.url);
      const conn = await Deno.connect({ hostname, port: Number(port) });
      const encoder = new TextEncoder();
      await conn.write(encoder.encode(head));
      await conn.read(new Uint8Array(9));
      const { sentBytes, peakBytes } = await flood(
        ...[conn, encoder.encode(piece), clock] as const,
      );
      conn.close();
      ok(sentBytes < BYTES_MAX, `Sent ${sentBytes}`);
      const [refusal] = metrics.samples().refusals;
      deepStrictEqual([refusal?.labels.reason, refusal?.value], ["flood", 1]);
      strictEqual(lines.filter((line) => line.includes("on and on")).length, 1);
      await untilFreed(beforeBytes + (peakBytes - beforeBytes) / 2);
      bodies[0]!.enqueue(encoder.encode("goes on"));
      await neighbour.readUntil("goes on");
      neighbour.close();
      await serving.stop();
    },
  });
}

Deno.test({
  name:
    "FloodGuard cuts a client that sends on behind a body that its guest has",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const asked = Promise.withResolvers<void>();
    const { server, url, clock, node, lines } = serve((self) => {
      asked.resolve();
      return waitForEver(self);
    }, { requestTimeoutMs: 1e9 });
    const { hostname, port } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    await conn.write(new TextEncoder().encode(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
    ));
    await asked.promise;
    const { sentBytes } = await flood(conn, new Uint8Array(1_000_000), clock);
    conn.close();
    ok(sentBytes < BYTES_MAX, `Sent ${sentBytes}`);
    strictEqual(lines.filter((line) => line.includes("on and on")).length, 1);
    node.runtime.exit(node.guests[0]!, "shutdown");
    await server.stop();
  },
});

// Turns of the event loop, in which connections are let go of.
async function untilFreed(bytesMax: number): Promise<void> {
  for (let turn = 0; turn < 1_000; turn++) {
    if (Deno.memoryUsage().rss <= bytesMax) return;
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  ok(Deno.memoryUsage().rss <= bytesMax, `Keeps ${Deno.memoryUsage().rss}`);
}
