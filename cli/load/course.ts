/**
 * How much load there is to be at which time.
 *
 * @module
 */

/** A stretch of time in which the load changes evenly. */
export interface Stage {
  /** How long it takes, in milliseconds; at 0 the load jumps. */
  readonly ms: number;
  /** The load at its end. */
  readonly target: number;
}

/**
 * A load over time: it begins at `start`, goes through `stages`, and stays at
 * the target of the last. Requests per second, or connections.
 */
export interface Course {
  /** The load at the beginning. */
  readonly start: number;
  /** In order of time. */
  readonly stages: readonly Stage[];
}

/** How long all stages take, in milliseconds. */
export function lengthMs({ stages }: Course): number {
  return stages.reduce((sum, { ms }) => sum + ms, 0);
}

/** The highest load of all times. */
export function highest({ start, stages }: Course): number {
  return Math.max(start, ...stages.map(({ target }) => target));
}

/** The load at `atMs` after the beginning. */
export function loadAt(course: Course, atMs: number): number {
  for (const { beginMs, ms, from, target } of stretches(course)) {
    if (atMs >= beginMs + ms) continue;
    return from + (target - from) * (atMs - beginMs) / ms;
  }
  return course.stages.at(-1)?.target ?? course.start;
}

/**
 * When the load first exceeds `level`, not before `fromMs`, in milliseconds
 * after the beginning; undefined when it never does.
 */
export function timeAbove(
  course: Course,
  level: number,
  fromMs: number,
): number | undefined {
  if (loadAt(course, fromMs) > level) return fromMs;
  for (const { beginMs, ms, from, target } of stretches(course)) {
    if (target <= level || beginMs + ms < fromMs) continue;
    const part = ms === 0 ? 1 : (level - from) / (target - from);
    // Where it is equal it does not exceed yet; a microsecond later it does.
    return Math.max(fromMs, beginMs + Math.max(0, part) * ms + 0.001);
  }
  return undefined;
}

/** How many requests are due in the first `untilMs` of a course of requests per second. */
export function dueBy(course: Course, untilMs: number): number {
  let due = 0;
  let endMs = 0;
  for (const { beginMs, ms, from, target } of stretches(course)) {
    const spentMs = Math.min(ms, Math.max(0, untilMs - beginMs));
    const part = ms === 0 ? 1 : spentMs / ms;
    due += (from + (target - from) * part / 2) * spentMs / 1_000;
    endMs = beginMs + ms;
  }
  const rate = course.stages.at(-1)?.target ?? course.start;
  return due + rate * Math.max(0, untilMs - endMs) / 1_000;
}

/**
 * When request `index`, from 0, of a course of requests per second is due, in
 * milliseconds after the beginning; undefined when it never is.
 */
export function timeOf(course: Course, index: number): number | undefined {
  let left = index;
  let endMs = 0;
  for (const { beginMs, ms, from, target } of stretches(course)) {
    const area = (from + target) / 2 * ms / 1_000;
    if (left < area) return beginMs + timeIn(left, from, target, ms);
    left -= area;
    endMs = beginMs + ms;
  }
  const rate = course.stages.at(-1)?.target ?? course.start;
  return rate > 0 ? endMs + left / rate * 1_000 : undefined;
}

// Solves from·t + growth·t²/2 = count, in the form that has no division by a
// growth of 0.
function timeIn(count: number, from: number, target: number, ms: number) {
  if (count === 0) return 0;
  const growth = (target - from) / (ms / 1_000);
  const root = Math.sqrt(Math.max(0, from * from + 2 * growth * count));
  return 2 * count / (from + root) * 1_000;
}

interface Stretch extends Stage {
  readonly beginMs: number;
  readonly from: number;
}

function stretches({ start, stages }: Course): readonly Stretch[] {
  let beginMs = 0;
  let from = start;
  return stages.map((stage) => {
    const stretch = { ...stage, beginMs, from };
    beginMs += stage.ms;
    from = stage.target;
    return stretch;
  });
}
