/**
 * What does a sandboxed process for each event stream cost?
 *
 * @module
 */

import { WARMUP_SECONDS } from "../load.ts";
import {
  denoVariant,
  type Figures,
  playVariant,
  type RowPlan,
} from "../noun.ts";
import { DATA, HELD } from "./sse_server.ts";
import { Server } from "./ws.ts";

const WARMUP_MS = 1_000 * WARMUP_SECONDS;
const COUNTED_MS = 5_000;

const FILE = import.meta.filename!;
const RUSM = denoVariant(FILE, "streamRusm", "rusm");
const RAW = denoVariant(FILE, "streamRaw", "Deno.serve");

/** Rows of event streams. */
export const SSE_ROWS: readonly RowPlan[] = [
  {
    name: "eventFanOut",
    what:
      `${DATA.length} bytes of data, the same for ${HELD} streams, again and again, ${
        COUNTED_MS / 1_000
      } s after ${WARMUP_SECONDS} s of warm-up. Who is behind misses events; what arrives is counted. One guest sends to all, and each stream has one of its own, all core modules. Server and client are processes of their own and share the cores.`,
    unit: "events/s",
    figure: "eventsPerSecond",
    variant: RUSM,
    against: RAW,
    bar: 0.5,
  },
];

const REQUEST = new TextEncoder().encode(
  "GET / HTTP/1.1\r\nHost: bench\r\n\r\n",
);

async function measure(kind: "rusm" | "raw"): Promise<Figures> {
  await using server = new Server(kind, "sse_server.ts");
  const url = await server.line();
  const count = { total: 0, isOver: false };
  const streams = Array.from({ length: HELD }, () => follow(url, count));
  await sleep(WARMUP_MS);
  const [before, atMs] = [count.total, performance.now()];
  await sleep(COUNTED_MS);
  const events = count.total - before;
  const seconds = (performance.now() - atMs) / 1_000;
  count.isOver = true;
  await Promise.all(streams);
  return { eventsPerSecond: events / seconds };
}

async function follow(
  url: string,
  count: { total: number; isOver: boolean },
): Promise<void> {
  const { hostname, port } = new URL(url);
  using socket = await Deno.connect({ hostname, port: Number(port) });
  await socket.write(REQUEST);
  const chunk = new Uint8Array(64 * 1024);
  while (!count.isOver) {
    const read = await socket.read(chunk);
    if (read === null) throw new Error("Cannot go on: a stream has ended");
    count.total += countEvents(chunk.subarray(0, read));
  }
}

// Each event has one such letter.
const MARK = "d".charCodeAt(0);

function countEvents(bytes: Uint8Array): number {
  let count = 0;
  for (
    let at = bytes.indexOf(MARK);
    at >= 0;
    at = bytes.indexOf(MARK, at + 1)
  ) count++;
  return count;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    streamRusm: () => measure("rusm"),
    streamRaw: () => measure("raw"),
  });
}
