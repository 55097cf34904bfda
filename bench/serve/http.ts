/**
 * What does a sandboxed process for each request cost?
 *
 * @module
 */

import { runChild } from "../child.ts";
import { LOAD, RAW, requestsFor, RUSM } from "../http.ts";
import { listenForInterruption } from "../interruption.ts";
import { loadServer, WARMUP_SECONDS } from "../load.ts";
import {
  denoVariant,
  type Figures,
  parseFigures,
  playVariant,
  type RowPlan,
} from "../noun.ts";
import { type Measure, withHandler, withStarter } from "../served.ts";

const CONNECTIONS = 64;
const SECONDS = 5;

/** How much of what a server can do it is asked for. */
const LOAD_PART = 0.7;

const SPAWNS_TIMEOUT_MS = 60_000;

const FILE = import.meta.filename!;
const HANDLER = denoVariant(FILE, "handler", "rusm");
const SPAWNS = denoVariant(FILE, "spawns", "spawns");
const STEADY_HANDLER = denoVariant(FILE, "steadyHandler", "rusm");
const STEADY_STARTER = denoVariant(FILE, "steadyStarter", "rusm");

const STEADILY = `${
  LOAD_PART * 100
} % of what it answers in a closed loop of ${CONNECTIONS} connections, asked for by a schedule for ${SECONDS} s: latency counts from when a request was due. Held against the median of the same requests. Less is better.`;

/** Rows of requests. */
export const HTTP_ROWS: readonly RowPlan[] = [
  {
    name: "handlerRequests",
    what:
      `Good answers of a component in C, wasi:http, each from a fresh sandboxed instance. ${LOAD}`,
    unit: "requests/s",
    figure: "requestsPerSecond",
    variant: HANDLER,
    against: RAW,
    bar: 0.35,
  },
  {
    name: "scriptRequests",
    what:
      `Good answers of the hello starter, which is in TypeScript. ${LOAD} Held against spawnRunExit of script: processes on one thread, without requests.`,
    unit: "requests/s",
    figure: "requestsPerSecond",
    variant: RUSM,
    against: SPAWNS,
    bar: 0.5,
  },
  {
    name: "handlerLatency",
    what:
      `What 99 of 100 answers of the component did not exceed at ${STEADILY}`,
    unit: "ms",
    figure: "p99Ms",
    variant: STEADY_HANDLER,
    against: { name: "p50", figure: "p50Ms" },
    bar: 5,
  },
  {
    name: "scriptLatency",
    what: `What 99 of 100 answers of the starter did not exceed at ${STEADILY}`,
    unit: "ms",
    figure: "p99Ms",
    variant: STEADY_STARTER,
    against: { name: "p50", figure: "p50Ms" },
    bar: 5,
  },
];

function steadyFor(path: string): Measure {
  return async (server, signal) => {
    const capacity = await requestsFor(path)(server, signal);
    const rate = Math.round(LOAD_PART * capacity["requestsPerSecond"]!);
    const { latency } = await loadServer({
      kind: "http",
      url: new URL(path, server.url).href,
      connections: CONNECTIONS,
      warmupSeconds: WARMUP_SECONDS,
      seconds: SECONDS,
      options: ["--rate", String(rate)],
    }, signal);
    return { p50Ms: latency!.p50Ms, p99Ms: latency!.p99Ms };
  };
}

async function spawns(): Promise<Figures> {
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const script = `${import.meta.dirname}/../script.ts`;
  const command = [Deno.execPath(), "run", "-A", script];
  const output = await runChild([...command, "--variant", "spawnRunExit"], {
    timeoutMs: SPAWNS_TIMEOUT_MS,
    signal,
  });
  return { requestsPerSecond: parseFigures(output)["processesPerSecond"]! };
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    handler: () => withHandler(requestsFor("/hello")),
    spawns,
    steadyHandler: () => withHandler(steadyFor("/hello")),
    steadyStarter: () => withStarter(steadyFor("/")),
  });
}
