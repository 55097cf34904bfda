/**
 * From arguments to a plan.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Arguments } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { suggest } from "../nearest.ts";
import { type Course, lengthMs, type Stage } from "./course.ts";
import type { Kind, Plan, Sent, Target, TlsOptions } from "./plan.ts";
import {
  countOption,
  MS_MAX,
  parseCount,
  parseMs,
  timeOption,
} from "./quantity.ts";
import { METRICS, parseThreshold, type Threshold } from "./threshold.ts";

/** What a command line asks for. */
export interface LoadOptions {
  /** What to do. */
  readonly plan: Plan;
  /** By how many threads. */
  readonly threads: number;
  /** What to reach. */
  readonly thresholds: readonly Threshold[];
  /** Whether a program reads it. */
  readonly isJson: boolean;
}

/** Most connections. */
const CONNECTIONS_MAX = 1_000_000;

/** Most requests per second. */
const RATE_MAX = 10_000_000;

/** Most requests. */
const REQUESTS_MAX = 1e12;

/** Longest message that is made up, in bytes. */
const SIZE_MAX: number = 64 * 1024 * 1024;

/** Most threads. */
const THREADS_MAX = 64;

const CONNECTIONS = 64;
const DURATION_MS = 10_000;
const TIMEOUT_MS = 10_000;
const MESSAGE_BYTES = 64;

/** The schemes of each kind, the plain one first, and the ports that they mean. */
const SCHEMES: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  http: { "http:": 80, "https:": 443 },
  sse: { "http:": 80, "https:": 443 },
  ws: { "ws:": 80, "wss:": 443 },
  conn: {
    ...{ "tcp:": 0, "tls:": 0, "http:": 80, "https:": 443 },
    ...{ "ws:": 80, "wss:": 443 },
  },
};

const SECURE: readonly string[] = ["https:", "wss:", "tls:"];

/** Options that make sense for some kinds only. */
const ONLY_FOR: Readonly<Record<string, readonly Kind[]>> = {
  requests: ["http", "ws", "conn"],
  rate: ["http", "ws", "conn"],
  method: ["http"],
  body: ["http", "ws"],
  size: ["ws"],
  binary: ["ws"],
  status: ["http"],
  "same-body": ["http"],
  "no-keep-alive": ["http"],
  http2: ["http"],
  hold: ["conn"],
};

/**
 * Reads what `args` ask for, and the files that they name.
 *
 * @param cwd What files are relative to.
 * @throws {UsageError} They make no sense.
 */
export async function loadOptionsOf(
  args: Arguments,
  cwd: string,
): Promise<LoadOptions> {
  const kind = kindOf(args);
  checkKind(kind, args);
  const thresholds = (args.lists.get("threshold") ?? []).map(thresholdOf);
  const threads = count(args, "threads", 1, { least: 1, most: THREADS_MAX });
  const plan = await planOf(kind, args, cwd);
  const lanes = Math.max(1, plan.connections.start, ...targetsOf(plan));
  return {
    plan,
    threads: Math.min(threads, lanes),
    thresholds,
    isJson: args.flags.has("json"),
  };
}

function targetsOf({ connections }: Plan): readonly number[] {
  return connections.stages.map(({ target }) => target);
}

function kindOf({ operands: [name = ""] }: Arguments): Kind {
  if (Object.hasOwn(SCHEMES, name)) return name as Kind;
  throw new UsageError(
    `Unknown kind "${name}": ${suggest(name, Object.keys(SCHEMES), "kinds")}`,
  );
}

function checkKind(kind: Kind, { values, lists, flags }: Arguments): void {
  for (const [name, kinds] of Object.entries(ONLY_FOR)) {
    const isGiven = values.has(name) || lists.has(name) || flags.has(name);
    if (!isGiven || kinds.includes(kind)) continue;
    throw new UsageError(`Cannot load ${kind} with --${name}`);
  }
}

function thresholdOf(text: string): Threshold {
  const threshold = parseThreshold(text);
  if (threshold !== undefined) return threshold;
  throw new UsageError(
    `Expected a threshold such as p99<50ms, of ${METRICS}: ${text}`,
  );
}

async function planOf(
  kind: Kind,
  args: Arguments,
  cwd: string,
): Promise<Plan> {
  const { flags, lists } = args;
  const target = await targetOf(kind, args, cwd);
  const pace = paceOf(args);
  const statuses = (lists.get("status") ?? []).map((text) =>
    countOption("status", text, { least: 100, most: 999 })
  );
  return {
    kind,
    target,
    sent: await sentOf(kind, args, cwd),
    ...pace,
    timeoutMs: time(args, "timeout", TIMEOUT_MS, 1),
    statuses,
    wantsSameBody: flags.has("same-body"),
    keepsAlive: !flags.has("no-keep-alive"),
    isHttp2: flags.has("http2"),
    holds: flags.has("hold"),
  };
}

