/**
 * From arguments to a plan.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { suggest } from "../nearest.ts";
import { highest } from "./course.ts";
import { paceOf } from "./options/pacing.ts";
import { sentOf } from "./options/sent.ts";
import { SCHEMES, targetOf } from "./options/target.ts";
import type { Kind, Plan } from "./plan.ts";
import { countOption, countValue, timeValue } from "./quantity.ts";
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

/** Most threads. */
const THREADS_MAX = 64;

const TIMEOUT_MS = 10_000;

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
  const threads = countValue(args, "threads", 1, {
    least: 1,
    most: THREADS_MAX,
  });
  const plan = await planOf(kind, args, cwd);
  const lanes = Math.max(1, highest(plan.connections));
  return {
    plan,
    threads: Math.min(threads, lanes),
    thresholds,
    isJson: args.flags.has("json"),
  };
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
    timeoutMs: timeValue(args, "timeout", TIMEOUT_MS, 1),
    statuses,
    wantsSameBody: flags.has("same-body"),
    keepsAlive: !flags.has("no-keep-alive"),
    isHttp2: flags.has("http2"),
    holds: flags.has("hold"),
  };
}
