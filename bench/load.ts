/**
 * The load on servers: `rusm load`, in a process of its own.
 *
 * @module
 */

import type { LoadResult } from "../cli/load/measured.ts";
import { runChild } from "./child.ts";

/** Longest time for what is asked for, on top of how long it is loaded, in milliseconds. */
const SLACK_MS = 20_000;

/**
 * How long a server is loaded before anything is counted, in seconds. V8 compiles
 * what is hot in a node for some six; a bare server has all of it in one.
 */
export const WARMUP_SECONDS = 8;

const MAIN = `${import.meta.dirname}/../cli/main.ts`;

/** How {@linkcode loadServer} loads. */
export interface LoadRun {
  /** What is counted: `http`, `ws`, `sse` or `conn`. */
  readonly kind: LoadResult["kind"];
  /** Whom. */
  readonly url: string;
  /** Connections at the same time. */
  readonly connections: number;
  /** How long before anything is counted, in seconds. */
  readonly warmupSeconds: number;
  /** How long then, in seconds. */
  readonly seconds: number;
  /** More options of `rusm load`. */
  readonly options?: readonly string[];
}

/**
 * Loads a server, and wants good answers alone.
 *
 * @throws {ChildError} Something went wrong, or nothing was answered.
 * @throws What `signal` was aborted with.
 */
export async function loadServer(
  run: LoadRun,
  signal: AbortSignal,
): Promise<LoadResult> {
  const { kind, url, connections, warmupSeconds, seconds, options = [] } = run;
  const command = [
    ...[Deno.execPath(), "run", "-A", "--no-prompt", MAIN, "load", kind, url],
    ...["--connections", String(connections), "--duration", String(seconds)],
    ...["--warmup", String(warmupSeconds), "--threshold", "errors<=0"],
    ...["--json", ...options],
  ];
  const timeoutMs = (warmupSeconds + seconds) * 1_000 + SLACK_MS;
  return JSON.parse(await runChild(command, { timeoutMs, signal }));
}