async function targetOf(
  kind: Kind,
  { operands: [, text = ""], values, lists, flags }: Arguments,
  cwd: string,
): Promise<Target> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usual = url && SCHEMES[kind][url.protocol];
  const port = Number(url?.port || usual);
  if (url === undefined || usual === undefined || !port || !url.hostname) {
    const schemes = Object.keys(SCHEMES[kind]).join(" or ");
    throw new UsageError(`Expected a URL of ${schemes}: ${text}`);
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const target = { url: text, hostname, port };
  if (!SECURE.includes(url.protocol)) return target;
  const files = lists.get("ca") ?? [];
  const tls: TlsOptions = {
    serverName: values.get("sni") ?? hostname,
    authorities: await Promise.all(
      files.map((file) => Deno.readTextFile(resolve(cwd, file))),
    ),
    isInsecure: flags.has("insecure"),
  };
  return { ...target, tls };
}

async function sentOf(kind: Kind, args: Arguments, cwd: string): Promise<Sent> {
  const { values, flags, lists } = args;
  const method = values.get("method") ?? "GET";
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(method)) {
    throw new UsageError(`Expected a method such as POST: ${method}`);
  }
  const headers = (lists.get("header") ?? []).map(headerOf);
  const body = await bodyOf(kind, args, cwd);
  return { method, headers, body, isBinary: flags.has("binary") };
}

function headerOf(text: string): readonly [string, string] {
  const [, name, value = ""] =
    /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*)$/.exec(text) ?? [];
  if (name !== undefined) return [name, value];
  throw new UsageError(`Expected a header such as 'Accept: */*': ${text}`);
}

async function bodyOf(
  kind: Kind,
  args: Arguments,
  cwd: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const text = args.values.get("body");
  if (text?.startsWith("@")) {
    return await Deno.readFile(resolve(cwd, text.slice(1)));
  }
  if (text !== undefined) return new TextEncoder().encode(text);
  if (kind !== "ws") return new Uint8Array();
  const bounds = { least: 0, most: SIZE_MAX };
  const size = count(args, "size", MESSAGE_BYTES, bounds);
  return new Uint8Array(size).fill("x".charCodeAt(0));
}

type PacePlan = Pick<
  Plan,
  "rate" | "connections" | "durationMs" | "warmupMs" | "requestsMax"
>;

function paceOf(args: Arguments): PacePlan {
  const bounds = { least: 1, most: CONNECTIONS_MAX };
  const connections = count(args, "connections", CONNECTIONS, bounds);
  const stages = (args.lists.get("stage") ?? []).map(stageOf);
  const isOpen = args.values.has("rate");
  const rate = count(args, "rate", 0, { least: 0, most: RATE_MAX });
  // Who goes up to so many connections does not begin with all by default.
  const first = stages.length > 0 && !args.values.has("connections")
    ? 1
    : connections;
  const course: Course = { start: isOpen ? rate : first, stages };
  const most = Math.max(...stages.map(({ target }) => target));
  if (!isOpen && most > CONNECTIONS_MAX) {
    throw new UsageError(
      `Expected at most ${CONNECTIONS_MAX} connections behind --stage: ${most}`,
    );
  }
  const length = lengthOf(args, course);
  // What is held makes no room for another.
  const requestsMax = isOpen && args.flags.has("hold")
    ? Math.min(length.requestsMax, connections)
    : length.requestsMax;
  return {
    ...isOpen ? { rate: course } : {},
    connections: isOpen ? { start: connections, stages: [] } : course,
    ...length,
    requestsMax,
  };
}

function lengthOf(
  args: Arguments,
  course: Course,
): Pick<Plan, "durationMs" | "warmupMs" | "requestsMax"> {
  const warmupMs = time(args, "warmup", 0, 0);
  const requests = args.values.get("requests");
  const requestsMax = requests === undefined
    ? Infinity
    : countOption("requests", requests, { least: 1, most: REQUESTS_MAX });
  const usualMs = course.stages.length > 0
    ? lengthMs(course)
    : requests === undefined
    ? DURATION_MS + warmupMs
    : Infinity;
  const durationMs = args.values.has("duration")
    ? time(args, "duration", 0, 1) + warmupMs
    : usualMs;
  const isTooLong = durationMs !== Infinity && durationMs > MS_MAX;
  if (!isTooLong && durationMs > warmupMs) {
    return { durationMs, warmupMs, requestsMax };
  }
  throw new UsageError(
    `Expected a run longer than its warm-up, and up to ${MS_MAX} ms: ${durationMs} ms`,
  );
}

function stageOf(text: string): Stage {
  const [time = "", load = "", ...others] = text.split(":");
  const [ms, target] = [parseMs(time), parseCount(load)];
  const isStage = ms !== undefined && ms <= MS_MAX && target !== undefined &&
    target <= RATE_MAX && others.length === 0;
  if (isStage) return { ms, target };
  throw new UsageError(`Expected a stage such as 30s:500: ${text}`);
}

function count(
  { values }: Arguments,
  name: string,
  usual: number,
  bounds: { readonly least: number; readonly most: number },
): number {
  const text = values.get(name);
  return text === undefined ? usual : countOption(name, text, bounds);
}

function time(
  { values }: Arguments,
  name: string,
  usualMs: number,
  leastMs: number,
): number {
  const text = values.get(name);
  return text === undefined ? usualMs : timeOption(name, text, leastMs);
}
