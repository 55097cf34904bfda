/**
 * What does a connection cost that has a sandboxed process from its beginning?
 *
 * @module
 */

import { listenForInterruption } from "../interruption.ts";
import { loadServer, WARMUP_SECONDS } from "../load.ts";
import {
  denoVariant,
  type Figures,
  playVariant,
  type RowPlan,
} from "../noun.ts";
import { Server } from "./ws.ts";

const CONNECTIONS = 64;
const SECONDS = 5;

const FILE = import.meta.filename!;
const RUSM = denoVariant(FILE, "rusm", "rusm");
const RAW = denoVariant(FILE, "raw", "npm ws");

/** Rows of connections. */
export const CONN_ROWS: readonly RowPlan[] = [
  {
    name: "connections",
    what:
      `WebSockets that are agreed on and closed, ${CONNECTIONS} at once, each with a sandboxed process of its own, ${SECONDS} s after ${WARMUP_SECONDS} s of warm-up. The guest is a core module. Server and generator are processes of their own and share the cores.`,
    unit: "connections/s",
    figure: "connectionsPerSecond",
    variant: RUSM,
    against: RAW,
    bar: 0.5,
  },
];

async function measure(kind: "loop" | "raw"): Promise<Figures> {
  using interruption = listenForInterruption();
  await using server = new Server(kind);
  const url = (await server.line()).replace("http:", "ws:");
  const { perSecond } = await loadServer({
    kind: "conn",
    url,
    connections: CONNECTIONS,
    warmupSeconds: WARMUP_SECONDS,
    seconds: SECONDS,
  }, interruption.signal);
  return { connectionsPerSecond: perSecond };
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    rusm: () => measure("loop"),
    raw: () => measure("raw"),
  });
}
