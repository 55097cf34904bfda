/**
 * How much load there is to be, as a command line says.
 *
 * @module
 */

import type { Arguments } from "../../arguments.ts";
import { UsageError } from "../../errors.ts";
import { type Course, lengthMs, type Stage } from "../course.ts";
import type { Plan } from "../plan.ts";
import {
  countOption,
  countValue,
  MS_MAX,
  parseCount,
  parseMs,
  timeValue,
} from "../quantity.ts";

/** Most connections. */
const CONNECTIONS_MAX = 1_000_000;

/** Most requests per second. */
const RATE_MAX = 10_000_000;

/** Most requests. */
const REQUESTS_MAX = 1e12;

const CONNECTIONS = 64;
const DURATION_MS = 10_000;

/** The part of a plan that is about how much, and how long. */
export type PacePlan = Pick<
  Plan,
  "rate" | "connections" | "durationMs" | "warmupMs" | "requestsMax"
>;

/**
 * Reads how much load `args` ask for.
 *
 * @throws {UsageError} It makes no sense.
 */
export function paceOf(args: Arguments): PacePlan {
  const bounds = { least: 1, most: CONNECTIONS_MAX };
  const connections = countValue(args, "connections", CONNECTIONS, bounds);
  const stages = (args.lists.get("stage") ?? []).map(stageOf);
  const isOpen = args.values.has("rate");
  const rate = countValue(args, "rate", 0, { least: 0, most: RATE_MAX });
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
  const warmupMs = timeValue(args, "warmup", 0, 0);
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
    ? timeValue(args, "duration", 0, 1) + warmupMs
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
