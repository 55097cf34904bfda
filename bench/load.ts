/**
 * The load generator as a program:
 * `deno run -A load.ts --url http://127.0.0.1:8080/ --connections 64 --seconds 5`.
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import {
  load,
  type LoadOptions,
  type LoadResult,
  REQUESTS_MAX,
} from "./closed_loop.ts";

const USAGE = `Usage: load.ts --url URL [--connections N] [--seconds N] \
[--warmup SECONDS] [--requests N] [--json]

Asks for URL, on this machine only, over connections that stay open.

  --connections N    connections, one request under way on each; 64
  --seconds N        how long; 5
  --warmup SECONDS   how long to load before anything is counted; 0
  --requests N       stop after so many answers
  --json             print the counts as one line of JSON

Exits with 1 when an answer was wrong or missing, or none came.`;

/** What the command line asks for. */
interface LoadRequest {
  readonly options: LoadOptions;
  readonly warmupSeconds: number;
  readonly isJson: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const request = parseRequest(args);
  if (request === undefined) {
    console.error(USAGE);
    return 2;
  }
  try {
    return await mainLoad(request);
  } catch (thrown) {
    // The end of the command line: an option out of its range is a message.
    if (!(thrown instanceof RangeError)) throw thrown;
    console.error(thrown.message);
    return 2;
  }
}

async function mainLoad(request: LoadRequest): Promise<number> {
  const { options, warmupSeconds, isJson } = request;
  if (warmupSeconds > 0) await load({ ...options, seconds: warmupSeconds });
  const result = await load(options);
  console.log(isJson ? JSON.stringify(result) : format(result));
  return isGood(result) ? 0 : 1;
}

/** What `args` ask for; undefined when that is no load. */
function parseRequest(args: readonly string[]): LoadRequest | undefined {
  const values = parse(args);
  if (values?.url === undefined || !URL.canParse(values.url)) return undefined;
  return {
    options: {
      url: new URL(values.url),
      connections: Number(values.connections),
      seconds: Number(values.seconds),
      requestsMax: Number(values.requests),
    },
    warmupSeconds: Number(values.warmup),
    isJson: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        connections: { type: "string", default: "64" },
        seconds: { type: "string", default: "5" },
        warmup: { type: "string", default: "0" },
        requests: { type: "string", default: String(REQUESTS_MAX) },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (thrown) {
    // parseArgs throws its findings; the usage says it all.
    if (thrown instanceof TypeError) return undefined;
    throw thrown;
  }
}

function isGood({ requests, errors }: LoadResult): boolean {
  return requests > 0 && errors.first === undefined;
}

function format(result: LoadResult): string {
  const { requests, requestsPerSecond, seconds, errors, latency } = result;
  return [
    `${requests} answers in ${seconds.toFixed(2)} s, ${
      requestsPerSecond.toFixed(0)
    }/s`,
    `latency p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms, max ${latency.maxMs} ms`,
    `errors: status ${errors.status}, body ${errors.body}, transport ${errors.transport}`,
    ...(errors.first === undefined ? [] : [`first error: ${errors.first}`]),
  ].join("\n");
}

if (import.meta.main) process.exitCode = await main(Deno.args);
