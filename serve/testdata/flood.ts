/**
 * Clients that send on and on, and a server that is guarded from them.
 *
 * @module
 */

import { FLOOD_LOOK_MS } from "../limits.ts";
import { FloodGuard } from "../listen/flood_guard.ts";
import {
  createDeadlines,
  serveRequests,
  type Serving,
} from "../listen/serving.ts";
import { createLog } from "../log.ts";
import { readAdmission } from "../manifest/admission.ts";
import { ListenerMetrics } from "../observe/listener_metrics.ts";
import { TestClock } from "./test_clock.ts";

/** Requests whose bodies are sent as a test says, and a guard of them. */
export interface Flooded {
  readonly serving: Serving;
  readonly clock: TestClock;
  readonly metrics: ListenerMetrics;
  readonly lines: readonly string[];
  /** Of the bodies under way, in the order they began. */
  readonly bodies: readonly ReadableStreamDefaultController<Uint8Array>[];
}

/** Begins to serve them. */
export function serveFlooded(): Flooded {
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

/** Sent by a client that nobody cuts. */
export const BYTES_MAX = 400_000_000;

/** Sends until the other side closes, or `BYTES_MAX`, and lets time pass meanwhile; what was sent and the most memory taken. */
export async function flood(
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
export const FLOODS: readonly (readonly [name: string, head: string, piece: string])[] = [
  ["bytes behind a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "A".repeat(1_000_000)],
  ["bytes behind a request of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "A".repeat(1_000_000)],
  ["a body that nobody reads", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", `100000\r\n${"A".repeat(0x10_0000)}\r\n`],
];
