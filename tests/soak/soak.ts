/**
 * A node under load for a long time, by clients that ask for faults.
 *
 * @module
 */

import { loadServer } from "../../bench/load.ts";
import {
  errorsOf,
  type LoadResult,
  type Spread,
  spreadOf,
} from "../../cli/load/measured.ts";
import { Lane } from "../../cli/load/lane.ts";
import { preparePace } from "../../cli/load/pace.ts";
import type { Plan } from "../../cli/load/plan.ts";
import { Run } from "../../cli/load/run.ts";
import type { TallyState } from "../../cli/load/tally.ts";
import { splitmix } from "../../otp/sim/random.ts";
import { type Flatness, flatnessOf } from "./flatness.ts";
import { REQUEST_TIMEOUT_MS, type Sample, type SoakNode } from "./node.ts";
import { soakVisit } from "./visit.ts";

/** How {@linkcode soak} goes about it. */
export interface SoakOptions {
  /** How long, in seconds. */
  readonly seconds: number;
  /** What decides which requests go wrong. */
  readonly seed: bigint;
  /** Requests per second; 70 % of what the node can do when absent. */
  readonly rate?: number;
  /** Stops it when aborted. */
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface SoakResult {
  readonly seed: string;
  readonly seconds: number;
  /** Requests per second that were due. */
  readonly rate: number;
  /** What was answered as it should be, by what was asked for. */
  readonly requests: Readonly<Record<string, number>>;
  /** What was not, and how often. */
  readonly unexpected: readonly {
    readonly what: string;
    readonly count: number;
  }[];
  /** Requests that were due and not sent: what others do on the machine, too. */
  readonly unsent: number;
  /** Of requests that nothing was wrong with, from when they were due. */
  readonly latency: Spread | null;
  /** Of the node, in bytes. */
  readonly memory: Flatness;
  /** Files and connections of the node. */
  readonly files: Flatness;
  /** Before and after the load, idle both times. */
  readonly filesIdle: { readonly before: number; readonly after: number };
  /** Messages that came back, meanwhile. */
  readonly messages: number;
  /** Events that came, meanwhile. */
  readonly events: number;
  /** WebSockets that were agreed on and closed, meanwhile. */
  readonly connections: number;
  /** What the node logged that is no end of a guest. */
  readonly complaints: readonly string[];
  /** What it said when it stopped. */
  readonly stopped: string;
  /** Whether all is as it should be. */
  readonly holds: boolean;
}

const CONNECTIONS = 128;
const LOAD_PART = 0.7;
const CALIBRATION_SECONDS = 10;
const SAMPLE_MS = 500;

/** What the node may still hold when nobody asks: sockets that are about to be gone. */
const FILES_LEFT_MAX = 8;

/** Memory may grow by so much, in parts of what it was and in bytes. */
const MEMORY_GROWTH = { part: 0.1, amount: 16 * 2 ** 20 };

const FILES_GROWTH = { part: 0.1, amount: FILES_LEFT_MAX };

/** Loads `node`, looks at it meanwhile, and stops it. */
export async function soak(
  node: SoakNode,
  options: SoakOptions,
): Promise<SoakResult> {
  const { seconds, seed, signal } = options;
  const before = await node.sample();
  const rate = options.rate ?? await rateOf(node, seed);
  const load = { seconds, rate, seed, counts: new Map<string, number>() };
  const run = await startRun(node, load);
  const samples: Sample[] = [];
  const timer = setInterval(async () => {
    samples.push(await node.sample());
  }, SAMPLE_MS);
  const [, ...others] = await Promise.all([
    run.play(),
    ...beside(node, seconds, signal),
  ]);
  clearInterval(timer);
  await settle();
  const filesIdle = {
    before: before.files,
    after: (await node.sample()).files,
  };
  const { code, lastLine } = await node.stop();
  const result = {
    ...{ seed: String(seed), seconds, rate },
    ...requestsOf(load.counts, run.state()),
    ...growthOf(samples),
    filesIdle,
    ...goodOf(others),
    complaints: node.complaints(),
    stopped: lastLine,
  };
  return { ...result, holds: code === 0 && holds(result) };
}

function requestsOf(counts: ReadonlyMap<string, number>, state: TallyState) {
  return {
    requests: Object.fromEntries(counts),
    unexpected: errorsOf(state),
    unsent: state.unsent,
    latency: spreadOf(state.latency),
  };
}

function growthOf(samples: readonly Sample[]) {
  const memory = samples.map(({ memoryBytes }) => memoryBytes);
  const files = samples.map(({ files }) => files);
  return {
    memory: flatnessOf(memory, MEMORY_GROWTH),
    files: flatnessOf(files, FILES_GROWTH),
  };
}

// In the order of `beside`.
function goodOf(others: readonly LoadResult[]) {
  const [messages = 0, events = 0, connections = 0] = others
    .map(({ good }) => good);
  return { messages, events, connections };
}

/** What the node can do of the same mix, when each waits for the last, and of that a part. */
async function rateOf(node: SoakNode, seed: bigint): Promise<number> {
  const counts = new Map<string, number>();
  const seconds = CALIBRATION_SECONDS;
  const run = await startRun(node, { seconds, seed, counts });
  await run.play();
  const answered = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return Math.max(1, Math.round(LOAD_PART * answered / seconds));
}

interface Load {
  readonly seconds: number;
  /** Absent: as many as there are answers. */
  readonly rate?: number;
  readonly seed: bigint;
  readonly counts: Map<string, number>;
}

async function startRun(node: SoakNode, load: Load): Promise<Run> {
  const plan = planOf(node.httpUrl, load);
  const share = { index: 0, count: 1 };
  const startPace = await preparePace(plan, share);
  const visit = soakVisit(plan, splitmix(load.seed), load.counts);
  const startMs = performance.now();
  return new Run(
    ...[plan, share, startMs, startPace(startMs)] as const,
    (track, index) => new Lane(track, index, visit),
  );
}

/** What clients of the node at `httpUrl` do. */
export function planOf(
  httpUrl: string,
  { seconds, rate }: Pick<Load, "seconds" | "rate">,
): Plan {
  const { hostname, port } = new URL(httpUrl);
  return {
    kind: "http",
    target: { url: `${httpUrl}/`, hostname, port: Number(port) },
    sent: {
      method: "GET",
      headers: [],
      body: new Uint8Array(),
      isBinary: false,
    },
    ...rate === undefined ? {} : { rate: { start: rate, stages: [] } },
    connections: { start: CONNECTIONS, stages: [] },
    durationMs: seconds * 1_000,
    warmupMs: 0,
    requestsMax: Infinity,
    timeoutMs: 10 * REQUEST_TIMEOUT_MS,
    statuses: [],
    wantsSameBody: false,
    keepsAlive: true,
    isHttp2: false,
    holds: false,
  };
}

/** What goes on besides, and has no faults. */
function beside(
  { wsUrl, sseUrl }: SoakNode,
  seconds: number,
  signal: AbortSignal,
): readonly Promise<LoadResult>[] {
  const common = { warmupSeconds: 0, seconds };
  return [
    loadServer({
      ...{ ...common, kind: "ws", url: `${wsUrl}/`, connections: 20 },
      options: ["--rate", "100"],
    }, signal),
    loadServer({
      ...{ ...common, kind: "sse", url: `${sseUrl}/`, connections: 20 },
    }, signal),
    loadServer({
      ...{ ...common, kind: "conn", url: `${wsUrl}/`, connections: 4 },
      options: ["--rate", "20"],
    }, signal),
  ];
}

// What hangs has its time, and what was left alone ends.
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2 * REQUEST_TIMEOUT_MS));
}

function holds(result: Omit<SoakResult, "holds">): boolean {
  const { unexpected, memory, files, filesIdle, complaints } = result;
  return unexpected.length === 0 && complaints.length === 0 &&
    memory.holds && files.holds &&
    / 0 alive when stopping$/.test(result.stopped) &&
    filesIdle.after <= filesIdle.before + FILES_LEFT_MAX;
}
