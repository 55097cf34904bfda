/**
 * What does a fresh sandbox for every request cost?
 *
 * @module
 */

import { cp } from "node:fs/promises";
import { runChild } from "./child.ts";
import type { LoadResult } from "./closed_loop.ts";
import { listenForInterruption } from "./interruption.ts";
import { denoVariant, type Figures, type Noun, playVariant } from "./noun.ts";
import { startServer } from "./server.ts";

const CONNECTIONS = 64;
const WARMUP_SECONDS = 2;
const SECONDS = 5;

/** What the generator needs on top to start and to stop, in milliseconds. */
const SLACK_MS = 10_000;

const HERE = import.meta.dirname!;
const STARTER = `${HERE}/../cli/templates/hello`;
const DENO_RUN: readonly string[] = [Deno.execPath(), "run", "-A"];

const RUSM = denoVariant(import.meta.filename!, "rusm", "rusm");
const RAW = denoVariant(import.meta.filename!, "raw", "Deno.serve");

const LOAD =
  `${CONNECTIONS} connections on loopback, the next request when the last is answered, ${SECONDS} s after ${WARMUP_SECONDS} s of warm-up. Server and generator are processes of their own and share the cores.`;

/** Rows of the `hello` starter against a bare `Deno.serve`. */
export const http: Noun = {
  name: "http",
  question: "What does a fresh sandboxed instance per request cost?",
  rows: [
    {
      name: "requests",
      what:
        `Good answers of the hello starter, each from a fresh sandboxed instance; logging errors only. ${LOAD}`,
      unit: "requests/s",
      figure: "requestsPerSecond",
      variant: RUSM,
      against: RAW,
      bar: 0.35,
    },
    {
      name: "latencyP99",
      what:
        "What 99 of 100 of these answers did not exceed, from the first byte sent to the last received. Less is better.",
      unit: "ms",
      figure: "p99Ms",
      variant: RUSM,
      against: RAW,
      bar: null,
    },
  ],
};

async function measureRaw(): Promise<Figures> {
  return await measureServer([...DENO_RUN, `${HERE}/http_raw.ts`]);
}

async function measureRusm(): Promise<Figures> {
  const app = await Deno.makeTempDir({ prefix: "rusm-bench-http-" });
  try {
    await cp(STARTER, app, { recursive: true });
    const manifest = `${app}/rusm.toml`;
    const source = await Deno.readTextFile(manifest);
    await Deno.writeTextFile(manifest, quietAnywhere(source));
    const main = `${HERE}/../cli/main.ts`;
    const serve = [main, "serve", "--build", "--config", manifest];
    return await measureServer([...DENO_RUN, ...serve]);
  } finally {
    await Deno.remove(app, { recursive: true });
  }
}

/**
 * The starter's manifest on any free port, without a log line per request:
 * what it is held against has none.
 *
 * @throws {SyntaxError} The manifest has no such line to change.
 */
export function quietAnywhere(manifest: string): string {
  const edits = [
    [/^listen = ".*"$/m, 'listen = "127.0.0.1:0"'],
    [/^level = ".*"$/m, 'level = "error"'],
  ] as const;
  return edits.reduce((text, [line, edited]) => {
    if (line.test(text)) return text.replace(line, edited);
    throw new SyntaxError(`Cannot find a line of the manifest: ${line}`);
  }, manifest);
}

async function measureServer(command: readonly string[]): Promise<Figures> {
  using interruption = listenForInterruption();
  const { signal } = interruption;
  await using server = await startServer(command, { signal });
  const { requestsPerSecond, latency } = await loadServer(server.url, signal);
  return { requestsPerSecond, p99Ms: latency.p99Ms };
}

// The generator fails by itself when an answer was wrong, missing, or none came.
async function loadServer(
  url: string,
  signal: AbortSignal,
): Promise<LoadResult> {
  const command = [
    ...[...DENO_RUN, `${HERE}/load.ts`, "--json", "--url", url],
    ...["--connections", String(CONNECTIONS), "--seconds", String(SECONDS)],
    ...["--warmup", String(WARMUP_SECONDS)],
  ];
  const timeoutMs = (WARMUP_SECONDS + SECONDS) * 1_000 + SLACK_MS;
  return JSON.parse(await runChild(command, { timeoutMs, signal }));
}

if (import.meta.main) {
  await playVariant(Deno.args, { rusm: measureRusm, raw: measureRaw });
}
